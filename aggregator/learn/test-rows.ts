import { FEATURES } from "../../shared/features/features.ts";
import type { LearningRow } from "./row.ts";

/** A Monday. */
export const END_MS = Date.parse("2026-11-16T00:00:00.000Z");

let made = 0;

/** An ordinary unlabelled payment of the day before the window's end; a test names what matters to it. */
export function learningRow(over: Partial<LearningRow> = {}): LearningRow {
  made++;
  return {
    id: `event-${String(made).padStart(6, "0")}`,
    atMs: END_MS - 43_200_000,
    isPayment: true,
    vector: new Float32Array(FEATURES.length),
    rules: {},
    label: null,
    draw: (made * 0.618_033_988_7) % 1,
    weight: 1,
    value: null,
    currency: null,
    ...over,
  };
}
