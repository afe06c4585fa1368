import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { DAY_MS, type LearningRow } from "./row.ts";
import { END_MS, learningRow } from "./test-rows.ts";
import { areApart, calibrationSet, cleanPayments, isSuspect, splitByTime, trainingRows } from "./training-set.ts";

describe("splitByTime", () => {
  it("keeps the last seven days for judging, to the millisecond", () => {
    const edgeMs = END_MS - 7 * DAY_MS;
    const [before, first, last] = [edgeMs - 1, edgeMs, END_MS - 1].map((atMs) => learningRow({ atMs }));
    const { past, judged, pastEndMs } = splitByTime([before, first, last] as LearningRow[], END_MS);
    expect({ past, judged, pastEndMs }).toEqual({ past: [before], judged: [first, last], pastEndMs: edgeMs });
  });
});

describe("cleanPayments", () => {
  const LOW = 0.2;
  const HIGH = 0.6;

  it.each<[over: Partial<LearningRow>, score: number, isIn: boolean, because: string]>([
    [{}, LOW, true, "it is ordinary"],
    [{ label: "fraud" }, LOW, false, "it is confirmed, however ordinary it looks"],
    [{}, HIGH, false, "it is suspect and nobody has looked at it"],
    [{ label: "legitimate" }, HIGH, true, "somebody said that it is legitimate"],
    [{ isPayment: false }, LOW, false, "it is no payment"],
    [{ draw: null, label: "legitimate" }, LOW, false, "it is not of the even sample"],
  ])("of %o at %f, in is %s: %s", (over, score, isIn) => {
    expect(cleanPayments([learningRow(over)], [score], false).rows.length === 1).toBe(isIn);
  });

  it("counts what was left out, by why", () => {
    const rows = [
      learningRow({ label: "fraud" }),
      learningRow(),
      learningRow(),
      learningRow({ label: "fraud", draw: null }),
    ];
    expect(cleanPayments(rows, [HIGH, HIGH, LOW, HIGH], false)).toMatchObject({
      confirmed: 1,
      suspect: 1,
      rows: [rows[2]],
    });
  });

  it("lets the model of the deployment, which knows nothing of this shop, leave out no more than the strangest 5 %", () => {
    const rows = Array.from({ length: 100 }, () => learningRow());
    const scores = rows.map((_row, index) => 0.5 + index / 1_000);
    expect(cleanPayments(rows, scores, false).rows).toEqual([]);
    expect(cleanPayments(rows, scores, true).rows).toEqual(rows.slice(0, 96));
  });

  it("calls suspect what is beyond 1 in 200 of the champion's own scale, and not what is exactly there", () => {
    const oneIn200 = -Math.log10(1 / 200) / 5;
    expect([oneIn200 - 1e-9, oneIn200, oneIn200 + 1e-9].map(isSuspect)).toEqual([false, false, true]);
  });

  it("never lets confirmed fraud or an unreviewed suspect in, whatever the rows", () => {
    const random = seededRandom(1);
    const labels = ["fraud", "legitimate", null] as const;
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 20 }, () =>
        learningRow({ label: labels[Math.floor(random() * 3)] ?? null, isPayment: random() < 0.8 }),
      );
      const scores = rows.map(() => random());
      const scoreOf = new Map(rows.map((row, index) => [row, scores[index] ?? 0]));
      const clean = cleanPayments(rows, scores, false);
      const wrong = (row: LearningRow) =>
        row.label === "fraud" || (row.label === null && isSuspect(scoreOf.get(row) ?? 0));
      expect(clean.rows.filter(wrong)).toEqual([]);
      const payments = rows.filter(({ isPayment }) => isPayment).length;
      expect(clean.rows.length + clean.confirmed + clean.suspect).toBe(payments);
    }
  });
});

describe("calibrationSet", () => {
  const pastEndMs = END_MS - 7 * DAY_MS;
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => learningRow({ atMs: END_MS - 1 - index * 60_000 * 20 }));

  it("holds nothing that a model was trained on, and all the rest, where half of the past was kept for it", () => {
    const rows = rowsOf(2_000);
    const { past } = splitByTime(rows, END_MS);
    const trained = new Set(trainingRows(past, true));
    const { payments } = calibrationSet(rows, { endMs: END_MS, pastEndMs, isApart: true });
    expect(payments.filter((row) => trained.has(row))).toEqual([]);
    expect(payments.length).toBe(rows.length - trained.size);
    expect(trained.size / past.length).toBeCloseTo(0.5, 1);
  });

  it("holds all of the past where there is too little of it for both", () => {
    const rows = rowsOf(600);
    expect(areApart(rows)).toBe(false);
    expect(calibrationSet(rows, { endMs: END_MS, pastEndMs, isApart: false }).payments).toEqual(rows);
    expect(trainingRows(rows, false)).toEqual(rows);
  });

  it("leaves out confirmed fraud, what is older than 28 days and what is not of the even sample, and keeps suspects", () => {
    const kept = [learningRow(), learningRow({ isPayment: false })];
    const left = [
      learningRow({ label: "fraud" }),
      learningRow({ atMs: END_MS - 28 * DAY_MS - 1 }),
      learningRow({ label: "legitimate", draw: null }),
      learningRow({ atMs: END_MS }),
    ];
    const set = calibrationSet([...kept, ...left], { endMs: END_MS, pastEndMs, isApart: false });
    expect([...set.payments, ...set.others]).toEqual(kept);
  });
});

describe("trainingRows", () => {
  it("chooses the same half in every run, and what is labelled of the rest", () => {
    const rows = [learningRow({ draw: 0.49 }), learningRow({ draw: 0.5 }), learningRow({ draw: 0.9, label: "fraud" })];
    expect(trainingRows(rows, true)).toEqual([rows[0], rows[2]]);
  });
});
