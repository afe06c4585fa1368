/**
 * Cuts the slice the demo replays out of UCI Online Retail: `BENCH_DATA=<folder with online_retail.csv.gz> node local/slice/make.ts`.
 * The same input gives the same bytes. LICENCE.md beside this file says what is changed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { formatCsvRow, parseCsv } from "../csv.ts";
import { SLICE_COLUMNS, SLICE_FILE } from "../retail-slice.ts";

/** Monday to Sunday, four whole weeks: the most that ends now and is not too late for an event, which is 30 days. */
const FROM = "2011-10-10";
const BEFORE = "2011-11-07";

const folder = process.env["BENCH_DATA"];
if (folder === undefined || folder === "") {
  process.stderr.write("Set BENCH_DATA to the folder that holds online_retail.csv.gz.\n");
  process.exit(2);
}

const [header, ...rows] = parseCsv(gunzipSync(readFileSync(join(folder, "online_retail.csv.gz"))).toString("utf8"));
if (header?.join() !== SLICE_COLUMNS.join()) throw new Error(`the columns are not ${SLICE_COLUMNS.join()}`);

const slice = byInvoice(rows.filter(isWanted));
const text = [SLICE_COLUMNS, ...withoutRepetition(slice)].map((row) => `${formatCsvRow(row)}\n`).join("");
const zipped = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
writeFileSync(SLICE_FILE, zipped);
process.stdout.write(`${slice.length} lines, ${text.length} bytes, ${zipped.length} zipped\n`);

/** Within the four weeks, of a known customer. */
function isWanted([, , , , date = "", , customer = ""]: string[]): boolean {
  return customer !== "" && date >= FROM && date < BEFORE;
}

function byInvoice(lines: string[][]): string[][] {
  return [...Map.groupBy(lines, ([invoice]) => invoice).values()].flat();
}

/** Leaves empty what the line before says as well: the invoice's fields after its first line, a description after an item's first. */
function withoutRepetition(lines: string[][]): string[][] {
  const described = new Set<string>();
  let before = "";
  return lines.map(
    ([
      invoice = "",
      code = "",
      description = "",
      quantity = "",
      date = "",
      price = "",
      customer = "",
      country = "",
    ]) => {
      const isFirst = invoice !== before;
      before = invoice;
      const isNew = !described.has(code);
      described.add(code);
      const name = isNew ? description.trim() : "";
      const [minute, id] = [date.slice(0, "2011-10-10 08:23".length), customer.replace(/\.0$/, "")];
      return isFirst
        ? [invoice, code, name, quantity, minute, price, id, country]
        : ["", code, name, quantity, "", price, "", ""];
    },
  );
}
