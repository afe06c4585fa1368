import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { applyLabels, type NewLabel } from "../labels/apply.ts";
import { sendLabelsNow, type LabelServices } from "../labels/send.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import { LABEL_OF } from "../store/anomalies.ts";
import { readStatuses } from "../store/anomaly-statuses.ts";
import { GUARDED } from "./access.ts";
import { Keepable } from "./fields.ts";

/** Anomalies judged at once: what a person can have looked at. */
const TOGETHER = 200;
const NOTE_LENGTH = 2_000;

const Judged = z.strictObject({
  id: z.string(),
  result: z.enum(["judged", "not_found"]),
  status: z
    .enum(["open", "confirmed", "dismissed"])
    .nullable()
    .meta({ description: "As it is now; null when there is none." }),
  before: z
    .enum(["open", "confirmed", "dismissed"])
    .nullable()
    .meta({ description: "As it was, for taking this back." }),
});

const giveFeedbackTogetherRoute = defineRoute({
  method: "post",
  path: "/v1/anomalies/feedback",
  operationId: "giveFeedbackTogether",
  summary: "Judge many anomalies alike, or take verdicts back",
  description:
    "One result an id, in order; an id that is unknown spoils none of the others. Sent again, the verdict is given again and nothing " +
    "else changes.",
  access: "operator",
  body: z.strictObject({
    ids: z.array(Keepable.min(1).max(200)).min(1).max(TOGETHER),
    label: z.enum(["confirmed", "dismissed"]).nullable().meta({
      description:
        "Null takes back what people said of them: they are open again, unless a chargeback or refund says otherwise.",
    }),
    note: Keepable.max(NOTE_LENGTH).optional(),
  }),
  status: 200,
  output: z.strictObject({ results: z.array(Judged) }),
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid"],
});

export function bulkFeedbackOperations(services: LabelServices & LiveServices): Operation[] {
  const { db } = services;
  return [
    operation(giveFeedbackTogetherRoute, async (facts, { body: { ids, label, note = null } }) => {
      const before = await readStatuses(db, ids);
      const said: NewLabel = {
        source: "feedback",
        label: label === null ? null : LABEL_OF[label],
        note,
        keyId: callerId(facts),
      };
      const eventIds = [...before.values()].map(({ eventId }) => eventId).toSorted();
      await applyLabels(db, new Map(eventIds.map((id) => [id, [said]])));
      changed(services, "anomaly", ...before.keys());
      const after = await readStatuses(db, ids);
      await sendLabelsNow(services);
      return {
        results: ids.map((id) => ({
          id,
          result: after.has(id) ? ("judged" as const) : ("not_found" as const),
          status: after.get(id)?.status ?? null,
          before: before.get(id)?.status ?? null,
        })),
      };
    }),
  ];
}
