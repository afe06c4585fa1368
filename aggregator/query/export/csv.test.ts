import { describe, expect, it } from "vitest";
import { csvHead, csvLine, csvRow, money } from "./csv.ts";

describe("csvLine", () => {
  it.each([
    { cell: "plain", text: "plain", because: "nothing in it is special" },
    { cell: "a,b", text: '"a,b"', because: "a comma would end the cell" },
    { cell: 'say "hi"', text: '"say ""hi"""', because: "quotes are doubled" },
    { cell: "two\r\nlines", text: '"two\r\nlines"', because: "a line end would end the record" },
    { cell: "", text: "", because: "an empty text is an empty cell" },
    { cell: null, text: "", because: "there is nothing" },
    { cell: undefined, text: "", because: "there is nothing" },
    { cell: -1.5, text: "-1.5", because: "a number is no formula" },
    { cell: true, text: "true", because: "a flag is a word" },
    { cell: "Grüße 😀", text: "Grüße 😀", because: "letters are as they are" },
  ])("writes $cell as $text, as $because", ({ cell, text }) => {
    expect(csvLine([cell])).toBe(`${text}\r\n`);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("https://evil.example","x")'])(
    "lets no spreadsheet calculate %j",
    (cell) => {
      expect(csvLine([cell])).toMatch(/^"?'/);
    },
  );

  it("separates cells by commas and ends every record", () => {
    expect(csvLine(["a", 1, null])).toBe("a,1,\r\n");
  });
});

it("csvHead and csvRow write the columns in the same order", () => {
  const columns = { id: ({ id }: { id: string }) => id, fixed: () => 1 };
  expect([csvHead(columns), csvRow(columns, { id: "a" })]).toEqual(["id,fixed\r\n", "a,1\r\n"]);
});

it.each([
  { value: 49.9, currency: "EUR", text: "49.90" },
  { value: 1000, currency: "JPY", text: "1000" },
  { value: 1.5, currency: "KWD", text: "1.500" },
  { value: null, currency: "EUR", text: null },
])("money writes $value $currency with the currency's decimals", ({ value, currency, text }) => {
  expect(money(value, currency)).toBe(text);
});
