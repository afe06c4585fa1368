import { join } from "node:path";
import type { KeptEvent } from "../../shared/event.ts";
import type { Signals } from "../../shared/signals.ts";
import { readCsv } from "./read-csv.ts";

export interface Payment {
  event: KeptEvent;
  signals: Signals;
  isFraud: boolean;
  /** The simulation's kind of fraud, 1 to 3; 0 for none. */
  scenario: number;
  /** Days since the first payment's. */
  day: number;
}

const FILE = "card_fraud_simulated_2018-04_06.csv.gz";
const DAY_MS = 86_400_000;

/**
 * The Fraud Detection Handbook's simulated card payments, labelled, in time order. The customer is the user; the terminal,
 * which many customers use, is the network they come through. There are no countries, items, cards or devices.
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
      transaction_id: `${row["TRANSACTION_ID"]}`,
      value: Number(row["TX_AMOUNT"]),
      currency: "EUR",
      items: [],
    };
    const signals = { ip_hash: `t${row["TERMINAL_ID"]}` };
    yield {
      event,
      signals,
      isFraud: row["TX_FRAUD"] === "1",
      scenario: Number(row["TX_FRAUD_SCENARIO"]),
      day: day - firstDay,
    };
  }
}

/** The same, a day's payments at a time. */
export async function* paymentDays(folder: string): AsyncGenerator<Payment[], void, undefined> {
  let day: Payment[] = [];
  for await (const payment of readPayments(folder)) {
    if (day[0] !== undefined && payment.day !== day[0].day) {
      yield day;
      day = [];
    }
    day.push(payment);
  }
  yield day;
}
