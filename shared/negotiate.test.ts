import { describe, expect, it } from "vitest";
import { negotiate } from "./negotiate.ts";

const JSON_TYPE = "application/json";
const CSV = "text/csv";
const LINES = "application/x-ndjson";

describe("negotiate", () => {
  it.each([
    { accept: null, type: JSON_TYPE, because: "nothing was asked for" },
    { accept: "", type: JSON_TYPE, because: "an empty header asks for nothing" },
    { accept: "*/*", type: JSON_TYPE, because: "of what is liked the same, the first offered" },
    { accept: "text/csv", type: CSV, because: "it is named" },
    { accept: "TEXT/CSV; charset=utf-8", type: CSV, because: "case and other parameters do not matter" },
    { accept: "text/*", type: CSV, because: "any text will do" },
    { accept: "application/json;q=0.5, text/csv", type: CSV, because: "no weight is the most" },
    {
      accept: "text/csv;q=0.2, application/x-ndjson;q=0.9, */*;q=0.1",
      type: LINES,
      because: "the largest weight wins",
    },
    { accept: "application/*;q=0.4, application/x-ndjson", type: LINES, because: "the more precise range decides" },
    { accept: "*/*, application/json;q=0", type: CSV, because: "a weight of 0 refuses" },
    { accept: "text/html, application/xhtml+xml, */*;q=0.8", type: JSON_TYPE, because: "browsers take anything" },
    { accept: "nonsense, text/csv", type: CSV, because: "what is no range is passed over" },
    { accept: "text/csv;q=7, */*;q=0.1", type: CSV, because: "a weight that is none counts as none" },
    { accept: "text/html", type: null, because: "it is not offered" },
    { accept: "application/json;q=0", type: null, because: "refusing one asks for no other" },
    { accept: "text/csv;q=0, */*;q=0", type: null, because: "all is refused" },
  ])("answers $type to $accept: $because", ({ accept, type }) => {
    expect(negotiate(accept, [JSON_TYPE, CSV, LINES])).toBe(type);
  });

  it("takes no longer for a header made to be slow", () => {
    const startMs = performance.now();
    negotiate(`${"a/".repeat(4_000)};${";q=".repeat(4_000)}`, [JSON_TYPE]);
    expect(performance.now() - startMs).toBeLessThan(100);
  });
});
