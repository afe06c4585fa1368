import { describe, expect, it } from "vitest";
import { LIMITS } from "../../shared/limits.ts";
import * as ours from "./limits.ts";

describe("the snippet's limits", () => {
  it("are within the edge's, which would refuse what exceeds them", () => {
    expect(ours.EVENT_BYTES).toBe(LIMITS.eventBytes);
    expect(ours.CHUNK_BYTES).toBeLessThan(Math.min(LIMITS.bodyBytes, 64 * 1024));
    expect(ours.CHUNK_EVENTS).toBe(LIMITS.batchEvents);
    expect(ours.TEXT_LENGTH).toBe(LIMITS.textLength);
    expect(ours.URL_LENGTH).toBe(LIMITS.urlLength);
    expect(ours.ITEMS).toBe(LIMITS.items);
    expect(ours.MONEY).toBe(LIMITS.money);
    expect(ours.QUANTITY).toBe(LIMITS.quantity);
    expect(ours.NAMES).toBeLessThan(LIMITS.properties);
    // A property of an event, and what is within it.
    expect(ours.DEPTH + 2).toBeLessThan(LIMITS.jsonDepth);
  });
});
