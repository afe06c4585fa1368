import { MINUTES_MOST, type AccountMessage, type MinuteCounts } from "../shared/account.ts";
import { withDeadline } from "../shared/deadline.ts";
import type { ProblemSlug } from "../shared/problem.ts";
import { describe } from "../shared/serve.ts";

/** The problems that can end an event at the edge. What ends as `rate-limited` is counted as limited. */
export type Refusal = Extract<
  ProblemSlug,
  | "unreadable"
  | "unauthenticated"
  | "forbidden"
  | "too-large"
  | "unsupported-media-type"
  | "invalid"
  | "unavailable"
  | "internal"
>;

/** What becomes of an event at the edge. */
export type Ending = "accepted" | "duplicate" | "limited" | Refusal;

/** Counts of events, each taken where it happens: nothing is worked out from another, so that a hole in one shows. */
export interface Account {
  /** Events that came to a door; a request whose events cannot be told apart counts as one. */
  received(atMs: number, events: number): void;
  /** What became of events. `atMs` is when they came in, so that both sides stand in the same minute. */
  ended(atMs: number, ending: Ending, events: number): void;
}

interface AccountServices {
  /** Puts a message on the queue of counts. */
  send(message: AccountMessage): Promise<unknown>;
  newId(): string;
  /** Lets work of the current request go on after its answer; the platform ends it 30 s later. */
  waitUntil(work: Promise<void>): void;
  sleep(ms: number): Promise<unknown>;
  nowMs(): number;
  /** From the first count to the message that holds it; at most 10 s, or the platform may not let it end. */
  intervalMs: number;
  log(line: Record<string, unknown>): void;
}

const MINUTE_MS = 60_000;

/** Beyond this the queue counts as away. It may have taken the message after all, which is why that one goes again as it is. */
const SEND_DEADLINE_MS = 5_000;

/** A wait that is over by this much belonged to a request that is gone, and another begins. */
const OVERDUE_MS = 1_000;

/** How often a wait tries: should no other request come, what the queue did not take at first would wait with the isolate. */
const ROUNDS = 2;

/**
 * The counts of one isolate. They add up in memory, at the cost of an addition per request, and go to the queue together: the first
 * count starts a wait of `intervalMs` that the request of that count carries on behind its answer, and that ends in one message.
 *
 * A message that was given to the queue is never changed: until the queue is known to have it, it goes again under its id, which the
 * books take once, and newer counts wait for the message after it. Requests share the counts and no promise, as a request may not
 * wait for what another one began.
 *
 * While the queue is away, minutes add up to `MINUTES_MOST`; beyond that the oldest is counted with the minute after it.
 *
 * Counts that the isolate still holds when it dies are lost. Nothing else is: the events are on their queue, and the books tell them
 * as stored but uncounted.
 */
export function createAccount(services: AccountServices): Account & { flush(): Promise<void> } {
  let minutes = new Map<number, Counts>();
  let tried: AccountMessage | null = null;
  let waitEndsMs = 0;

  function countsOf(atMs: number): Counts {
    if (services.nowMs() >= waitEndsMs) services.waitUntil(waitAndSend(ROUNDS));
    const minuteMs = atMs - (atMs % MINUTE_MS);
    const known = minutes.get(minuteMs);
    if (known !== undefined) return known;
    const counts = newCounts();
    minutes.set(minuteMs, counts);
    if (minutes.size > MINUTES_MOST) joinOldest(minutes);
    return counts;
  }

  async function waitAndSend(rounds: number): Promise<void> {
    waitEndsMs = services.nowMs() + services.intervalMs + OVERDUE_MS;
    await services.sleep(services.intervalMs);
    waitEndsMs = 0; // what is counted from here on begins a wait of its own
    const isAllSent = await sendAll();
    if (!isAllSent && rounds > 1 && waitEndsMs === 0) await waitAndSend(rounds - 1);
  }

  /** What was tried before, then what was counted since. @returns whether the queue has it all */
  async function sendAll(): Promise<boolean> {
    if (tried !== null && !(await sendTried(tried))) return false;
    if (tried !== null) return false; // another request was faster, and its message is under way
    if (minutes.size === 0) return true;
    tried = { v: 1, id: services.newId(), minutes: [...minutes].map(inMessage) };
    minutes = new Map();
    return sendTried(tried);
  }

  async function sendTried(message: AccountMessage): Promise<boolean> {
    try {
      await withDeadline(services.send(message), SEND_DEADLINE_MS, "the queue of counts");
    } catch (error) {
      services.log({ task: "account", messageId: message.id, cause: describe(error) });
      return false;
    }
    if (tried === message) tried = null; // else another request was faster here too
    return true;
  }

  return {
    received(atMs, events) {
      if (events > 0) countsOf(atMs).received += events;
    },
    ended(atMs, ending, events) {
      if (events > 0) add(countsOf(atMs), ending, events);
    },
    async flush() {
      await sendAll();
    },
  };
}

/** The counts of one minute, as they add up. */
type Counts = Omit<MinuteCounts, "minute" | "rejected"> & { rejected: Partial<Record<Refusal, number>> };

function newCounts(): Counts {
  return { received: 0, accepted: 0, duplicate: 0, limited: 0, rejected: {} };
}

function add(counts: Counts, ending: Ending, events: number): void {
  if (ending === "accepted" || ending === "duplicate" || ending === "limited") counts[ending] += events;
  else counts.rejected[ending] = (counts.rejected[ending] ?? 0) + events;
}

/** Adds the first minute to the second, so that nothing is lost but the minute it came in. */
function joinOldest(minutes: Map<number, Counts>): void {
  const [oldest, next] = minutes;
  if (oldest === undefined || next === undefined) return;
  const [minuteMs, { received, rejected, ...endings }] = oldest;
  const [, counts] = next;
  counts.received += received;
  for (const [ending, events] of Object.entries({ ...endings, ...rejected })) add(counts, ending as Ending, events); // keys of both are endings
  minutes.delete(minuteMs);
}

function inMessage([minuteMs, { rejected, ...counts }]: [number, Counts]): MinuteCounts {
  return { minute: new Date(minuteMs).toISOString(), ...counts, rejected: { ...rejected } };
}
