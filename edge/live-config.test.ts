import { afterEach, describe, expect, it, vi } from "vitest";
import { DETECTION_ENTRY } from "../shared/detection-settings.ts";
import { LISTS_ENTRY, verdictOf } from "../shared/lists.ts";
import { RuleSettings } from "../shared/rules/settings.ts";
import { createLiveConfig } from "./live-config.ts";

const DEPLOYED = { threshold: 0.7, rules: RuleSettings.parse({}) };

afterEach(() => void vi.useRealTimers());

const listsOf = (version: number, ...customers: string[]) => ({
  v: 1,
  version,
  entries: customers.map((value) => ({ id: `lst_${value}`, list: "block", kind: "customer", value, expires_at: null })),
});
const settingsOf = (version: number, threshold: number | null) => ({ v: 1, version, threshold, rules: {} });

/** A KV that is written and taken away by hand, under a clock that is set by hand. */
function bench() {
  const entries = new Map<string, unknown>();
  const reads: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const state = { nowMs: 1_000_000, kv: "up" as "up" | "down" | "silent" };
  const read = async (name: string): Promise<unknown> => {
    reads.push(name);
    if (state.kv === "silent") return new Promise(() => undefined);
    if (state.kv === "down") throw new Error("KV is away");
    return entries.get(name) ?? null;
  };
  const start = () =>
    createLiveConfig({ read, nowMs: () => state.nowMs, log: (line) => void lines.push(line) }, DEPLOYED);
  const config = start();
  const refreshLater = async (ms = 15_000) => {
    state.nowMs += ms;
    await config.refresh();
  };
  const isBlocked = (userId: string) => {
    const nobody = {
      card: undefined,
      emailHash: undefined,
      emailDomain: undefined,
      address: undefined,
      country: undefined,
    };
    return verdictOf(config.current().lists, { ...nobody, userId }, state.nowMs)?.list === "block";
  };
  return { entries, reads, lines, state, start, config, refreshLater, isBlocked };
}

describe("createLiveConfig", () => {
  it("has lists and settings ready for the very first request", async () => {
    const { entries, config, isBlocked } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1")).set(DETECTION_ENTRY, settingsOf(1, 0.5));
    await config.ready();
    expect(isBlocked("u-1")).toBe(true);
    expect(config.current()).toMatchObject({ settings: { ...DEPLOYED, threshold: 0.5 }, degraded: [] });
  });

  it("takes documents that were never written for nothing set, which is no failure", async () => {
    const { config, lines } = bench();
    await config.ready();
    expect(config.current()).toMatchObject({ settings: DEPLOYED, degraded: [] });
    expect(lines).toEqual([]);
  });

  it("says what is missing until it was read once", async () => {
    const { config, state, refreshLater } = bench();
    expect(config.current()).toMatchObject({ settings: DEPLOYED, degraded: ["lists", "detection-settings"] });
    state.kv = "down";
    await config.ready();
    expect(config.current().degraded).toEqual(["lists", "detection-settings"]);
    state.kv = "up";
    await refreshLater();
    expect(config.current().degraded).toEqual([]);
  });

  it("waits 50 ms for a silent KV and no longer, and the requests after that not at all", async () => {
    const { config, state, reads } = bench();
    state.kv = "silent";
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let isReady = false;
    const first = config.ready().then(() => (isReady = true));
    await vi.advanceTimersByTimeAsync(49);
    expect(isReady).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await first;
    expect(config.current().degraded).toEqual(["lists", "detection-settings"]);
    const second = config.ready();
    expect(reads.length).toBe(2);
    await second;
  });

  it("takes what comes after those 50 ms, for the requests that follow", async () => {
    const { entries, config, refreshLater, isBlocked, state } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1"));
    state.kv = "down";
    await config.ready();
    state.kv = "up";
    await refreshLater(0);
    expect(isBlocked("u-1")).toBe(true);
  });

  it("looks every 15 s beside busy requests, which never wait", async () => {
    const { entries, config, reads, refreshLater, isBlocked } = bench();
    await config.ready();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1")).set(DETECTION_ENTRY, settingsOf(1, 0.9));
    await refreshLater(14_999);
    await config.ready();
    expect({ reads: reads.length, blocked: isBlocked("u-1") }).toEqual({ reads: 2, blocked: false });
    await refreshLater(1);
    expect({ reads: reads.length, blocked: isBlocked("u-1") }).toEqual({ reads: 4, blocked: true });
    expect(config.current().settings.threshold).toBe(0.9);
  });

  it("looks before a request when nobody looked for 30 s, so that a change is met by the first event after a quiet hour", async () => {
    const { entries, config, state, isBlocked } = bench();
    await config.ready();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1"));
    state.nowMs += 29_999;
    await config.ready();
    expect(isBlocked("u-1")).toBe(false);
    state.nowMs += 1;
    await config.ready();
    expect(isBlocked("u-1")).toBe(true);
  });

  it("lets go of what was taken off the lists and of settings that were taken back", async () => {
    const { entries, config, refreshLater, isBlocked } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1")).set(DETECTION_ENTRY, settingsOf(1, 0.5));
    await config.ready();
    entries.set(LISTS_ENTRY, listsOf(2)).set(DETECTION_ENTRY, settingsOf(2, null));
    await refreshLater();
    expect({ blocked: isBlocked("u-1"), settings: config.current().settings }).toEqual({
      blocked: false,
      settings: DEPLOYED,
    });
  });

  it("goes on with the last good ones while KV is away, and says so in the log", async () => {
    const { entries, config, state, refreshLater, isBlocked, lines } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1"));
    await config.ready();
    state.kv = "down";
    await refreshLater(3_600_000);
    expect({ blocked: isBlocked("u-1"), degraded: config.current().degraded }).toEqual({ blocked: true, degraded: [] });
    expect(lines).toEqual([{ event: "config-check-failed", cause: "Error: KV is away" }]);
    state.kv = "up";
    entries.set(LISTS_ENTRY, listsOf(2, "u-2"));
    await refreshLater();
    expect({ first: isBlocked("u-1"), second: isBlocked("u-2") }).toEqual({ first: false, second: true });
  });

  it.each([
    { name: LISTS_ENTRY, document: "nonsense", because: "it is no document" },
    { name: LISTS_ENTRY, document: [], because: "it is a list" },
    { name: LISTS_ENTRY, document: { ...listsOf(2), v: 2 }, because: "it is of another form" },
    {
      name: LISTS_ENTRY,
      document: { ...listsOf(2), entries: [{ id: "lst_1" }] },
      because: "an entry lacks its fields",
    },
    { name: DETECTION_ENTRY, document: settingsOf(2, 7), because: "no score is as high" },
    { name: DETECTION_ENTRY, document: { v: 1, version: 2 }, because: "it lacks its fields" },
  ])("goes on with the last good ones where $name does not parse, $because, and tells no value of it", async (bad) => {
    const { entries, config, refreshLater, isBlocked, lines, start } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1")).set(DETECTION_ENTRY, settingsOf(1, 0.5));
    await config.ready();
    entries.set(bad.name, bad.document);
    await refreshLater();
    expect({ blocked: isBlocked("u-1"), threshold: config.current().settings.threshold }).toEqual({
      blocked: true,
      threshold: 0.5,
    });
    expect(lines).toEqual([
      { event: "config-check-failed", cause: expect.stringContaining("the document does not match at /") },
    ]);
    const cold = start();
    await cold.ready();
    expect(cold.current().degraded).toEqual([bad.name === LISTS_ENTRY ? "lists" : "detection-settings"]);
  });

  it("follows one document while the other cannot be taken", async () => {
    const { entries, config, refreshLater, isBlocked } = bench();
    await config.ready();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1")).set(DETECTION_ENTRY, "nonsense");
    await refreshLater();
    expect(isBlocked("u-1")).toBe(true);
    expect(config.current().settings).toEqual(DEPLOYED);
  });

  it("does not read a document of the same version again, as ten thousand entries take a while to sort", async () => {
    const { entries, config, refreshLater } = bench();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1"));
    await config.ready();
    const { lists } = config.current();
    entries.set(LISTS_ENTRY, listsOf(1, "u-1"));
    await refreshLater();
    expect(config.current().lists === lists).toBe(true);
  });
});
