import { describe, expect, it } from "vitest";
import { Problem } from "../../shared/problem.ts";
import { formatCursor, parseCursor } from "./cursor.ts";

const position = { at: "2026-11-21T09:59:59.123456Z", id: "evt_00000001" };
const base64url = (text: string) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

describe("parseCursor", () => {
  it.each(["evt_00000001", "ano_a:b.c-d", "spool/ü?ÿ😀"])("gives back the position %s was made from", (id) => {
    const cursor = formatCursor({ ...position, id });
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(parseCursor(cursor ?? undefined)).toEqual({ ...position, id });
  });

  it("begins at the beginning without a cursor", () => {
    expect(parseCursor(undefined)).toBeNull();
  });

  it.each([
    { cursor: "", because: "empty" },
    { cursor: "%%%", because: "not base64url" },
    { cursor: base64url("nonsense"), because: "not JSON" },
    { cursor: base64url("null"), because: "not a position" },
    { cursor: base64url('["2026-11-21T09:59:59.123456Z"]'), because: "half a position" },
    { cursor: base64url('["2026-11-21T09:59:59.123Z","a"]'), because: "of another precision" },
    { cursor: base64url('["2026-02-30T09:59:59.123456Z","a"]'), because: "a day that is not" },
    { cursor: base64url('["0000-02-03T09:59:59.123456Z","a"]'), because: "a year Postgres does not know" },
    { cursor: base64url('["2026-11-21T09:59:59.123456Z","a\\u0000"]'), because: "text Postgres does not take" },
    { cursor: base64url('["now()\'; DROP TABLE events; --","a"]'), because: "something else altogether" },
  ])("refuses a cursor that is $because, before it reaches the database", ({ cursor }) => {
    expect(() => parseCursor(cursor)).toThrow(Problem);
  });
});
