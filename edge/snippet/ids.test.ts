import { describe, expect, it } from "vitest";
import { EventId } from "../../shared/event.ts";
import { newId } from "./ids.ts";

const MANY = 1_000;
const all = (fill: Parameters<typeof newId>[0]) => new Set(Array.from({ length: MANY }, () => newId(fill)));

describe("newId", () => {
  it.each([
    { generator: (bytes: Uint8Array<ArrayBuffer>) => void crypto.getRandomValues(bytes), because: "a browser's" },
    { generator: (bytes: Uint8Array<ArrayBuffer>) => void bytes.fill(7), because: "one that a page replaced" },
    {
      generator: () => {
        throw new Error("none");
      },
      because: "none at all",
    },
  ])("never gives an id twice, whatever the generator: $because", ({ generator }) => {
    const ids = all(generator);
    expect(ids.size).toBe(MANY);
    for (const id of ids) expect(EventId.safeParse(id).success && id.length === 32).toBe(true);
  });
});
