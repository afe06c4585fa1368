import * as z from "zod";
import { Assessment } from "../../shared/assessment.ts";
import type { Event } from "../../shared/event.ts";

/** How long a shopper may wait for the edge. Longer than it ever takes, shorter than people put up with. */
const ANSWER_MS = 2_000;
/** Before what was not taken is tried again; doubled each time, up to the longest wait. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** What waits for an edge that is away. One more and the oldest is given up, and says so. */
const WAITING_MAX = 1_000;

const { score, anomaly, threshold, reasons } = Assessment.shape;
/** Of the edge's verdict, what the shop uses. */
const Verdict = z.object({ score, anomaly, threshold, reasons });
export type Verdict = z.infer<typeof Verdict>;

const Taken = z.object({ status: z.enum(["accepted", "duplicate"]), assessment: Verdict.optional() });
const Refusal = z.object({
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/** What has become of an event so far. */
export type Outcome =
  | { kind: "accepted" | "duplicate"; verdict: Verdict | null }
  | { kind: "rejected"; detail: string }
  /** It is tried again by itself. */
  | { kind: "waiting"; detail: string };

/** An event the shop's server sent. */
export interface Told {
  readonly event: Event;
  /** When it was first sent, Unix time. */
  readonly atMs: number;
  outcome: Outcome;
}

export interface Teller {
  /** Send an event, and wait for the answer. Never throws: an edge that is slow or away must not keep a shopper from buying. */
  tell(event: Event): Promise<Told>;
  /** Try once more what still waits. @throws Error that says how much the edge did not take */
  close(): Promise<void>;
}

export interface TellerOptions {
  edge: URL;
  /** A secret key of role ingest. */
  key: string;
  firstWaitMs?: number;
}

/**
 * Tells the edge what happened at the shop's server: the recommended way for orders, as a page can be left, blocked or forged.
 *
 * Deadline 2 s. What the edge did not answer or could not take is tried again under its own id, which counts once however often it
 * arrives, until it is taken or refused for what it is.
 */
export function createTeller({ edge, key, firstWaitMs = FIRST_WAIT_MS }: TellerOptions): Teller {
  const waiting = new Set<Told>();
  const asking = new Set<Promise<void>>();
  let waitMs = firstWaitMs;
  let timer: NodeJS.Timeout | null = null;

  async function attempt(told: Told): Promise<void> {
    told.outcome = await ask(told.event, { edge, key });
    if (told.outcome.kind !== "waiting") waiting.delete(told);
    else waiting.add(told);
  }

  async function tryAgain(): Promise<void> {
    timer = null;
    for (const told of waiting) {
      await attempt(told);
      // One that is not taken says that the others would not be.
      if (told.outcome.kind === "waiting") break;
    }
    waitMs = waiting.size === 0 ? firstWaitMs : Math.min(waitMs * 2, LONGEST_WAIT_MS);
    wake();
  }

  function wake(): void {
    if (waiting.size > 0) timer ??= setTimeout(() => void watch(tryAgain()), waitMs);
  }

  function giveUpOldest(): void {
    const [oldest] = waiting;
    if (oldest === undefined || waiting.size <= WAITING_MAX) return;
    waiting.delete(oldest);
    oldest.outcome = { kind: "rejected", detail: "given up: the edge was away for too long" };
  }

  async function watch(work: Promise<void>): Promise<void> {
    asking.add(work);
    await work;
    asking.delete(work);
  }

  return {
    async tell(event) {
      const told: Told = { event, atMs: Date.now(), outcome: { kind: "waiting", detail: "being sent" } };
      await watch(attempt(told));
      giveUpOldest();
      wake();
      return told;
    },
    async close() {
      await Promise.all(asking);
      if (timer !== null) clearTimeout(timer);
      await Promise.all([...waiting].map(attempt));
      if (waiting.size > 0) throw new Error(`the edge did not take ${waiting.size} of the shop's events`);
    },
  };
}

async function ask(event: Event, { edge, key }: Pick<TellerOptions, "edge" | "key">): Promise<Outcome> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(new URL("/v1/events", edge), {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    body = await response.json();
  } catch {
    return { kind: "waiting", detail: "no answer" };
  }
  const { status } = response;
  const taken = Taken.safeParse(body);
  if (status === 202 && taken.success) return { kind: taken.data.status, verdict: taken.data.assessment ?? null };
  if (status === 408 || status === 429 || status >= 500) return { kind: "waiting", detail: `answer ${status}` };
  return { kind: "rejected", detail: `${status}: ${whyRefused(body)}` };
}

function whyRefused(body: unknown): string {
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return "no reason given";
  const { errors = [], detail = "no reason given" } = refusal.data;
  return errors.length === 0 ? detail : errors.map((error) => `${error.pointer} ${error.detail}`).join("; ");
}
