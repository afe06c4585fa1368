import { describe, expect, it } from "vitest";
import { findUnkeepable, isSurelyKept, unitBytesOf } from "./keepable.ts";
import { jsonBytes } from "./portions.ts";
import { below, chance, pick, seededRandom, type Random } from "./random.ts";

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

const TEXTS = [
  "",
  "id",
  "mug",
  "ü",
  "€",
  "😀",
  '"',
  "\\",
  "\n",
  "\u0001",
  "\u007f",
  "\u2028",
  "\u0000",
  "\ud83d",
  "__proto__",
  "constructor",
];
const NUMBERS = [
  "0",
  "-1.5",
  "1e15",
  "1e20",
  "1e400",
  "9007199254740991",
  "9007199254740993",
  "1.7976931348623157e308",
  "5e-324",
];

/** JSON as any sender may write it: with or without escapes and white space, mostly of what can be kept. */
function randomJson(random: Random, levels: number): string {
  const kind = levels === 0 ? 0 : below(random, 4);
  if (kind === 0) return chance(random, 0.7) ? randomText(random) : chance(random, 0.8) ? "1.5" : pick(random, NUMBERS);
  if (kind === 1) return pick(random, ["true", "null", " 7 ", "[ ]", "{}"]);
  const inner = Array.from({ length: below(random, 5) }, () => randomJson(random, levels - 1));
  return kind === 2 ? `[${inner.join()}]` : `{${inner.map((each) => `${randomText(random)}: ${each}`).join()}}`;
}

function randomText(random: Random): string {
  const text = (chance(random, 0.8) ? pick(random, TEXTS.slice(0, 5)) : pick(random, TEXTS)).repeat(
    1 + below(random, 3),
  );
  const json = JSON.stringify(text);
  return chance(random, 0.1) ? json.replaceAll(/[^\0-\x7f]/g, escaped) : json;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

describe("isSurelyKept", () => {
  it("is never sure of what cannot be kept or has more bytes, and sure of most else", () => {
    const random = seededRandom(11);
    const seen = { sure: 0, unsure: 0, refused: 0 };
    for (let round = 0; round < 20_000; round++) {
      const json = randomJson(random, 5);
      const value: unknown = JSON.parse(json);
      const mostBytes = below(random, 400);
      const bytes = new TextEncoder().encode(json).byteLength;
      const isKept = findUnkeepable(value) === null && jsonBytes(value) <= mostBytes;
      const isSure = isSurelyKept(value, mostBytes, unitBytesOf(json, bytes));
      if (isSure) expect(isKept, json).toBe(true);
      seen[isSure ? "sure" : isKept ? "unsure" : "refused"]++;
    }
    expect(seen.sure).toBeGreaterThan(4 * seen.unsure);
    expect(seen.refused).toBeGreaterThan(1_000);
  });

  it("is sure of 32 levels and not of 33", () => {
    expect(isSurelyKept(nested(32), 1_000, 1)).toBe(true);
    expect(isSurelyKept(nested(33), 1_000, 1)).toBe(false);
    expect(isSurelyKept(nested(200_000), Infinity, 1)).toBe(false);
  });
});

describe("unitBytesOf", () => {
  it.each([
    { json: '{"a":"b"}', bytes: 1, because: "all of it is ASCII as it stands" },
    { json: '{"a":"€"}', bytes: 3, because: "a unit of UTF-16 has three bytes at most" },
    { json: '{"a":"\\n"}', bytes: 3, because: "what was escaped is escaped again, in two bytes" },
    { json: '{"a":"\\u0041"}', bytes: 6, because: "a control character may be escaped like this" },
  ])("is $bytes for $json: $because", ({ json, bytes }) => {
    expect(unitBytesOf(json, new TextEncoder().encode(json).byteLength)).toBe(bytes);
  });
});
