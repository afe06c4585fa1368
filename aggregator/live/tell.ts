import { withDeadline } from "../../shared/deadline.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import { describe } from "../../shared/serve.ts";
import { changedMessage, storedMessages, type ChangedKind } from "./messages.ts";

/** What whoever changes something has of the live feed. Without it nobody is told. */
export interface LiveServices {
  live?: Live | undefined;
}

export interface Live {
  /** Tells all who listen. Never throws, and waits for nothing. */
  tell(messages: string[]): void;
  nowMs(): number;
}

/** Tells of events that were just stored. */
export function tellStored({ live }: LiveServices, stored: readonly ScoredEvent[]): void {
  if (live !== undefined && stored.length > 0) live.tell(storedMessages(stored, live.nowMs()));
}

/** Tells that something a page shows is not what it was. */
export function changed({ live }: LiveServices, kind: ChangedKind, ...ids: string[]): void {
  if (live !== undefined && ids.length > 0) live.tell(ids.map((id) => changedMessage(kind, id)));
}

interface Feed {
  tell(messages: string[], isAfterLoss: boolean): Promise<void>;
  /** Work that goes on after the request was answered. */
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
}

/** The feed's object answers in a few milliseconds, or is away. */
const DEADLINE_MS = 1_000;
/** Calls under way at a time; what would be more is not told. */
const CALLS_MOST = 20;

/**
 * The feed as an isolate speaks to it. A feed that is away holds nobody up and fails nobody's work: what could not be told is made up
 * for by telling, as soon as it is back, that something is missing, for which listeners read anew.
 */
export function createLive({ tell, waitUntil, nowMs, log }: Feed): Live {
  let isLost = false;
  /** When each call under way is over at the latest, so that one whose request was ended holds its place no longer than that. */
  let endsMs: number[] = [];

  async function call(messages: string[]): Promise<void> {
    const isAfterLoss = isLost;
    isLost = false;
    const endMs = nowMs() + DEADLINE_MS;
    endsMs.push(endMs);
    try {
      await withDeadline(tell(messages, isAfterLoss), DEADLINE_MS, "the live feed");
    } catch (error) {
      isLost = true;
      log({ task: "live", cause: describe(error) });
    }
    endsMs.splice(endsMs.indexOf(endMs) >>> 0, 1);
  }

  return {
    nowMs,
    tell(messages) {
      endsMs = endsMs.filter((endMs) => endMs > nowMs());
      if (endsMs.length < CALLS_MOST) waitUntil(call(messages));
      else isLost = true;
    },
  };
}
