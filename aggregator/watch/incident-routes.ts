import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { bucketsOf, INTERVALS, startsOf } from "../query/buckets.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Instant, Keepable, pageOfRows, paging } from "../query/fields.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import type { Db } from "../store/db.ts";
import { expectedIn } from "./expected.ts";
import { IncidentAnswer, incidentAnswer, IncidentStatus } from "./incident-answer.ts";
import { closeIncident, findIncident, listIncidents } from "./incident-rows.ts";
import { readOverall } from "./known.ts";
import { WatchedName } from "./watched.ts";

const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];

const listRoute = defineRoute({
  method: "get",
  path: "/v1/incidents",
  operationId: "listIncidents",
  summary: "Metrics that are or were not as usual, newest first",
  description:
    "Every minute revenue, orders, sessions, events, conversion, order value, declined payments and refunds are held against what is " +
    "usual at that hour of the week, over all and by the largest countries, device classes and categories. One cause is one incident. " +
    "It closes by itself; its `metric.anomaly` alert is sent once, when it opens.",
  access: "analyst",
  query: z.strictObject({ status: IncidentStatus.optional(), ...paging }),
  status: 200,
  output: pageOfRows(IncidentAnswer),
  problems: LISTED,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/incidents/{id}",
  operationId: "getIncident",
  summary: "One incident",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: IncidentAnswer,
  problems: OF_ONE,
});

const Closing = z.strictObject({
  note: Keepable.max(LIMITS.textLength).nullable().default(null).meta({ description: "For people." }),
});

const closeRoute = defineRoute({
  method: "post",
  path: "/v1/incidents/{id}/close",
  operationId: "closeIncident",
  summary: "Close an incident",
  description: "It is not told again until it was over. One that is closed already stays as it is (409).",
  access: "operator",
  params: IdParams,
  body: Closing,
  status: 200,
  output: IncidentAnswer,
  problems: [...OF_ONE, "unreadable", "too-large", "unsupported-media-type", "conflict"],
});

const Interval = z.enum(["1m", "5m", "1h"]);
const ExpectedMetric = WatchedName.exclude(["no_data", "no_orders"]);

const ExpectedAnswer = z.strictObject({
  metric: ExpectedMetric,
  interval: Interval,
  state: z.enum(["learning", "watching"]).meta({ description: "A week is learned before anything is expected." }),
  currency: z.string().nullable().meta({ description: "Of amounts: the one most orders are in." }),
  warnings: z.array(z.strictObject({ at: AnsweredTime, score: z.number() })).meta({
    description:
      "Of revenue and order value: slow shifts in level or restlessness, which nobody is alerted of. A score of 10 comes by chance less than once in a hundred days.",
  }),
  points: z.array(
    z.strictObject({
      at: AnsweredTime.meta({ description: "When the bucket begins." }),
      expected: z.number(),
      low: z.number(),
      high: z.number(),
    }),
  ),
});

const expectedRoute = defineRoute({
  method: "get",
  path: "/v1/expected",
  operationId: "expected",
  summary: "What is expected of a metric over time",
  description:
    "With the band in which it is by chance, in the buckets and units of `/v1/metrics`. May reach into the future.",
  access: "analyst",
  query: z.strictObject({
    metric: ExpectedMetric.meta({ examples: ["orders"] }),
    interval: Interval.default("1h"),
    from: Instant.optional().meta({
      description: "A day before `to` when missing.",
      examples: ["2026-11-20T00:00:00Z"],
    }),
    to: Instant.optional().meta({ description: "Now when missing.", examples: ["2026-11-21T00:00:00Z"] }),
  }),
  status: 200,
  output: ExpectedAnswer,
  problems: [...GUARDED, "invalid"],
});

/** Incidents and what is expected. */
export function incidentOperations({ db, nowMs, live }: { db: Db; nowMs(): number } & LiveServices): Operation[] {
  return [
    operation(listRoute, async (_facts, { query: { status, limit, cursor } }) => {
      const { rows, next } = await listIncidents(db, { status }, { limit, after: parseCursor(cursor) });
      return { data: rows.map(incidentAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getRoute, async (_facts, { params }) => {
      const row = await findIncident(db, params.id);
      if (row === null) throw notFound();
      return incidentAnswer(row);
    }),
    operation(closeRoute, async ({ keyId = "" }, { params: { id }, body: { note } }) => {
      const row = await closeIncident(db, { id, note, by: keyId, nowMs: nowMs() });
      if (row !== null) {
        changed({ live }, "incident", id);
        return incidentAnswer(row);
      }
      if ((await findIncident(db, id)) === null) throw notFound();
      throw new Problem("conflict", "The incident is closed already.");
    }),
    operation(expectedRoute, async (_facts, { query: { metric, interval, from, to } }) => {
      const buckets = bucketsOf({ from, to, interval }, nowMs());
      const { scope, days } = await readOverall(db);
      const startsMs = startsOf(buckets);
      const points = expectedIn(metric, { startsMs, widthMs: INTERVALS[interval].widthMs }, scope, days);
      return {
        metric,
        interval,
        state: points === null ? ("learning" as const) : ("watching" as const),
        currency: scope?.state.currency ?? null,
        warnings: (scope?.state.series[metric]?.amount?.slow?.warnings ?? [])
          .filter(({ atMs }) => atMs >= buckets.startMs && atMs < buckets.endMs)
          .map(({ atMs, score }) => ({ at: new Date(atMs).toISOString(), score })),
        points: (points ?? []).map((point, index) => ({ at: new Date(startsMs[index] ?? 0).toISOString(), ...point })),
      };
    }),
  ];
}

function notFound(): Problem {
  return new Problem("not-found", "No incident has this id.");
}
