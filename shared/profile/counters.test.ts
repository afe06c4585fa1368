import { describe, expect, it } from "vitest";
import { below, pick, seededRandom } from "../random.ts";
import {
  countDay,
  countHour,
  countMinute,
  newCounts,
  packCounts,
  unpackCounts,
  windowsAt,
  type Counts,
} from "./counters.ts";

const AT_MS = Date.parse("2026-03-10T12:30:15Z");
const DAY_MS = 86_400_000;

/** What one act of a time counts in each window at 12:30:15. */
function countedAt(at: string) {
  const counts = newCounts();
  const atMs = Date.parse(at);
  countMinute(counts, atMs, "views", 1);
  countHour(counts, atMs, "orders", 1);
  countDay(counts, atMs, "orders", 1);
  const { minute, hour, day, days7, days30 } = windowsAt(counts, AT_MS);
  return {
    minute: minute.views,
    hour: hour.views,
    day: day.orders,
    days7: days7.orders,
    days30: days30.orders,
  };
}

describe("windowsAt", () => {
  it.each([
    {
      at: "2026-03-10T12:30:00Z",
      because: "this minute is in all",
      in: { minute: 1, hour: 1, day: 1, days7: 1, days30: 1 },
    },
    {
      at: "2026-03-10T12:29:59Z",
      because: "of the minute before three quarters are less than a minute ago",
      in: { minute: 0.75, hour: 1 },
    },
    { at: "2026-03-10T12:28:59Z", because: "the minute before that is over", in: { minute: 0, hour: 1 } },
    { at: "2026-03-10T11:31:00Z", because: "the minute 59 before this one", in: { minute: 0, hour: 1 } },
    { at: "2026-03-10T11:30:59Z", because: "the minute 60 before this one", in: { hour: 0, day: 1 } },
    { at: "2026-03-09T13:00:00Z", because: "the hour 23 before this one", in: { hour: 0, day: 1 } },
    { at: "2026-03-09T12:59:59Z", because: "the hour 24 before this one", in: { day: 0, days7: 1 } },
    { at: "2026-03-04T00:00:00Z", because: "the day 6 before this one", in: { day: 0, days7: 1, days30: 1 } },
    { at: "2026-03-03T23:59:59Z", because: "the day 7 before this one", in: { days7: 0, days30: 1 } },
    { at: "2026-02-09T00:00:00Z", because: "the day 29 before this one", in: { days7: 0, days30: 1 } },
    { at: "2026-02-08T23:59:59Z", because: "the day 30 before this one", in: { days30: 0 } },
    { at: "2026-03-10T12:31:00Z", because: "the next minute is not known yet", in: { minute: 0, hour: 0, day: 1 } },
    { at: "2026-03-10T13:00:00Z", because: "nor is the next hour", in: { hour: 0, day: 0, days7: 1 } },
    {
      at: "2026-03-11T00:00:00Z",
      because: "nor tomorrow",
      in: { minute: 0, hour: 0, day: 0, days7: 0, days30: 0 },
    },
  ])("counts an act of $at as $in, $because", ({ at, in: expected }) => {
    expect(countedAt(at)).toMatchObject(expected);
  });

  it("counts what comes late as if it had come in time, while its minute is kept", () => {
    const [inTime, late] = [newCounts(), newCounts()];
    const times = [50, 40, 30, 20, 10, 0].map((minutes) => AT_MS - minutes * 60_000);
    for (const atMs of times) countMinute(inTime, atMs, "logins", 1);
    for (const atMs of times.toReversed()) countMinute(late, atMs, "logins", 1);
    expect(windowsAt(late, AT_MS)).toEqual(windowsAt(inTime, AT_MS));
    expect(windowsAt(late, AT_MS).hour.logins).toBe(6);
  });

  it("leaves out what comes when its day is no longer kept, and makes no room for it", () => {
    const counts = newCounts();
    countDay(counts, AT_MS, "orders", 1);
    countDay(counts, AT_MS - 30 * DAY_MS, "orders", 1);
    expect(windowsAt(counts, AT_MS - 30 * DAY_MS).days30.orders).toBe(0);
    expect(counts.days).toHaveLength(1);
  });

  it("keeps no more than 60 minutes, 24 hours and 30 days, however long it counts and in whatever order", () => {
    const counts = newCounts();
    for (let step = 0; step < 5_000; step++) {
      const atMs = AT_MS + step * 61_000 - (step % 7) * 3_000_000;
      countMinute(counts, atMs, "views", 1);
      countHour(counts, AT_MS + step * 2_000_000, "orders", 1);
      countDay(counts, AT_MS + step * 50_000_000, "orders", 1);
      expect(counts.minutes.length).toBeLessThanOrEqual(60);
      expect(counts.hours.length).toBeLessThanOrEqual(24);
      expect(counts.days.length).toBeLessThanOrEqual(30);
    }
  });

  it("counts as plain buckets would that are kept by their index, and the same after it was packed", () => {
    const random = seededRandom(17);
    for (let run = 0; run < 60; run++) {
      let counts = newCounts();
      const plain = new PlainCounts();
      for (let step = 0; step < 150; step++) {
        const atMs = AT_MS + Math.floor((random() - 0.4) * 10 ** (3 + below(random, 7)));
        const by = pick(random, [1, -1, 2.5, 0]);
        countMinute(counts, atMs, pick(random, ["views", "logins", "cartUnits"]), by);
        countHour(counts, atMs, pick(random, ["orders", "amount"]), by);
        countDay(counts, atMs, pick(random, ["frauds", "zSum", "refunded"]), by);
        plain.count("minutes", Math.floor(atMs / 60_000), 60, by);
        plain.count("hours", Math.floor(atMs / 3_600_000), 24, by);
        plain.count("days", Math.floor(atMs / DAY_MS), 30, by);
        expect(PlainCounts.of(counts)).toEqual(plain.spans);
        if (step % 10 > 0) continue;
        const packed = unpackCounts(packCounts(counts));
        expect(packed).toEqual(counts);
        counts = packed;
      }
    }
  });
});

/** Sums by the index of their bucket, made anew each time. */
class PlainCounts {
  spans: Record<keyof Counts, [at: number, sum: number][]> = { minutes: [], hours: [], days: [] };

  static of({ minutes, hours, days }: Counts): PlainCounts["spans"] {
    const sums = (buckets: readonly { at: number }[]) =>
      buckets.map(({ at, ...counted }): [number, number] => [
        at,
        Object.values<number>(counted).reduce((one, other) => one + other, 0),
      ]);
    return { minutes: sums(minutes), hours: sums(hours), days: sums(days) };
  }

  count(span: keyof Counts, index: number, kept: number, by: number): void {
    const newest = Math.max(index, ...this.spans[span].map(([at]) => at));
    const found = this.spans[span].find(([at]) => at === index);
    if (found !== undefined) found[1] += by;
    else if (index > newest - kept) {
      this.spans[span] = [...this.spans[span].filter(([at]) => at > newest - kept), [index, by]];
    }
  }
}
