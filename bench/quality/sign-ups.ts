import { join } from "node:path";
import type { KeptEvent } from "../../shared/event.ts";
import { networkOf } from "../../shared/network.ts";
import type { Signals } from "../../shared/signals.ts";
import { readCsv } from "./read-csv.ts";

interface FirstOrder {
  event: KeptEvent;
  signals: Signals;
  isFraud: boolean;
  /** Since 1970. */
  day: number;
}

const FILE = "signup_fraud_dev_half.csv.gz";
const DAY_MS = 86_400_000;
const CURRENCY = "USD";

/** Sign-ups and the first order of each, labelled, in time order; both through one device and one address. */
export async function readSignUps(folder: string): Promise<FirstOrder[]> {
  const events: FirstOrder[] = [];
  for await (const row of readCsv(join(folder, FILE))) {
    const user = row["user_id"] ?? "";
    const signals: Signals = {
      ip_hash: networkOf(addressOf(Number(row["ip_address"]))) ?? "",
      browser: row["browser"] ?? "",
    };
    const of = (name: string, time: string, more: Partial<KeptEvent>): FirstOrder => {
      const timestamp = `${time.replace(" ", "T")}.000Z`;
      const event: KeptEvent = {
        id: `${name}_${user}`,
        name,
        timestamp,
        user_id: user,
        client_id: row["device_id"] ?? "",
        ...more,
      };
      return { event, signals, isFraud: row["class"] === "1", day: Math.floor(Date.parse(timestamp) / DAY_MS) };
    };
    const order = { transaction_id: user, value: Number(row["purchase_value"]), currency: CURRENCY, items: [] };
    events.push(of("sign_up", row["signup_time"] ?? "", {}), of("purchase", row["purchase_time"] ?? "", order));
  }
  return events.sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp));
}

/** An IPv4 address written as one number. */
function addressOf(number: number): string {
  const whole = Math.floor(number);
  return [24, 16, 8, 0].map((bits) => Math.floor(whole / 2 ** bits) % 256).join(".");
}
