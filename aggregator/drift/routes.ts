import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { wholeDays } from "../days/read-days.ts";
import { daysAfter } from "../days/utc-days.ts";
import { GUARDED } from "../query/access.ts";
import { AnsweredTime } from "../query/fields.ts";
import type { Db } from "../store/db.ts";
import { listChecks, type DriftCheck } from "./checks.ts";
import { featureBinFrom } from "./feature-bins.ts";
import { DRIFT_LEVELS, isAtLeast } from "./levels.ts";
import { readReport } from "./read-report.ts";
import { levelOfReport, REFERENCE_DAYS, type Shown, type ShownReport } from "./report.ts";
import { readStream } from "./stream.ts";

const SCORE_BINS = 200;
/** Digits of shares and indexes beyond which there is only noise. */
const DIGITS = 4;

const Level = z.enum(DRIFT_LEVELS).meta({
  description:
    "`warn`: worth a look; `act`: to be learned from now, on the second day in a row; `stop`: a person has to look before scores are trusted.",
});
const Share = z.number().min(0).max(1);

const Distribution = z.strictObject({
  name: z.string().meta({ description: "`score`, or a feature's name." }),
  top: z.boolean().meta({ description: "Whether its moving alone counts towards the level of the day." }),
  psi: z.number().meta({ description: "Population stability index against the reference." }),
  limits: z.strictObject({ warn: z.number(), act: z.number(), stop: z.number().nullable() }).meta({
    description: "What the index must be beyond for each level: never less than 1 in 1,000 days has by chance.",
  }),
  level: Level,
  since: z.iso.date().nullable().meta({ description: "First of the days in a row on which it was at least `warn`." }),
  kolmogorov_smirnov: z
    .strictObject({ d: Share.meta({ description: "Largest difference of the shares below a value." }), p: Share })
    .nullable()
    .meta({ description: "Told beside the index; it decides nothing." }),
  bins: z
    .array(
      z.strictObject({
        from: z.number().nullable().meta({ description: "Least value, included; null for what was unknown." }),
        to: z.number().nullable().meta({ description: "Largest, not included; null for no bound." }),
        reference: Share,
        current: Share,
      }),
    )
    .meta({ description: "Both distributions in the reference's ten quantile bins, fewer where values are equal." }),
});

const DriftAnswer = z.strictObject({
  window: z.string(),
  from: z.iso
    .date()
    .nullable()
    .meta({ description: "First day that is looked at, in UTC; null where none is whole yet." }),
  to: z.iso.date().nullable().meta({ description: "Last day, included." }),
  level: Level.nullable().meta({
    description: "Null where too little is known: under 500 payments, or 7 days before.",
  }),
  since: z.iso.date().nullable().meta({ description: "First day of the episode of `act` or `stop`." }),
  events: z.int().meta({ description: "Payment attempts looked at." }),
  reference: z
    .strictObject({
      from: z.iso.date(),
      to: z.iso.date(),
      events: z.int(),
      days: z.int(),
      one_release: z.boolean().meta({ description: "Whether one model and calibration made all the scores." }),
    })
    .nullable(),
  alerts: z
    .strictObject({
      alerts: z.int(),
      expected: z.number().meta({ description: "By the alert budget, or as the scores promise at the threshold." }),
      flood: z.boolean().meta({ description: "More than three times as many, and not by chance: a `stop`." }),
    })
    .nullable(),
  score: Distribution.nullable(),
  features: z.array(Distribution).meta({ description: "Furthest moved first." }),
  stream: z
    .strictObject({
      until: AnsweredTime,
      mean: z.number().meta({ description: "Mean score since the last change." }),
      changes: z.array(
        z.strictObject({ at: AnsweredTime, side: z.enum(["up", "down"]), from: z.number(), to: z.number() }),
      ),
    })
    .nullable()
    .meta({ description: "The scores minute by minute, by the test of Page and Hinkley; newest change last." }),
  days: z
    .array(z.strictObject({ date: z.iso.date(), level: Level.nullable() }))
    .meta({ description: "The last days as they were checked, newest first." }),
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/drift",
  operationId: "getDrift",
  summary: "How far scores and features have moved from the 28 days before",
  description:
    "Whole days in UTC. Checked once after each day; a longer window holds its days together against those before.",
  access: "analyst",
  query: z.strictObject({
    window: z
      .string()
      .regex(/^([1-9]|1\d|2[0-8])d$/, "must be a number of days, 1d to 28d")
      .default("1d")
      .meta({ description: "Days up to the last whole one.", examples: ["1d", "7d"] }),
  }),
  status: 200,
  output: DriftAnswer,
  problems: [...GUARDED, "invalid"],
});

export function driftOperations({ db, nowMs }: { db: Db; nowMs(): number }): Operation[] {
  return [
    operation(getRoute, async (_facts, { query: { window } }) => {
      const [whole, checks, stream] = await Promise.all([
        wholeDays(db, nowMs()),
        listChecks(db, { limit: REFERENCE_DAYS }),
        readStream(db),
      ]);
      const to = whole.at(-1) ?? null;
      const days = Number.parseInt(window, 10);
      const report = to === null ? null : await readReport(db, to, days);
      const from = to === null ? null : daysAfter(to, 1 - days);
      return {
        window,
        from,
        to,
        ...standing(report, checks, days === 1 ? to : null),
        events: report?.events ?? 0,
        reference:
          report === null || from === null || report.reference === null
            ? null
            : {
                from: daysAfter(from, -REFERENCE_DAYS),
                to: daysAfter(from, -1),
                events: report.reference.events,
                days: report.reference.days,
                one_release: report.reference.isOneRelease,
              },
        alerts: alertsAnswer(report),
        score: report === null || report.score === null ? null : distribution(report.score, checks),
        features: (report?.features ?? [])
          .toSorted((a, b) => b.psi - a.psi || (b.distance?.d ?? 0) - (a.distance?.d ?? 0))
          .map((shown) => distribution(shown, checks)),
        stream:
          stream === null
            ? null
            : {
                until: new Date(stream.untilMs).toISOString(),
                mean: rounded(stream.state.test.mean),
                changes: stream.state.changes.map((change) => ({
                  ...change,
                  from: rounded(change.from),
                  to: rounded(change.to),
                })),
              },
        days: checks.map(({ date, level }) => ({ date, level })),
      };
    }),
  ];
}

/** As it was checked, where that day was; else as it is found now, by itself. */
function standing(report: ShownReport | null, checks: readonly DriftCheck[], date: string | null) {
  const check = checks.find((one) => one.date === date);
  if (check !== undefined) return { level: check.level, since: check.since };
  if (report === null) return { level: null, since: null };
  return { level: levelOfReport(report, checks[0]?.actMet ?? false).level, since: null };
}

function alertsAnswer(report: ShownReport | null) {
  if (report === null || report.alerts === null) return null;
  const { alerts, expected, isFlood } = report.alerts;
  return { alerts, expected: rounded(expected), flood: isFlood };
}

function distribution(shown: Shown, checks: readonly DriftCheck[]): z.input<typeof Distribution> {
  const { name, isTop, psi, limits, level, distance, bins } = shown;
  const events = { reference: 0, current: 0 };
  for (const bin of bins) {
    events.reference += bin.reference;
    events.current += bin.current;
  }
  const edge = name === "score" ? (bin: number) => bin / SCORE_BINS : featureBinFrom;
  return {
    name,
    top: isTop,
    psi: rounded(psi),
    limits: { warn: rounded(limits.warn), act: rounded(limits.act), stop: limits.stop && rounded(limits.stop) },
    level,
    since: movedSince(name, checks),
    kolmogorov_smirnov: distance && { d: rounded(distance.d), p: distance.p },
    bins: bins.map((bin, index) => ({
      from: edge(bin.from),
      to: index === bins.length - 1 || edge(bin.from) === null ? null : edge(bin.to + 1),
      reference: rounded(bin.reference / Math.max(1, events.reference)),
      current: rounded(bin.current / Math.max(1, events.current)),
    })),
  };
}

/** @param checks newest first */
function movedSince(name: string, checks: readonly DriftCheck[]): string | null {
  let since: string | null = null;
  for (const { date, report, level } of checks) {
    if (level === null) continue;
    const own = [report.score, ...report.features].find((compared) => compared?.name === name);
    if (own === null || own === undefined || !isAtLeast(own.level, "warn")) break;
    since = date;
  }
  return since;
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
