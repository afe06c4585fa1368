import { join } from "node:path";
import type { KeptEvent } from "../../shared/event.ts";
import { readCsv } from "./read-csv.ts";

export interface Payment {
  event: KeptEvent;
  isFraud: boolean;
  /** Days since the first payment's. */
  day: number;
}

const FILE = "card_fraud_simulated_2018-04_06.csv.gz";
const DAY_MS = 86_400_000;

/**
 * The Fraud Detection Handbook's simulated card payments, labelled, in time order. The customer is the user and the terminal the
 * client; there are no countries, items, cards or networks.
 */
export async function* readPayments(folder: string): AsyncGenerator<Payment, void, undefined> {
  let firstDay: number | null = null;
  for await (const row of readCsv(join(folder, FILE))) {
    const timestamp = `${row["TX_DATETIME"]?.replace(" ", "T")}.000Z`;
    const day = Math.floor(Date.parse(timestamp) / DAY_MS);
    firstDay ??= day;
    const event: KeptEvent = {
      id: `payment_${row["TRANSACTION_ID"]}`,
      name: "purchase",
      timestamp,
      user_id: `c${row["CUSTOMER_ID"]}`,
      client_id: `t${row["TERMINAL_ID"]}`,
      transaction_id: `${row["TRANSACTION_ID"]}`,
      value: Number(row["TX_AMOUNT"]),
      currency: "EUR",
      items: [],
    };
    yield { event, isFraud: row["TX_FRAUD"] === "1", day: day - firstDay };
  }
}
