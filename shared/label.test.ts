import { describe, expect, it } from "vitest";
import { LABELS_MOST, LabelMessage } from "./label.ts";
import golden from "./label.v1.json" with { type: "json" };
import { LIMITS } from "./limits.ts";
import { ENTITY_KINDS } from "./observe.ts";
import { jsonBytes } from "./portions.ts";
import { nameOf } from "./profile/names.ts";

describe("LabelMessage", () => {
  it("reads version 1 as it was first written, because messages outlive deployments", () => {
    expect(LabelMessage.parse(golden)).toEqual(golden);
  });

  it.each([
    { because: "another version", change: { v: 2 } },
    {
      because: "the id of an event, which would be taken for one that was learned from",
      change: { id: "evt_00000001" },
    },
    { because: "nobody", change: { entities: [] } },
    { because: "a key without its kind", change: { entities: ["u-17"] } },
    { because: "more than once at once", change: { by: 2 } },
    { because: "nothing", change: { by: 0 } },
    { because: "a time without its zone", change: { known_at: "2026-11-21T10:00:00.000" } },
    { because: "a field it does not know", change: { source: "chargeback" } },
  ])("refuses $because", ({ change }) => {
    expect(LabelMessage.safeParse({ ...golden, ...change }).success).toBe(false);
  });

  it("takes every entity with the longest key an event may have, and as many labels as go at once fit a batch", () => {
    const entities = ENTITY_KINDS.map((kind) => nameOf(kind, "k".repeat(LIMITS.textLength)));
    const label = LabelMessage.parse({ ...golden, id: `lab_${"i".repeat(96)}`, entities });
    expect(LABELS_MOST * jsonBytes(label)).toBeLessThan(240_000);
  });
});
