import { describe, expect, it } from "vitest";
import { LINKS_OF, type EntityKind } from "./links.ts";
import { kindOf, nameOf } from "./names.ts";

const KINDS = Object.keys(LINKS_OF) as EntityKind[]; // its own keys

describe("nameOf", () => {
  it.each(KINDS)("names a %s by its kind and its key, and kindOf finds the kind whatever is in the key", (kind) => {
    for (const key of ["", "1", ":", "ip:2", "ü\u2028", "x".repeat(300)]) {
      expect(nameOf(kind, key)).toBe(`${kind}:${key}`);
      expect(kindOf(nameOf(kind, key))).toBe(kind);
    }
  });

  it("has kinds of different lengths, by which kindOf tells them apart", () => {
    expect(new Set(KINDS.map(({ length }) => length)).size).toBe(KINDS.length);
  });
});
