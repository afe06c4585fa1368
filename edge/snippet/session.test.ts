import { describe, expect, it } from "vitest";
import { campaignOf, nextSession } from "./session.ts";
import { countingIds } from "./test-host.ts";

const IDLE_MS = 30 * 60_000;
const START_MS = Date.parse("2026-11-21T23:50:00.000Z");

/** The ids of the sessions that events at these times and by these campaigns belong to. */
function sessions(events: [minutes: number, campaign?: string][]) {
  const ids = countingIds();
  let kept = "";
  return events.map(([minutes, campaign = ""]) => {
    kept = nextSession(kept, START_MS + minutes * 60_000, campaign, IDLE_MS, ids);
    return Number(kept.split("|")[0]);
  });
}

describe("nextSession", () => {
  it.each<{ events: [number, string?][]; ids: number[]; because: string }>([
    { events: [[0], [30], [60]], ids: [1, 1, 1], because: "30 minutes between events are no end" },
    { events: [[0], [30.1]], ids: [1, 2], because: "more than 30 minutes are" },
    { events: [[0], [20]], ids: [1, 1], because: "midnight UTC lies between and ends nothing" },
    {
      events: [[0, "gclid=a"], [1], [2, "gclid=a"]],
      ids: [1, 1, 1],
      because: "the campaign is the same where one is named",
    },
    {
      events: [
        [0, "gclid=a"],
        [1, "gclid=b"],
      ],
      ids: [1, 2],
      because: "the shopper came back by another campaign",
    },
    { events: [[0], [1, "utm_source=mail"]], ids: [1, 2], because: "the shopper came back by a campaign" },
    { events: [[0], [-600], [-599]], ids: [1, 1, 1], because: "the clock was set back" },
    { events: [[0], [6000], [6001]], ids: [1, 2, 2], because: "the clock was set forward, which looks like a pause" },
    {
      events: [
        [0, "utm_source=a|b"],
        [1, "utm_source=a|b"],
      ],
      ids: [1, 1],
      because: "a campaign may hold our separator",
    },
  ])("gives $ids: $because", ({ events, ids }) => {
    expect(sessions(events)).toEqual(ids);
  });

  it.each(["", "nonsense", "id|notatime|", "|5|x"])("begins anew where %s was kept", (kept) => {
    expect(nextSession(kept, START_MS, "", IDLE_MS, () => "fresh")).toBe(`fresh|${START_MS}|`);
  });
});

describe("campaignOf", () => {
  it.each([
    { url: "https://shop.example/?utm_source=a&utm_medium=b", campaign: "utm_medium=b&utm_source=a" },
    { url: "https://shop.example/?utm_medium=b&x=1&utm_source=a#f", campaign: "utm_medium=b&utm_source=a" },
    { url: "https://shop.example/?gclid=1", campaign: "gclid=1" },
    { url: "https://shop.example/?fbclid=1", campaign: "fbclid=1" },
    { url: "https://shop.example/?msclkid=1", campaign: "msclkid=1" },
    { url: "https://shop.example/?wbraid=1", campaign: "wbraid=1" },
    { url: "https://shop.example/?q=shoes", campaign: "" },
    { url: "https://shop.example/", campaign: "" },
  ])("reads $campaign of $url", ({ url, campaign }) => {
    expect(campaignOf(url)).toBe(campaign);
  });
});
