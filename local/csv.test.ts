import { describe, expect, it } from "vitest";
import { formatCsvRow, parseCsv } from "./csv.ts";

describe("parseCsv", () => {
  it.each([
    {
      text: "a,b\n1,2\n",
      rows: [
        ["a", "b"],
        ["1", "2"],
      ],
      because: "the plain case",
    },
    {
      text: "a,b\r\n1,2",
      rows: [
        ["a", "b"],
        ["1", "2"],
      ],
      because: "line ends may be CRLF and the last may miss",
    },
    {
      text: ",\n,",
      rows: [
        ["", ""],
        ["", ""],
      ],
      because: "an empty field is a field",
    },
    { text: '"a,b","c\nd","say ""hi"""\n', rows: [["a,b", "c\nd", 'say "hi"']], because: "quotes hold what separates" },
    { text: "", rows: [], because: "nothing holds no row" },
  ])("reads $text, as $because", ({ text, rows }) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it("refuses a quote that is never closed, as everything after it would be one field", () => {
    expect(() => parseCsv('a,"b\nc,d\n')).toThrow("never closed");
  });

  it("reads back what formatCsvRow writes", () => {
    const row = ["plain", "", "with, comma", 'with "quotes"', "with\nline"];
    expect(parseCsv(`${formatCsvRow(row)}\n`)).toEqual([row]);
  });
});
