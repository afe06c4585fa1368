import { describe, expect, it } from "vitest";
import { parseCron } from "./cron.ts";

const isDue = (expression: string, at: string) => parseCron(expression).isDue(Date.parse(at));

describe("parseCron", () => {
  it.each([
    { cron: "* * * * *", at: "2026-11-21T10:17:42Z", due: true, because: "it is every minute" },
    { cron: "0 3 * * MON", at: "2026-11-23T03:00:00Z", due: true, because: "that is a Monday" },
    { cron: "0 3 * * MON", at: "2026-11-22T03:00:00Z", due: false, because: "that is a Sunday" },
    { cron: "0 3 * * 1", at: "2026-11-22T03:00:00Z", due: true, because: "1 is Sunday, as at Cloudflare" },
    { cron: "0 3 * * 2-6", at: "2026-11-23T03:00:59Z", due: true, because: "2 to 6 are the working days" },
    { cron: "0 3 * * 2-6", at: "2026-11-28T03:00:00Z", due: false, because: "that is a Saturday" },
    { cron: "*/15 * * * *", at: "2026-11-21T10:45:00Z", due: true, because: "45 is a multiple of 15" },
    { cron: "*/15 * * * *", at: "2026-11-21T10:46:00Z", due: false, because: "46 is not" },
    { cron: "7/20 * * * *", at: "2026-11-21T10:47:00Z", due: true, because: "47 is 7 and twice 20" },
    { cron: "5,10-12 6 * * *", at: "2026-11-21T06:11:00Z", due: true, because: "11 is in the list" },
    { cron: "5,10-12 6 * * *", at: "2026-11-21T07:11:00Z", due: false, because: "7 is another hour" },
    { cron: "0 0 1 jan,JUL *", at: "2026-07-01T00:00:00Z", due: true, because: "July is named" },
    { cron: "0 0 31 * *", at: "2026-11-30T00:00:00Z", due: false, because: "that month has no 31st" },
    { cron: "0 0 13 * FRI", at: "2026-11-13T00:00:00Z", due: true, because: "that is the 13th" },
    { cron: "0 0 13 * FRI", at: "2026-11-20T00:00:00Z", due: true, because: "any Friday will do" },
    { cron: "0 0 13 * FRI", at: "2026-11-21T00:00:00Z", due: false, because: "that is neither" },
  ])("takes $cron at $at for due: $due, because $because", ({ cron, at, due }) => {
    expect(isDue(cron, at)).toBe(due);
  });

  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * * 0",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "* * L * *",
    "* * * * MON#2",
    "-1 * * * *",
    "1,,2 * * * *",
    "1-2-3 * * * *",
  ])("refuses %j, so that it is not silently never due", (expression) => {
    expect(() => parseCron(expression)).toThrow(RangeError);
  });
});
