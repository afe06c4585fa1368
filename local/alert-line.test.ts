import { describe, expect, it } from "vitest";
import { alertHeadings, alertLine, AnomalyAlert, otherLine, seconds, type ArrivedAlert } from "./alert-line.ts";

const plain = (columns = Number.POSITIVE_INFINITY) => ({
  paint: (_: string, text: string) => text,
  columns: () => columns,
});
const reason = (detail: string) => ({ code: "card_testing", detail, contribution: 0.5 });
const arrived = (
  change: Partial<ArrivedAlert> = {},
  reasons = [reason("14 payment attempts with 9 cards through this network in 1 h")],
) => ({
  alert: {
    type: "anomaly.detected" as const,
    data: {
      event: { id: "evt_1234", name: "payment_failed", value: 1_250.5, currency: "GBP" },
      assessment: { score: 0.934, reasons },
    },
  },
  arrivedAt: new Date(2026, 10, 21, 14, 2, 11),
  delayMs: 1_234,
  attack: "card testing" as const,
  ...change,
});

describe("alertLine", () => {
  it("says when, how fast, how strange, from where, and why in plain words", () => {
    expect(alertLine(arrived(), plain())).toBe(
      "  14:02:11   1.2 s  0.93   card testing        14 payment attempts with 9 cards through this network in 1 h (payment failed, 1,250.50 GBP)",
    );
  });

  it.each([
    { change: { attack: null }, says: "real order", because: "nobody injected it" },
    {
      change: { attack: undefined },
      says: "0.93                       14 payment",
      because: "it is not of the replay",
    },
    { change: { delayMs: null }, says: "14:02:11          0.93", because: "its delay is not known" },
  ])("says $says when $because", ({ change, says }) => {
    expect(alertLine(arrived(change), plain())).toContain(says);
  });

  it("gives two reasons at most, and says so when there is none", () => {
    const line = alertLine(arrived({}, ["one", "two", "three"].map(reason)), plain());
    expect(line).toMatch(/one \(payment failed, 1,250\.50 GBP\); two$/);
    expect(alertLine(arrived({}, []), plain())).toMatch(/no single reason \(payment failed/);
  });

  it.each([60, 80, 100])("fits into %i columns, as a wrapped line hides the next", (columns) => {
    const long = arrived({}, [reason("a reason that goes on and on and on and on and on and on and on and on and on")]);
    expect(alertLine(long, plain(columns)).length).toBeLessThanOrEqual(columns);
    expect(alertHeadings(plain(columns)).length).toBeLessThanOrEqual(columns);
  });

  it("stands below its headings", () => {
    const [line, headings] = [alertLine(arrived(), plain()), alertHeadings(plain())];
    for (const [heading, value] of [
      ["arrived", "14:02:11"],
      ["score", "0.93"],
      ["origin", "card testing"],
      ["alert", "14 payment"],
    ] as const) {
      expect(line.indexOf(value)).toBe(headings.indexOf(heading));
    }
  });

  it("shows what anybody may have sent without letting it steer the terminal", () => {
    expect(alertLine(arrived({}, [reason("an item called \u001B[2J\nX")]), plain())).toMatch(
      /an item called {1,2}\[2J X \(payment failed/,
    );
  });
});

describe("otherLine", () => {
  const at = new Date(2026, 10, 21, 14, 2, 11);

  it.each([
    { body: { type: "webhook.test", data: {} }, says: "webhook.test", because: "there is nothing to tell of it" },
    {
      body: { type: "anomaly.detected", data: { event: null, alert: { title: "7 more anomalies" } } },
      says: "anomaly.detected: 7 more anomalies",
      because: "a digest is about no event",
    },
    { body: "nothing", says: "a webhook of no known type", because: "it is none" },
    { body: { type: "a\u001B[2J\nb" }, says: "a [2J b", because: "it shall not steer the terminal" },
  ])("says $says, since $because", ({ body, says }) => {
    expect(otherLine(body, at, plain())).toBe(`  14:02:11  ${says}`);
  });

  it("fits into its columns", () => {
    const body = { type: "metric.anomaly", data: { alert: { title: "orders ".repeat(30) } } };
    expect(otherLine(body, at, plain(60)).length).toBeLessThanOrEqual(60);
  });
});

describe("AnomalyAlert", () => {
  it("takes a webhook with more in it than is shown, as a contract may grow", () => {
    const { alert } = arrived();
    const body = {
      ...alert,
      timestamp: "x",
      data: { ...alert.data, links: {}, assessment: { ...alert.data.assessment, model: "global@v0" } },
    };
    expect(AnomalyAlert.safeParse(body).success).toBe(true);
    expect(AnomalyAlert.safeParse({ ...body, type: "webhook.test" }).success).toBe(false);
  });
});

describe("seconds", () => {
  it.each([
    { ms: 0, text: "0.0 s" },
    { ms: 949, text: "0.9 s" },
    { ms: 61_250, text: "61.3 s" },
  ])("writes $ms ms as $text", ({ ms, text }) => {
    expect(seconds(ms)).toBe(text);
  });
});
