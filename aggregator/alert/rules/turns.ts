import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import type { LiveServices } from "../../live/tell.ts";
import { queryRows, type Db } from "../../store/db.ts";
import { instant, queueDeliveries } from "../raise.ts";
import { groupWords, NO_REASON } from "./group.ts";
import { titleOf, type Example, type Gathering, type Opened, type Plan, type Situation } from "./plan.ts";
import { Conditions, Found, GroupBy, type Rule } from "./rule.ts";

export const ANOMALY_ALERT = "anomaly.detected";

/** How long after its hour a digest waits for what was found in it and is not raised yet. */
const DIGEST_GRACE_MS = 15_000;

export interface RaiseServices extends LiveServices {
  db: Db;
  nowMs(): number;
  newId(prefix: string): string;
  config: { publicUrl: string };
}

/** What is read of an anomaly `a` and its event `e`, as `Found` parses it. */
export const FOUND = sql`
  a.id, a.event_id, a.created_at AS found_at, a.entity, e.name, e.score, e.value::float8 AS value, e.currency, e.country,
  e.assessment -> 'signals' AS signals, e.assessment -> 'reasons' AS reasons`;

/** The part of a rule's row that a plan needs. */
export const PlannedRule = z
  .object({
    id: z.string(),
    name: z.string(),
    conditions: Conditions,
    group_by: GroupBy,
    group_seconds: z.int(),
    cool_down_seconds: z.int(),
    alerts_per_hour: z.int(),
    silenced_until: z.coerce.date().nullable(),
  })
  .transform((row): Rule => ({
    id: row.id,
    name: row.name,
    conditions: row.conditions,
    groupBy: row.group_by,
    groupMs: row.group_seconds * 1000,
    coolDownMs: row.cool_down_seconds * 1000,
    alertsPerHour: row.alerts_per_hour,
    silencedUntilMs: row.silenced_until?.getTime() ?? null,
  }));

const GatheringRow = z
  .object({
    id: z.string(),
    rule_id: z.string(),
    silenced: z.boolean(),
    group_key: z.string().nullable(),
    hour_from: z.coerce.date(),
    opened_at: z.coerce.date(),
    closes_at: z.coerce.date(),
    quiet_until: z.coerce.date(),
    last_at: z.coerce.date(),
    anomalies: z.int(),
    cooled: z.int(),
    top_score: z.number(),
    examples: z.array(z.custom<Example>()),
  })
  .transform((row): Gathering => ({
    id: row.id,
    ruleId: row.rule_id,
    silenced: row.silenced,
    groupKey: row.group_key,
    hourFromMs: row.hour_from.getTime(),
    openedMs: row.opened_at.getTime(),
    closesMs: row.closes_at.getTime(),
    quietUntilMs: row.quiet_until.getTime(),
    lastMs: row.last_at.getTime(),
    anomalies: row.anomalies,
    cooled: row.cooled,
    topScore: row.top_score,
    examples: row.examples,
  }));

const HourRow = z
  .object({ rule_id: z.string(), silenced: z.boolean(), hour_from: z.coerce.date(), alerts: z.int() })
  .transform(({ rule_id: ruleId, silenced, hour_from: from, alerts }) => ({
    ruleId,
    silenced,
    fromMs: from.getTime(),
    alerts,
  }));

/** What is to be planned, and which turn the plan would be. */
export interface Turn extends Situation {
  turn: number;
}

const TurnRow = z.object({
  turn: z.coerce.number(),
  found: z.array(Found),
  rules: z.array(PlannedRule),
  gathering: z.array(GatheringRow),
  hours: z.array(HourRow),
});

/** The turn that was taken last; 0 before the first. */
export const LATEST_TURN = sql`coalesce((SELECT turn FROM alert_turns WHERE id = 1), 0)`;

/**
 * A CTE that has a row if nobody took a turn since `turn` was read. Two who take the same at once are put in a row by Postgres, and the
 * second gets none; what is written must join it.
 */
export function takeTurn(turn: number): SQL {
  return sql`taken AS (
    INSERT INTO alert_turns AS latest (id, turn) VALUES (1, ${turn + 1})
    ON CONFLICT (id) DO UPDATE SET turn = excluded.turn WHERE latest.turn = ${turn}
    RETURNING turn
  )`;
}

/** The oldest anomalies that are not raised yet, with the rules in force and all that these have going on for anomalies like them. */
export async function readTurn(db: Db, limit: number): Promise<Turn> {
  const [turn] = await queryRows(
    db,
    TurnRow,
    sql`
      WITH found AS MATERIALIZED (
        SELECT ${FOUND}
        FROM anomalies AS a JOIN events AS e ON e.id = a.event_id
        WHERE a.unraised
        ORDER BY a.created_at, a.id
        LIMIT ${limit}
      ), rules AS (
        SELECT * FROM alert_rules WHERE enabled AND deleted_at IS NULL
      ), hours AS (
        SELECT rules.id AS rule_id, lane.silenced, latest.hour_from, count(*) FILTER (WHERE NOT a.digest) AS alerts
        FROM rules
        CROSS JOIN (VALUES (false), (true)) AS lane (silenced)
        CROSS JOIN LATERAL (
          SELECT max(a.hour_from) AS hour_from FROM alerts AS a WHERE a.rule_id = rules.id AND a.silenced = lane.silenced
        ) AS latest
        JOIN alerts AS a ON a.rule_id = rules.id AND a.silenced = lane.silenced AND a.hour_from = latest.hour_from
        WHERE EXISTS (SELECT FROM found)
        GROUP BY 1, 2, 3
      ), gathering AS (
        SELECT a.* FROM alerts AS a
        WHERE a.rule_id IN (SELECT id FROM rules)
          AND a.group_key IN (
            SELECT entity FROM found UNION SELECT 'reason:' || coalesce(reasons #>> '{0,code}', ${NO_REASON}) FROM found
          )
          AND a.quiet_until > (SELECT min(found_at) FROM found)
        UNION ALL
        SELECT a.* FROM alerts AS a JOIN hours USING (rule_id, silenced, hour_from) WHERE a.digest AND a.due_at IS NOT NULL
      )
      SELECT ${LATEST_TURN}::text AS turn,
        (SELECT coalesce(jsonb_agg(found), '[]') FROM found) AS found,
        (SELECT coalesce(jsonb_agg(rules ORDER BY rules.id), '[]') FROM rules) AS rules,
        (SELECT coalesce(jsonb_agg(to_jsonb(gathering) - 'data'), '[]') FROM gathering) AS gathering,
        (SELECT coalesce(jsonb_agg(hours), '[]') FROM hours) AS hours`,
  );
  if (turn === undefined) throw new Error("a SELECT without FROM answered no row");
  return turn;
}

/** A plan with what it was made for. */
interface PlannedTurn {
  turn: number;
  plan: Plan;
  /** Ids of all anomalies that were planned, those that no rule matches included. */
  raised: readonly string[];
  nowMs: number;
  publicUrl: string;
}

const Outcome = z.object({ taken: z.boolean(), deliveries: z.array(z.string()) });

/**
 * Writes what was planned: alerts with their deliveries, what joined the ones that were there, and that the anomalies are raised. All of
 * it or nothing.
 *
 * @returns the ids of the deliveries, leased to the caller; null when another turn was taken since this one was read, and nothing is written
 * @throws what the driver throws, also when one of the anomalies was deleted meanwhile; what is left can be read and planned again
 */
export async function writeTurn(
  db: Db,
  { turn, plan, raised, nowMs, publicUrl }: PlannedTurn,
): Promise<string[] | null> {
  const opened = plan.opened.map((alert) => openedRecord(alert, nowMs, publicUrl));
  const [outcome] = await queryRows(
    db,
    Outcome,
    sql`
      WITH ${takeTurn(turn)}, marked AS (
        UPDATE anomalies AS a SET unraised = false
        FROM taken, jsonb_array_elements_text(${JSON.stringify(raised)}::jsonb) AS raised (id)
        WHERE a.id = raised.id
      ), opened AS (
        INSERT INTO alerts (
          id, type, dedup_key, event_id, data, created_at, rule_id, group_key, silenced, digest, hour_from, opened_at, closes_at,
          quiet_until, last_at, due_at, anomalies, cooled, top_score, examples
        )
        SELECT o.id, ${ANOMALY_ALERT}, o.dedup_key, e.id,
          jsonb_build_object('alert', o.alert, 'event', e.event, 'assessment', e.assessment, 'links', o.links),
          ${instant(nowMs)}, o.rule_id, o.group_key, o.silenced, o.group_key IS NULL, o.hour_from, o.opened_at, o.closes_at,
          o.quiet_until, o.last_at, o.due_at, o.anomalies, o.cooled, o.top_score, o.examples
        FROM taken, jsonb_to_recordset(${JSON.stringify(opened)}::jsonb) AS o (
          id text, dedup_key text, event_id text, alert jsonb, links jsonb, rule_id text, group_key text, silenced boolean,
          hour_from timestamptz, opened_at timestamptz, closes_at timestamptz, quiet_until timestamptz, last_at timestamptz,
          due_at timestamptz, anomalies integer, cooled integer, top_score real, examples jsonb
        ) JOIN events AS e ON e.id = o.event_id
        RETURNING id, type, rule_id, silenced, digest
      ), grown AS (
        UPDATE alerts AS a SET
          last_at = g.last_at, anomalies = g.anomalies, cooled = g.cooled, top_score = g.top_score, examples = g.examples
        FROM taken, jsonb_to_recordset(${JSON.stringify(plan.grown.map(gatheringRecord))}::jsonb) AS g (
          id text, last_at timestamptz, anomalies integer, cooled integer, top_score real, examples jsonb
        )
        WHERE a.id = g.id
      ), members AS (
        INSERT INTO alert_anomalies (alert_id, anomaly_id)
        SELECT m.alert_id, m.anomaly_id
        FROM taken, jsonb_to_recordset(${JSON.stringify(plan.members.map(memberRecord))}::jsonb) AS m (
          alert_id text, anomaly_id text
        )
      ), alerted AS (
        SELECT opened.id, opened.type, rules.webhook_ids
        FROM opened JOIN alert_rules AS rules ON rules.id = opened.rule_id
        WHERE NOT opened.silenced AND NOT opened.digest
      ), ${queueDeliveries(nowMs)}
      SELECT EXISTS (SELECT FROM taken) AS taken, (SELECT coalesce(jsonb_agg(id), '[]') FROM queued) AS deliveries`,
  );
  return outcome?.taken === true ? outcome.deliveries : null;
}

function openedRecord(alert: Opened, nowMs: number, publicUrl: string) {
  const { first, rule } = alert;
  return {
    ...gatheringRecord(alert),
    // One anomaly opens at most one alert of a rule, so this says the same however often it is planned.
    dedup_key: `rule:${rule.id}:${first.id}`,
    event_id: first.eventId,
    rule_id: rule.id,
    group_key: alert.groupKey,
    silenced: alert.silenced,
    hour_from: time(alert.hourFromMs),
    opened_at: time(alert.openedMs),
    closes_at: time(alert.closesMs),
    quiet_until: time(alert.quietUntilMs),
    due_at: alert.groupKey === null ? time(alert.quietUntilMs + DIGEST_GRACE_MS) : null,
    alert: {
      id: alert.id,
      type: ANOMALY_ALERT,
      created_at: time(nowMs),
      title: titleOf(first),
      rule: { id: rule.id, name: rule.name },
      group: alert.groupKey === null ? null : groupWords(alert.groupKey),
      count: alert.anomalies,
    },
    links: { self: `${publicUrl}/v1/anomalies/${first.id}` },
  };
}

function gatheringRecord({ id, lastMs, anomalies, cooled, topScore, examples }: Gathering) {
  return { id, last_at: time(lastMs), anomalies, cooled, top_score: topScore, examples };
}

function memberRecord({ alertId, anomalyId }: Plan["members"][number]) {
  return { alert_id: alertId, anomaly_id: anomalyId };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
