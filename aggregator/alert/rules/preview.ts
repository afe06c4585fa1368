import { sql } from "drizzle-orm";
import * as z from "zod";
import { AnsweredTime } from "../../query/fields.ts";
import { queryRows, type Db } from "../../store/db.ts";
import { instant } from "../raise.ts";
import { groupWords } from "./group.ts";
import { planAlerts, titleOf, type Opened } from "./plan.ts";
import { Found, type Rule } from "./rule.ts";
import { FOUND } from "./turns.ts";

/** Anomalies that a preview looks at: about 5 MB. */
export const PREVIEW_MOST = 10_000;
const EXAMPLES_MOST = 20;

/** What a rule would have raised. */
export const Preview = z.strictObject({
  from: AnsweredTime,
  to: AnsweredTime.meta({ description: "Until when anomalies were looked at." }),
  cut: z.boolean().meta({
    description: `Whether there were more than ${PREVIEW_MOST} anomalies: then only the oldest were looked at, and \`to\` is earlier than asked.`,
  }),
  anomalies: z.int().meta({ description: "Found in that time." }),
  matched: z.int().meta({ description: "Of them what the conditions ask for." }),
  alerts: z.int().meta({ description: "What would have been sent one by one." }),
  digests: z
    .int()
    .meta({ description: "What would have been sent beside, for hours with more alerts than the rule allows." }),
  in_digests: z.int().meta({ description: "Matching anomalies that only a digest would have told of." }),
  per_day: z
    .array(z.strictObject({ day: z.iso.date(), anomalies: z.int(), alerts: z.int(), digests: z.int() }))
    .meta({ description: "Days in UTC with a match, earliest first. Alerts count on the day they begin." }),
  examples: z
    .array(
      z.strictObject({
        opened_at: AnsweredTime,
        title: z.string(),
        group: z.string().nullable().meta({ description: "What its anomalies have in common; null for a digest." }),
        anomalies: z.int(),
        cooled: z.int().meta({ description: "Of them, in the cool-down." }),
        top_score: z.number(),
        event_ids: z.array(z.string()).meta({ description: "Those with the highest scores." }),
      }),
    )
    .meta({ description: `The first ${EXAMPLES_MOST}, earliest first.` }),
});
export type Preview = z.input<typeof Preview>;

export interface PreviewWindow {
  fromMs: number;
  toMs: number;
}

/** What a rule would have raised of the anomalies found in a time, had nothing been raised before and no silence been. Writes nothing. */
export async function preview(
  db: Db,
  rule: Rule,
  { fromMs, toMs }: PreviewWindow,
  anomaliesMost = PREVIEW_MOST,
): Promise<Preview> {
  const rows = await queryRows(
    db,
    Found,
    sql`
      SELECT ${FOUND}
      FROM anomalies AS a JOIN events AS e ON e.id = a.event_id
      WHERE a.created_at >= ${instant(fromMs)} AND a.created_at < ${instant(toMs)}
      ORDER BY a.created_at, a.id
      LIMIT ${anomaliesMost + 1}`,
  );
  const found = rows.slice(0, anomaliesMost);
  const next = rows[anomaliesMost];
  return { ...previewOf(rule, found), from: time(fromMs), to: time(next?.foundMs ?? toMs), cut: next !== undefined };
}

function previewOf(rule: Rule, found: readonly Found[]): Omit<Preview, "from" | "to" | "cut"> {
  let made = 0;
  const { opened, members } = planAlerts({ found, rules: [rule], gathering: [], hours: [] }, () => String(made++));
  const digests = opened.filter(isDigest);
  const foundMs = new Map(found.map((each) => [each.id, each.foundMs]));
  const days = new Map<string, { anomalies: number; alerts: number; digests: number }>();
  const on = (ms: number) => {
    const day = time(ms).slice(0, 10);
    const counts = days.get(day) ?? { anomalies: 0, alerts: 0, digests: 0 };
    days.set(day, counts);
    return counts;
  };
  for (const { anomalyId } of members) on(foundMs.get(anomalyId) ?? 0).anomalies += 1;
  for (const alert of opened) on(alert.openedMs)[isDigest(alert) ? "digests" : "alerts"] += 1;
  return {
    anomalies: found.length,
    matched: members.length,
    alerts: opened.length - digests.length,
    digests: digests.length,
    in_digests: digests.reduce((sum, { anomalies }) => sum + anomalies, 0),
    per_day: [...days].map(([day, counts]) => ({ day, ...counts })),
    examples: opened.slice(0, EXAMPLES_MOST).map(exampleOf),
  };
}

function isDigest({ groupKey }: Opened): boolean {
  return groupKey === null;
}

function exampleOf({ first, groupKey, openedMs, anomalies, cooled, topScore, examples }: Opened) {
  return {
    opened_at: time(openedMs),
    title: groupKey === null ? "A digest of what is beyond the alerts of its hour" : titleOf(first),
    group: groupKey === null ? null : groupWords(groupKey),
    anomalies,
    cooled,
    top_score: topScore,
    event_ids: examples.map(({ event_id }) => event_id),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
