import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED } from "../query/access.ts";
import { TrafficAsked } from "../query/metric-table.ts";
import type { Db } from "../store/db.ts";
import type { Facts } from "./facts.ts";
import { FALSE_RATE } from "./find-changes.ts";
import { InsightsAnswer, type Draft, type Finding } from "./finding.ts";
import { insightsOf } from "./insights.ts";
import type { Rephrase } from "./rephrase.ts";
import { memberName, joined } from "./words.ts";
import { WindowName } from "./window.ts";

const LIMIT_MOST = 50;
const LIMIT_DEFAULT = 20;

const insightsRoute = defineRoute({
  method: "get",
  path: "/v1/insights",
  operationId: "insights",
  summary: "What happened, ranked, in plain words",
  description: [
    "What changed in a window against what is usual for its hours and weekdays, which segments explain it, what it costs, which anomalies, alerts and incidents belong to it, and where to look next. What has one cause is one finding.",
    `Every number in a sentence is one of the figures beside it. A change is told when it is large enough to matter and unlikely by chance: of windows in which nothing happens at most ${100 * FALSE_RATE} % have one. Where nothing is known to compare with, nothing is said of changes.`,
    "Windows end with the last whole hour, the window of one hour with the last minute but two.",
  ].join("\n\n"),
  access: "analyst",
  query: z.strictObject({
    window: WindowName.default("24h").meta({ description: "How far back." }),
    traffic: TrafficAsked,
    limit: z.coerce
      .number({ error: "must be a whole number" })
      .int({ error: "must be a whole number" })
      .min(1, "must be at least 1")
      .max(LIMIT_MOST, `must be at most ${LIMIT_MOST}`)
      .default(LIMIT_DEFAULT)
      .meta({ description: "Findings, those that matter most." }),
  }),
  status: 200,
  output: InsightsAnswer,
  problems: [...GUARDED, "invalid"],
});

export interface InsightServices {
  db: Db;
  nowMs(): number;
  /** Puts findings into a language model's words; there need be none. */
  rephrase?: Rephrase | null;
}

/** Only what is read first is rephrased. */
const REPHRASED_MOST = 5;

export function insightOperations({ db, nowMs, rephrase = null }: InsightServices): Operation[] {
  return [
    operation(insightsRoute, async (_facts, { query: { window, traffic, limit } }) => {
      const now = nowMs();
      const { facts, drafts } = await insightsOf(db, { name: window, trustedOnly: traffic === "trusted" }, now);
      const findings = drafts.slice(0, limit).map(findingOf);
      const known = [
        ...new Set(facts.seen.scopes.flatMap(({ dimension, member }) => [member, memberName(dimension, member)])),
      ];
      const told =
        rephrase === null
          ? []
          : await Promise.all(findings.slice(0, REPHRASED_MOST).map((own) => rephrase(own, known)));
      const data = [...told, ...findings.slice(told.length)];
      return { ...aboutOf(facts), traffic, generated_at: new Date(now).toISOString(), data };
    }),
  ];
}

function findingOf({ title, ...draft }: Draft): Finding {
  return { ...draft, title: title.text, text: joined(draft.sentences), rephrased: false };
}

function aboutOf({ name, window, baseline: { kind, occasions }, seen }: Facts) {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    window: { name, from: iso(window.fromMs), to: iso(window.untilMs) },
    baseline: {
      kind,
      from: occasions.length === 0 ? null : iso(Math.min(...occasions.map(({ fromMs }) => fromMs))),
      to: occasions.length === 0 ? null : iso(Math.max(...occasions.map(({ untilMs }) => untilMs))),
      occasions: occasions.length,
      weeks: kind === "hour_of_week" ? occasions.length : 0,
    },
    currency: seen.currency,
  };
}
