import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Keepable, pageOfRows, paging } from "../query/fields.ts";
import type { Position } from "../store/paging.ts";
import { applyLabels } from "./apply.ts";
import { findLabel, listLabels, type LabelEntry } from "./history.ts";
import { sendLabelsNow, type LabelServices } from "./send.ts";

const NOTE_LENGTH = 2_000;

const Label = z.enum(["fraud", "legitimate"]);

const State = {
  event_id: z.string(),
  label: Label.nullable().meta({
    description:
      "What the event is taken for: what a person said last, else fraud by a chargeback that was not reversed or a refund for fraud.",
  }),
  labelled_at: AnsweredTime.nullable().meta({ description: "Since when." }),
};

const Entry = z.strictObject({
  source: z.enum(["analyst", "feedback", "chargeback", "chargeback_reversed", "refund"]).meta({
    description: "`analyst`: of the event; `feedback`: a verdict on its anomaly; the others: an event of the shop's.",
  }),
  label: Label.nullable().meta({
    description:
      "What was said. Null of a person takes back; null of a chargeback: it was for another reason than fraud.",
  }),
  label_before: Label.nullable().meta({ description: "What the event was taken for before." }),
  label_after: Label.nullable().meta({ description: "And after." }),
  reason: z.string().nullable().meta({ description: "Of a chargeback or refund, as it was sent." }),
  note: z.string().nullable(),
  key_id: z.string().nullable().meta({ description: "Who said it; null for the shop's events." }),
  cause_event_id: z.string().nullable().meta({ description: "The chargeback or refund that says it." }),
  at: AnsweredTime.meta({ description: "When it was said; of a chargeback or refund, when that happened." }),
  recorded_at: AnsweredTime,
});

const labelRoute = defineRoute({
  method: "post",
  path: "/v1/events/{id}/label",
  operationId: "labelEvent",
  summary: "Say what an event turned out to be",
  description:
    "Any event, whether or not it is an anomaly: the status of its anomaly follows. A person's word holds against chargebacks and refunds " +
    "until it is taken back. Learned from, told to the profiles of whoever the event came through, and heeded by the figures of trusted traffic.",
  access: "operator",
  params: IdParams,
  body: z.strictObject({
    label: Label.nullable().meta({ description: "Null takes back what people said." }),
    note: Keepable.max(NOTE_LENGTH).optional(),
  }),
  status: 200,
  output: z.strictObject(State),
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "not-found"],
});

const historyRoute = defineRoute({
  method: "get",
  path: "/v1/events/{id}/labels",
  operationId: "listEventLabels",
  summary: "Everything that was said of an event, last recorded first",
  access: "analyst",
  params: IdParams,
  query: z.strictObject(paging),
  status: 200,
  output: z.strictObject({ ...State, ...pageOfRows(Entry).shape }),
  problems: [...LISTED, "not-found"],
});

/** What events turned out to be: said by operators, and looked up. */
export function labelOperations(services: LabelServices & LiveServices): Operation[] {
  const { db } = services;
  return [
    operation(labelRoute, async (facts, { params: { id }, body: { label, note = null } }) => {
      const said = { source: "analyst", label, note, keyId: callerId(facts) } as const;
      await applyLabels(db, new Map([[id, [said]]]));
      const answer = await stateOf(services, id);
      changed(services, "anomaly", `ano_${id}`);
      await sendLabelsNow(services);
      return answer;
    }),
    operation(historyRoute, async (_facts, { params: { id }, query: { limit, cursor } }) => {
      const below = entryOf(parseCursor(cursor));
      const [state, rows] = await Promise.all([stateOf(services, id), listLabels(db, id, { limit: limit + 1, below })]);
      const kept = rows.slice(0, limit);
      const last = rows.length > limit ? kept.at(-1) : undefined;
      const next =
        last === undefined ? null : { at: last.recordedAt.toISOString().replace("Z", "000Z"), id: `${last.id}` };
      return { ...state, data: kept.map(entryAnswer), next_cursor: formatCursor(next) };
    }),
  ];
}

/** @throws Problem `not-found` */
async function stateOf({ db }: Pick<LabelServices, "db">, id: string) {
  const found = await findLabel(db, id);
  if (found === null) throw new Problem("not-found", "No event has this id.");
  return { event_id: id, label: found.label, labelled_at: found.labelledAt?.toISOString() ?? null };
}

/** @throws Problem `unreadable` for a position in another list */
function entryOf(position: Position | null): number | null {
  if (position === null) return null;
  if (/^\d{1,15}$/.test(position.id)) return Number(position.id);
  throw new Problem("unreadable", "The cursor is not one that was given out.");
}

function entryAnswer(entry: LabelEntry): z.input<typeof Entry> {
  return {
    source: entry.source,
    label: entry.label,
    label_before: entry.labelBefore,
    label_after: entry.labelAfter,
    reason: entry.reason,
    note: entry.note,
    key_id: entry.keyId,
    cause_event_id: entry.causeEventId,
    at: entry.at.toISOString(),
    recorded_at: entry.recordedAt.toISOString(),
  };
}
