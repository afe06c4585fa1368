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

/**
 * What became of one event, as its sender is told.
 *
 * @param isTrusted whether the key may see an assessment
 * @throws Problem when the event was not taken in
 */
export function answerOne(outcome: Outcome | undefined, isTrusted: boolean): Taken {
  switch (outcome?.kind) {
    case "accepted":
    case "duplicate": {
      const { kind, id, assessment } = outcome;
      return { id, status: kind, ...(isTrusted ? { assessment } : {}) };
    }
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
