import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parseCsv } from "./csv.ts";

export const SLICE_FILE = fileURLToPath(new URL("slice/online-retail.csv.gz", import.meta.url));
export const SLICE_COLUMNS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
];

/** A line of an invoice as the shop booked it. */
export interface InvoiceLine {
  stockCode: string;
  description: string;
  /** Negative where something is taken back. */
  quantity: number;
  /** Pence. */
  priceMinor: number;
}

export interface Invoice {
  /** With a `C` in front it is a cancellation. */
  number: string;
  /** Unix time, the shop's clock read as UTC. */
  atMs: number;
  customer: string;
  country: string;
  lines: InvoiceLine[];
}

/**
 * The invoices of the slice, oldest first.
 *
 * @throws Error, naming the row, when the file is not what slice/make.ts writes
 */
export function readSlice(path: string = SLICE_FILE): Invoice[] {
  const [header, ...rows] = parseCsv(gunzipSync(readFileSync(path)).toString("utf8"));
  if (header?.join() !== SLICE_COLUMNS.join()) throw new Error(`${path} has other columns`);
  const invoices: Invoice[] = [];
  const descriptions = new Map<string, string>();
  rows.forEach((row, index) => {
    const [
      number = "",
      stockCode = "",
      description = "",
      quantity = "",
      date = "",
      price = "",
      customer = "",
      country = "",
    ] = row;
    if (number !== "")
      invoices.push({ number, atMs: Date.parse(`${date.replace(" ", "T")}Z`), customer, country, lines: [] });
    if (!descriptions.has(stockCode)) descriptions.set(stockCode, description);
    const line = {
      stockCode,
      description: descriptions.get(stockCode) ?? "",
      quantity: Number(quantity),
      priceMinor: Math.round(Number(price) * 100),
    };
    const invoice = invoices.at(-1);
    const isRead =
      row.length === SLICE_COLUMNS.length && Number.isInteger(line.quantity) && Number.isInteger(line.priceMinor);
    if (invoice === undefined || !isRead || Number.isNaN(invoice.atMs))
      throw new Error(`row ${index + 2} of ${path} cannot be read`);
    invoice.lines.push(line);
  });
  return invoices;
}
