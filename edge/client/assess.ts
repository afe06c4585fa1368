import type { Assessment } from "../../shared/assessment.ts";
import type { FieldError } from "../../shared/problem.ts";
import { singleVerdict, type Result } from "./answers.ts";
import type { Delivery } from "./deliver.ts";
import { singleText } from "./event-text.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { ASSESS_ATTEMPTS, ASSESS_PAUSE_MS } from "./limits.ts";
import type { Settings } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { Post } from "./post.ts";

/** What a shop learns of an event that it asked about. */
export type Assessed =
  /** Taken in, now or under this id before. */
  | { status: "accepted" | "duplicate"; id: string; assessment: Assessment }
  /** Not an event that the edge takes. */
  | { status: "rejected"; id: string; errors: FieldError[] }
  /** No verdict in time. The event is sent all the same, by batch. */
  | { status: "unavailable"; id: string };

interface Parts {
  ledger: Ledger;
  delivery: Delivery;
  pace: Pace;
  post: Post;
}

/**
 * Asks for one event's verdict at once, beside the batches, once more should the first try fail early. The second try repeats the
 * first to the byte under one Idempotency-Key, and so is answered what the first was. Fails open: without a verdict by the deadline the
 * event is given to the batches, under the same id, and so counts once even where it had arrived.
 */
export function createAssess(settings: Settings, { ledger, delivery, pace, post }: Parts) {
  const { runtime, assessDeadlineMs } = settings;
  const sleep = (ms: number) => new Promise<void>((resolve) => void runtime.after(ms, resolve));

  /** @returns null without a verdict by the deadline */
  async function ask(text: string): Promise<Exclude<Result, { kind: "retry" }> | null> {
    const endMs = runtime.elapsedMs() + assessDeadlineMs;
    const isOver = (waitMs: number) => delivery.halted() !== null || runtime.elapsedMs() + waitMs >= endMs;
    const headers = { "idempotency-key": runtime.newId() };
    let pauseMs = 0;
    for (let attempt = 1; attempt <= ASSESS_ATTEMPTS; attempt++) {
      const waitMs = Math.max(pauseMs, pace.askedMs());
      if (isOver(waitMs)) return null;
      if (waitMs > 0) await sleep(waitMs);
      if (isOver(0)) return null;
      const deadlineMs = endMs - runtime.elapsedMs();
      const verdict = singleVerdict(await post.send("/v1/events", text, { deadlineMs, headers }));
      switch (verdict.kind) {
        case "read": {
          const [result = { kind: "retry" }] = verdict.results;
          if (result.kind !== "retry") return result;
          break;
        }
        case "refused":
          return { kind: "rejected", errors: verdict.errors };
        case "stop":
          delivery.stop(verdict.status);
          return null;
        case "later":
          pace.ask(verdict.waitMs);
          break;
        default:
          verdict satisfies never;
      }
      pauseMs = runtime.random() * ASSESS_PAUSE_MS;
    }
    return null;
  }

  return async function assess(entry: Entry): Promise<Assessed> {
    const { id } = entry;
    const result = await ask(singleText(entry, runtime.nowMs()));
    if (result === null) {
      delivery.add(entry);
      return { status: "unavailable", id };
    }
    ledger.end(entry, result);
    if (result.kind === "rejected") return { status: "rejected", id, errors: result.errors };
    const { kind, assessment } = result;
    return assessment === null ? { status: "unavailable", id } : { status: kind, id, assessment };
  };
}
