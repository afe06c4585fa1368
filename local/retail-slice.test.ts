import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readSlice, SLICE_COLUMNS } from "./retail-slice.ts";

const folder = mkdtempSync(join(tmpdir(), "slice-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sliceOf(...rows: string[]) {
  const path = join(folder, "slice.csv.gz");
  writeFileSync(path, gzipSync([SLICE_COLUMNS.join(), ...rows, ""].join("\n")));
  return readSlice(path);
}

describe("readSlice", () => {
  it("fills in what a line leaves empty: its invoice, and the description its item had before", () => {
    const invoices = sliceOf(
      "1,22423,CAKESTAND,2,2011-10-10 08:23,12.75,15193,France",
      ",POST,POSTAGE,1,,18.0,,",
      "C2,22423,,-2,2011-10-11 09:00,12.75,17809,EIRE",
    );
    expect(invoices).toEqual([
      {
        number: "1",
        atMs: Date.UTC(2011, 9, 10, 8, 23),
        customer: "15193",
        country: "France",
        lines: [
          { stockCode: "22423", description: "CAKESTAND", quantity: 2, priceMinor: 1_275 },
          { stockCode: "POST", description: "POSTAGE", quantity: 1, priceMinor: 1_800 },
        ],
      },
      {
        number: "C2",
        atMs: Date.UTC(2011, 9, 11, 9),
        customer: "17809",
        country: "EIRE",
        lines: [{ stockCode: "22423", description: "CAKESTAND", quantity: -2, priceMinor: 1_275 }],
      },
    ]);
  });

  it.each([
    { row: ",22423,CAKESTAND,2,,12.75,,", because: "no invoice came before" },
    { row: "1,22423,CAKESTAND,two,2011-10-10 08:23,12.75,15193,France", because: "a quantity is no number" },
    { row: "1,22423,CAKESTAND,2,yesterday,12.75,15193,France", because: "a date is none" },
    { row: "1,22423,CAKESTAND,2", because: "a field is missing" },
  ])("refuses a slice by the number of its row when $because", ({ row }) => {
    expect(() => sliceOf(row)).toThrow("row 2");
  });

  it("reads the slice that is part of the product, oldest invoice first", () => {
    const invoices = readSlice();
    const times = invoices.map(({ atMs }) => atMs);
    expect(invoices).toHaveLength(2_183);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(invoices.flatMap(({ lines }) => lines)).toHaveLength(48_594);
  });
});
