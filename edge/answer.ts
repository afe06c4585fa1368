import * as z from "zod";
import { Assessment } from "../shared/assessment.ts";
import { EventId } from "../shared/event.ts";
import { Problem } from "../shared/problem.ts";
import type { Outcome } from "./intake.ts";

/** When to come again after a fault that is ours. */
export const RETRY_AFTER_S = "2";

/** What the sender of one event is answered. */
export const Taken = z.strictObject({
  id: EventId,
  status: z
    .enum(["accepted", "duplicate"])
    .meta({ description: "Accepted: it is on the queue. Duplicate: this id was taken in before." }),
  assessment: Assessment.optional().meta({ description: "Secret keys only." }),
});
export type Taken = z.input<typeof Taken>;

const FieldErrors = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }));

/** What the sender of a batch is answered of each event. */
export const BatchResult = z.strictObject({
  index: z.int(),
  id: z.string().nullable().meta({ description: "Null when the event has no id of the right form." }),
  status: z.enum(["accepted", "duplicate", "rejected", "retry"]),
  errors: FieldErrors.optional(),
  assessment: Assessment.optional(),
});

/** An answer as JSON, and what it says. */
export interface Written {
  text: string;
  status: Taken["status"];
}

/**
 * What became of one event, as its sender is told: a `Taken`.
 *
 * @param isTrusted whether the key may see an assessment
 * @throws Problem when the event was not taken in
 */
export function answerOne(outcome: Outcome | undefined, isTrusted: boolean): Written {
  switch (outcome?.kind) {
    case "accepted":
    case "duplicate":
      return { text: `{${takenFields(outcome, isTrusted)}}`, status: outcome.kind };
    case "rejected":
      throw new Problem(outcome.slug, "The event cannot be taken; see errors.", { errors: outcome.errors });
    case "retry":
    case undefined:
      throw new Problem("unavailable", "The event could not be put on the queue.", {
        headers: { "retry-after": RETRY_AFTER_S },
      });
    default:
      return outcome satisfies never;
  }
}

/** What became of the events of a batch, each as a `BatchResult`, in order. */
export function answerBatch(outcomes: readonly Outcome[], isTrusted: boolean): string {
  const results = outcomes.map((outcome, index) => `{"index":${index},${resultFields(outcome, isTrusted)}}`);
  return `{"results":[${results.join(",")}]}`;
}

function resultFields(outcome: Outcome, isTrusted: boolean): string {
  switch (outcome.kind) {
    case "accepted":
    case "duplicate":
      return takenFields(outcome, isTrusted);
    case "rejected":
      return `"id":${JSON.stringify(outcome.id)},"status":"rejected","errors":${JSON.stringify(outcome.errors)}`;
    case "retry":
      return `"id":${JSON.stringify(outcome.id)},"status":"retry"`;
    default:
      return outcome satisfies never;
  }
}

function takenFields({ id, kind, verdict }: Extract<Outcome, { verdict: unknown }>, isTrusted: boolean): string {
  const fields = `"id":${JSON.stringify(id)},"status":"${kind}"`;
  return isTrusted ? `${fields},"assessment":${verdict.assessmentText}` : fields;
}
