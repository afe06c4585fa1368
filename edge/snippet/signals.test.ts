import { describe, expect, it } from "vitest";
import { CADENCE_PAUSE_MS } from "./limits.ts";
import { createCadence, watchBehaviour } from "./signals.ts";

describe("createCadence", () => {
  it.each([
    { beats: [], read: undefined, because: "nothing was put in" },
    { beats: [100], read: { count: 1, mean_ms: 0, variance_ms2: 0 }, because: "one input has no rhythm" },
    { beats: [100, 200, 300], read: { count: 3, mean_ms: 100, variance_ms2: 0 }, because: "a machine is even" },
    { beats: [0, 100, 300], read: { count: 3, mean_ms: 150, variance_ms2: 2500 }, because: "a person is not" },
    {
      beats: [0, 100, 101 + CADENCE_PAUSE_MS, 201 + CADENCE_PAUSE_MS],
      read: { count: 4, mean_ms: 100, variance_ms2: 0 },
      because: "a pause is no part of a rhythm",
    },
  ])("reads $beats as $read: $because", ({ beats, read }) => {
    const cadence = createCadence();
    for (const atMs of beats) cadence.beat(atMs);
    expect(cadence.read()).toEqual(read);
  });
});

describe("watchBehaviour", () => {
  it("measures each view from its beginning, and is told only that something was put in", () => {
    let nowMs = 1_000;
    const listeners = new Map<string, () => void>();
    const performance = { now: () => nowMs } as Performance;
    const navigator = { webdriver: true } as Navigator;
    const behaviour = watchBehaviour({ performance, navigator }, (type, run) => void listeners.set(type, run));
    expect([...listeners].map(([type, run]) => [type, run.length])).toEqual([
      ["keydown", 0],
      ["pointerdown", 0],
    ]);
    listeners.get("keydown")?.();
    nowMs += 250;
    listeners.get("keydown")?.();
    expect({ ...behaviour.read() }).toEqual({
      on_page_ms: 250,
      keys: { count: 2, mean_ms: 250, variance_ms2: 0 },
      pointer: undefined,
      webdriver: true,
    });
    behaviour.restart();
    expect({ ...behaviour.read() }).toMatchObject({ on_page_ms: 0, keys: undefined });
  });
});
