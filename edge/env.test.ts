import { describe, expect, it } from "vitest";
import { Config } from "./env.ts";

const vars = {
  PRIVACY_KEY: "5a".repeat(32),
  ALERT_THRESHOLD: "0.7",
  RULE_SETTINGS: "{}",
  PROFILE_SHARDS: "1",
  PROFILE_DEADLINE_MS: "40",
  STREAM_FRAMES_PER_MINUTE: "6000",
  STREAM_IDLE_MS: "600000",
  ACCOUNT_INTERVAL_MS: "5000",
  MODEL_REFRESH_MS: "30000",
};

describe("Config", () => {
  it("turns text into values, and fills in the rules that are not overridden", () => {
    const config = Config.parse({ ...vars, RULE_SETTINGS: '{"velocityOrders":5}', PROFILE_SHARDS: "8" });
    expect(config).toMatchObject({
      privacyKey: vars.PRIVACY_KEY,
      decision: { threshold: 0.7, rules: { velocityOrders: 5, cardTestingCards: 4 } },
      profileShards: 8,
      profileDeadlineMs: 40,
      streamFramesPerMinute: 6_000,
      streamIdleMs: 600_000,
      accountIntervalMs: 5_000,
      modelRefreshMs: 30_000,
    });
  });

  it.each([
    { because: "no privacy key", changes: { PRIVACY_KEY: undefined } },
    { because: "a privacy key of 31 bytes", changes: { PRIVACY_KEY: "5a".repeat(31) } },
    { because: "an empty threshold, which is not 0", changes: { ALERT_THRESHOLD: "" } },
    { because: "a threshold above 1", changes: { ALERT_THRESHOLD: "70" } },
    { because: "rules that are not JSON", changes: { RULE_SETTINGS: "{velocity}" } },
    { because: "a misspelt rule", changes: { RULE_SETTINGS: '{"velocity":5}' } },
    { because: "no shard", changes: { PROFILE_SHARDS: "0" } },
    { because: "half a shard", changes: { PROFILE_SHARDS: "1.5" } },
    { because: "no deadline", changes: { PROFILE_DEADLINE_MS: "0" } },
    { because: "no frames", changes: { STREAM_FRAMES_PER_MINUTE: "0" } },
    { because: "a connection closed as soon as it is opened", changes: { STREAM_IDLE_MS: "0" } },
    { because: "counts held longer than a request's work may go on", changes: { ACCOUNT_INTERVAL_MS: "30000" } },
    { because: "an edge that looks for releases all the time", changes: { MODEL_REFRESH_MS: "0" } },
  ])("refuses $because", ({ changes }) => {
    expect(Config.safeParse({ ...vars, ...changes }).success).toBe(false);
  });

  it("never repeats the privacy key where it refuses it", () => {
    const { error } = Config.safeParse({ ...vars, PRIVACY_KEY: `${"5a".repeat(32)}x` });
    expect(error?.message).not.toContain("5a5a");
  });
});
