import { join } from "node:path";
import { currencyDecimals, fitsDecimals } from "../../shared/currency.ts";
import type { Item, KeptEvent } from "../../shared/event.ts";
import { LIMITS } from "../../shared/limits.ts";
import { readCsv } from "./read-csv.ts";

const FILE = "online_retail.csv.gz";
const CURRENCY = "GBP";

/** The countries of the file, as they are written there, where they have a code. */
const COUNTRIES: Record<string, string> = {
  "United Kingdom": "GB",
  EIRE: "IE",
  Germany: "DE",
  France: "FR",
  Netherlands: "NL",
  Spain: "ES",
  Switzerland: "CH",
  Belgium: "BE",
  Portugal: "PT",
  Australia: "AU",
  Norway: "NO",
  Italy: "IT",
  "Channel Islands": "JE",
  Finland: "FI",
  Cyprus: "CY",
  Sweden: "SE",
  Austria: "AT",
  Denmark: "DK",
  Japan: "JP",
  Poland: "PL",
  Israel: "IL",
  USA: "US",
  "Hong Kong": "HK",
  Singapore: "SG",
  Iceland: "IS",
  Canada: "CA",
  Greece: "GR",
  Malta: "MT",
  RSA: "ZA",
  "United Arab Emirates": "AE",
  Lebanon: "LB",
  Lithuania: "LT",
  "Czech Republic": "CZ",
  Bahrain: "BH",
  Brazil: "BR",
  "Saudi Arabia": "SA",
};

/** A year of a real shop's invoices (UCI Online Retail) as purchases, in time order; cancellations and free invoices are left out. */
export async function readRetail(folder: string): Promise<KeptEvent[]> {
  const invoices = new Map<string, KeptEvent & { items: Item[]; value: number }>();
  for await (const row of readCsv(join(folder, FILE))) {
    const quantity = Number(row["Quantity"]);
    const price = Number(row["UnitPrice"]);
    const number = row["InvoiceNo"] ?? "";
    if (number.startsWith("C") || quantity <= 0 || price <= 0) continue;
    const invoice = invoices.get(number) ?? newInvoice(number, row);
    invoices.set(number, invoice);
    invoice.value += price * quantity;
    if (invoice.items.length < LIMITS.items) {
      invoice.items.push({
        item_id: row["StockCode"] ?? "",
        item_name: row["Description"] || "?",
        price: inPence(price),
        quantity,
      });
    }
  }
  const events = [...invoices.values()].map((invoice) => ({ ...invoice, value: inPence(invoice.value) }));
  return events.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
}

function newInvoice(number: string, row: Record<string, string>): KeptEvent & { items: Item[]; value: number } {
  const country = COUNTRIES[row["Country"] ?? ""];
  return {
    id: `invoice_${number}`,
    name: "purchase",
    timestamp: `${row["InvoiceDate"]?.replace(" ", "T")}.000Z`,
    ...(row["CustomerID"] ? { user_id: row["CustomerID"] } : {}),
    transaction_id: number,
    value: 0,
    currency: CURRENCY,
    items: [],
    ...(country === undefined ? {} : { shipping_address: { country } }),
  };
}

/** Some unit prices of the file have three decimals. */
function inPence(amount: number): number {
  const decimals = currencyDecimals(CURRENCY) ?? 2;
  return fitsDecimals(amount, decimals) ? amount : Number(amount.toFixed(decimals));
}
