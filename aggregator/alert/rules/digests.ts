import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../../store/db.ts";
import { instant, queueDeliveries } from "../raise.ts";
import { groupWords, NO_REASON } from "./group.ts";
import type { Example } from "./plan.ts";
import { ANOMALY_ALERT, LATEST_TURN, takeTurn, type RaiseServices } from "./turns.ts";

/** How many are told apart of what a digest holds: those with the most anomalies. */
const TOLD_MOST = 10;
/** Digests of one run: there is one for a rule and an hour. */
const AT_ONCE = 100;

/** What a digest says of itself in the webhook's body. */
export interface Digest {
  /** Of the hour whose cap was reached. */
  from: string;
  to: string;
  anomalies: number;
  /** How many alerts they would have been. */
  groups: number;
  by_reason: { reason: string; anomalies: number }[];
  by_entity: { entity: string; anomalies: number }[];
  examples: Example[];
}

const Told = z.array(z.object({ name: z.string(), anomalies: z.int() }));

const DueDigest = z.object({
  id: z.string(),
  rule_id: z.string(),
  rule_name: z.string(),
  hour_from: z.coerce.date(),
  closes_at: z.coerce.date(),
  anomalies: z.int(),
  examples: z.array(z.custom<Example>()),
  groups: z.int(),
  by_reason: Told,
  by_entity: Told,
});
type DueDigest = z.output<typeof DueDigest>;

const Due = z.object({ turn: z.coerce.number(), digests: z.array(DueDigest) });
const Closed = z.object({ digests: z.int(), deliveries: z.array(z.string()) });
type Closed = z.output<typeof Closed>;

/**
 * Sends the digests whose hour is over, each once: those of a silenced rule are closed and go nowhere. When anomalies are raised at the
 * same moment it is left to the next minute.
 *
 * @returns how many were closed, and the ids of the deliveries made, leased to the caller
 */
export async function closeDigests({ db, nowMs, config }: RaiseServices): Promise<Closed> {
  const atMs = nowMs();
  const { turn, digests } = await dueDigests(db, atMs);
  if (digests.length === 0) return { digests: 0, deliveries: [] };
  const records = digests.map((due) => digestRecord(due, atMs, config.publicUrl));
  const [sent] = await queryRows(
    db,
    Closed,
    sql`
      WITH ${takeTurn(turn)}, closed AS (
        UPDATE alerts AS a SET
          due_at = NULL,
          created_at = ${instant(atMs)},
          event_id = e.id,
          data = jsonb_build_object('alert', d.alert, 'event', e.event, 'assessment', e.assessment, 'links', d.links)
        FROM taken, jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS d (
          id text, event_id text, alert jsonb, links jsonb
        ) LEFT JOIN events AS e ON e.id = d.event_id
        WHERE a.id = d.id
        RETURNING a.id, a.type, a.rule_id, a.silenced
      ), alerted AS (
        SELECT closed.id, closed.type, rules.webhook_ids
        FROM closed JOIN alert_rules AS rules ON rules.id = closed.rule_id
        WHERE NOT closed.silenced
      ), ${queueDeliveries(atMs)}
      SELECT (SELECT count(*)::integer FROM closed) AS digests, (SELECT coalesce(jsonb_agg(id), '[]') FROM queued) AS deliveries`,
  );
  return sent ?? { digests: 0, deliveries: [] };
}

async function dueDigests(db: Db, nowMs: number): Promise<z.output<typeof Due>> {
  const [due] = await queryRows(
    db,
    Due,
    sql`
      WITH due AS (
        SELECT a.*, rules.name AS rule_name, rules.group_by FROM alerts AS a JOIN alert_rules AS rules ON rules.id = a.rule_id
        WHERE a.due_at <= ${instant(nowMs)}
        ORDER BY a.due_at, a.id
        LIMIT ${AT_ONCE}
      ), held AS (
        SELECT due.id AS alert_id, due.group_by, a.id, a.entity, coalesce(e.assessment #>> '{reasons,0,code}', ${NO_REASON}) AS reason
        FROM due
        JOIN alert_anomalies AS held ON held.alert_id = due.id
        JOIN anomalies AS a ON a.id = held.anomaly_id
        JOIN events AS e ON e.id = a.event_id
      ), told AS (
        SELECT due.*,
          (SELECT count(DISTINCT CASE group_by WHEN 'entity' THEN coalesce(entity, id) ELSE reason END)
           FROM held WHERE alert_id = due.id) AS groups,
          (SELECT coalesce(jsonb_agg(line), '[]') FROM (
            SELECT reason AS name, count(*) AS anomalies FROM held WHERE alert_id = due.id
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOLD_MOST}
          ) AS line) AS by_reason,
          (SELECT coalesce(jsonb_agg(line), '[]') FROM (
            SELECT entity AS name, count(*) AS anomalies FROM held WHERE alert_id = due.id AND entity IS NOT NULL
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOLD_MOST}
          ) AS line) AS by_entity
        FROM due
      )
      SELECT ${LATEST_TURN}::text AS turn, (SELECT coalesce(jsonb_agg(to_jsonb(told) - 'data'), '[]') FROM told) AS digests`,
  );
  if (due === undefined) throw new Error("a SELECT without FROM answered no row");
  return due;
}

function digestRecord(due: DueDigest, nowMs: number, publicUrl: string) {
  const { id, anomalies, groups, examples } = due;
  const strongest = examples[0];
  const digest: Digest = {
    from: due.hour_from.toISOString(),
    to: due.closes_at.toISOString(),
    anomalies,
    groups,
    by_reason: due.by_reason.map(({ name, anomalies: count }) => ({ reason: name, anomalies: count })),
    by_entity: due.by_entity.map(({ name, anomalies: count }) => ({ entity: groupWords(name), anomalies: count })),
    examples,
  };
  const alert = {
    id,
    type: ANOMALY_ALERT,
    created_at: new Date(nowMs).toISOString(),
    title: digestTitle(digest, due.rule_name),
    rule: { id: due.rule_id, name: due.rule_name },
    group: null,
    count: anomalies,
    digest,
  };
  return { id, event_id: strongest?.event_id ?? null, alert, links: { self: `${publicUrl}/v1/alerts/${id}` } };
}

function digestTitle({ anomalies, groups, by_reason: [first] }: Digest, rule: string): string {
  const most = first === undefined ? "" : `, most often ${first.reason}`;
  const what = `${counted(anomalies, "more anomaly", "more anomalies")} in ${counted(groups, "group", "groups")}`;
  return `${what} within an hour${most}: beyond what "${rule}" alerts on one by one`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
