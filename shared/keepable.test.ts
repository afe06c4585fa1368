import { describe, expect, it } from "vitest";
import { findUnkeepable } from "./keepable.ts";

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("findUnkeepable", () => {
  it.each([
    { json: '"a\\u0000b"', pointer: "", because: "a NUL" },
    { json: '{"a\\u0000":1}', pointer: "/a\u0000", because: "a NUL in a key" },
    { json: '{"a":["\\ud83d"]}', pointer: "/a/0", because: "a lone high surrogate" },
    { json: '"\\uDE00"', pointer: "", because: "a lone low surrogate" },
    { json: '{"\\ud83d":1}', pointer: "/\ufffd", because: "a lone surrogate in a key" },
    { json: '{"__proto__":{}}', pointer: "/__proto__", because: "a key __proto__" },
    { json: '[{"__\\u0070roto__":1}]', pointer: "/0/__proto__", because: "an escaped key __proto__" },
    { json: '{"constructor":{"prototype":{}}}', pointer: "/constructor", because: "a key constructor" },
    { json: '{"a":{"prototype":1}}', pointer: "/a/prototype", because: "a key prototype" },
    { json: '{"a/b~c":1e400}', pointer: "/a~1b~0c", because: "a number beyond all numbers" },
    { json: "[-1e999]", pointer: "/0", because: "its negative" },
    { json: '{"id":9007199254740993}', pointer: "/id", because: "a whole number that is rounded by reading it" },
    { json: "-9007199254740992", pointer: "", because: "the first whole number that stands for two" },
    { json: "1e21", pointer: "", because: "a whole number however it is written" },
  ])("finds $because and points at it", ({ json, pointer }) => {
    expect(findUnkeepable(JSON.parse(json))).toMatchObject({ slug: "invalid", pointer });
  });

  it("takes 32 levels and finds the 33rd, which is the one fault that makes a body unreadable", () => {
    expect(findUnkeepable(nested(32))).toBeNull();
    expect(findUnkeepable(nested(33))).toMatchObject({ slug: "unreadable", pointer: "/0".repeat(32) });
  });

  it("never looks deeper than that, so that depth cannot exhaust the stack", () => {
    expect(findUnkeepable(nested(200_000))).toMatchObject({ slug: "unreadable" });
  });

  it.each([
    { json: '"\\ud83d\\ude00"', because: "a pair written as escapes" },
    { json: '"\\\\u0000"', because: "a backslash before u0000" },
    { json: '{"a":"__proto__","b":"constructor"}', because: "such a name as a value" },
    { json: "[9007199254740991, -9007199254740991]", because: "the largest whole numbers that stand for themselves" },
    {
      json: "[0.1, 1e-400, -0, 123456789.123456789]",
      because: "numbers with decimals, which JSON holds as near as it can",
    },
    { json: '[null, true, "", {}, []]', because: "everything else" },
  ])("takes $because", ({ json }) => {
    expect(findUnkeepable(JSON.parse(json))).toBeNull();
  });

  it("says nothing of the value itself", () => {
    expect(JSON.stringify(findUnkeepable(JSON.parse('{"a":"4242\\u0000"}')))).not.toContain("4242");
  });
});
