import { describe, expect, it } from "vitest";
import { decideConsent, readGoogleConsent } from "./consent.ts";

const SILENT = { doNotTrack: null };
const GPC = { globalPrivacyControl: true, doNotTrack: null };
const DNT = { doNotTrack: "1" };

describe("decideConsent", () => {
  it.each<{ said: unknown; rules: object; wishes: Parameters<typeof decideConsent>[2]; is: string; because: string }>([
    { said: "granted", rules: {}, wishes: SILENT, is: "granted", because: "nobody objects" },
    { said: "pending", rules: {}, wishes: SILENT, is: "pending", because: "the banner is still open" },
    { said: "denied", rules: {}, wishes: SILENT, is: "denied", because: "the shopper said so" },
    { said: "Granted", rules: {}, wishes: SILENT, is: "denied", because: "only the very word is a yes" },
    { said: undefined, rules: {}, wishes: SILENT, is: "denied", because: "silence is no yes" },
    { said: "granted", rules: {}, wishes: GPC, is: "denied", because: "the browser objects" },
    { said: "pending", rules: {}, wishes: GPC, is: "denied", because: "a banner changes nothing about it" },
    { said: "granted", rules: { respect_gpc: false }, wishes: GPC, is: "granted", because: "the shop answers for it" },
    { said: "granted", rules: {}, wishes: DNT, is: "granted", because: "Do Not Track binds only where a shop says so" },
    { said: "granted", rules: { respect_dnt: true }, wishes: DNT, is: "denied", because: "this shop says so" },
  ])("holds $said for $is: $because", ({ said, rules, wishes, is }) => {
    expect(decideConsent(said, rules, wishes)).toBe(is);
  });
});

describe("readGoogleConsent", () => {
  it.each([
    { mode: "default", given: { analytics_storage: "denied" }, is: "pending" },
    { mode: "default", given: { analytics_storage: "granted" }, is: null },
    { mode: "update", given: { analytics_storage: "denied" }, is: "denied" },
    { mode: "update", given: { analytics_storage: "granted" }, is: "granted" },
    { mode: "update", given: { ad_storage: "granted" }, is: null },
    { mode: "update", given: undefined, is: null },
  ])("reads $mode $given as $is", ({ mode, given, is }) => {
    expect(readGoogleConsent(mode, given)).toBe(is);
  });
});
