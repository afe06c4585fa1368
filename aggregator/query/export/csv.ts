import { currencyDecimals } from "../../../shared/currency.ts";

/** What one cell may hold. Null and what is not there are an empty cell. */
export type Cell = string | number | boolean | null | undefined;

/** What a row is shown as, by column. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** What a spreadsheet would take for a formula, or for the end of a cell before one. */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One record, with its line end. A text that a spreadsheet would calculate gets an apostrophe before it, which spreadsheets do not show:
 * whoever sends an event chooses its texts. Numbers are left as they are, so that they can be calculated with.
 *
 * @see RFC 4180
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

export function csvHead(columns: Columns<never>): string {
  return csvLine(Object.keys(columns));
}

export function csvRow<Row>(columns: Columns<Row>, row: Row): string {
  return csvLine(Object.values(columns).map((cell) => cell(row)));
}

/** An amount with the decimals its currency has. */
export function money(value: number | null | undefined, currency: string | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value.toFixed(currencyDecimals(currency ?? "") ?? 2);
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
