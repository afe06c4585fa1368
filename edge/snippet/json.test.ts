import { describe, expect, it } from "vitest";
import { findUnkeepable } from "../../shared/keepable.ts";
import { LIMITS } from "../../shared/limits.ts";
import { DEPTH, ITEMS, NAMES, VALUES } from "./limits.ts";
import { newFields, toJson } from "./json.ts";

const reread = (value: unknown): unknown => JSON.parse(toJson(value));

describe("toJson", () => {
  it("writes plain data as JSON does", () => {
    const data = {
      text: 'a "b" \\ \n',
      number: -1.5e-7,
      yes: true,
      none: null,
      list: [1, "2", [{}]],
      nested: { a: {} },
    };
    expect(reread(data)).toEqual(data);
  });

  it("writes ASCII alone, so that its length is its size in bytes", () => {
    const text = "Größe 靴 👟 \u2028";
    expect(toJson(text)).toMatch(/^[ -~]*$/);
    expect(reread(text)).toBe(text);
  });

  it.each([
    { value: "a\ud800b", because: "the first half of a pair alone" },
    { value: "a\udc00b", because: "the second half alone" },
    { value: "a\u0000b", because: "NUL" },
  ])("replaces what Postgres cannot store: $because", ({ value }) => {
    expect(reread(value)).toBe("a\ufffdb");
  });

  it.each([
    { value: NaN, because: "no number" },
    { value: Infinity, because: "no number of JSON" },
    { value: 2 ** 53, because: "it would be rounded" },
    { value: () => 1, because: "code" },
    { value: Symbol("a"), because: "code" },
    { value: new Map([[1, 2]]), because: "not a simple object" },
    { value: Object.create({ [Symbol.toStringTag]: "HTMLDivElement" }), because: "an element of the page" },
    { value: undefined, because: "nothing" },
  ])("leaves $value out: $because", ({ value }) => {
    expect(toJson(value)).toBe("");
    expect(reread({ kept: 1, left: value })).toEqual({ kept: 1 });
    expect(reread([value])).toEqual([null]);
  });

  it("leaves out a property that throws, and keeps its neighbours", () => {
    const hostile = {
      a: 1,
      get b(): number {
        throw new Error("no");
      },
      c: 3,
    };
    expect(reread(hostile)).toEqual({ a: 1, c: 3 });
  });

  it("ends a cycle, so that a page cannot hang itself through us", () => {
    const loop: Record<string, unknown> = {};
    for (let i = 0; i < 50; i++) loop[`self${i}`] = loop;
    const startMs = performance.now();
    expect(toJson(loop).length).toBeLessThan(200_000);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });

  it("stops at its depth and its counts", () => {
    let deep: unknown = "end";
    for (let i = 0; i < DEPTH + 5; i++) deep = [deep];
    expect(toJson(deep)).toBe(`${"[".repeat(DEPTH + 1)}null${"]".repeat(DEPTH + 1)}`);
    expect(reread(Array.from({ length: ITEMS + 5 }, () => 1))).toHaveLength(ITEMS);
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_each, index) => [`n${index}`, 1]));
    expect(Object.keys(reread(wide) as object)).toHaveLength(NAMES);
    const many = Array.from({ length: ITEMS }, () => Array.from({ length: ITEMS }, () => ({})));
    expect(toJson(many).split("{").length).toBeLessThanOrEqual(VALUES);
  });

  it("leaves out names that the edge refuses, rather than lose the event", () => {
    const long = "n".repeat(LIMITS.propertyNameLength);
    const given = JSON.parse(
      `{"":1,"${long}n":1,"__proto__":1,"constructor":1,"prototype":1,"${long}":1,"prototypes":1}`,
    );
    expect(reread(given)).toEqual({ [long]: 1, prototypes: 1 });
    expect(findUnkeepable(reread(given))).toBe(null);
  });

  it("does not ask a page's toJSON, which old libraries give to arrays and strings", () => {
    const list = Object.assign([1], { toJSON: () => "broken" });
    expect(toJson({ list })).toBe('{"list":[1]}');
  });
});

describe("newFields", () => {
  it("inherits nothing, so that what a page hangs on Object.prototype is not taken for data", () => {
    const fields = newFields({ a: 1 }, undefined, null, "b", { c: 2 });
    expect(Object.getPrototypeOf(fields)).toBe(null);
    expect({ ...fields }).toEqual({ a: 1, 0: "b", c: 2 });
  });
});
