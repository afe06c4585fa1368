import * as z from "zod";
import { below, chance, pick, sample, type Random } from "../../shared/random.ts";
import type { Clock } from "./clock.ts";
import { randomEvent, randomRefuse, type SentEvent } from "./traffic.ts";
import type { TroubledEdge } from "./troubled-edge.ts";

const Taken = z.object({ id: z.string(), status: z.enum(["accepted", "duplicate"]) });
const Results = z.object({
  results: z.array(
    z.object({ id: z.string().nullable(), status: z.enum(["accepted", "duplicate", "rejected", "retry"]) }),
  ),
});

/** What the sender was told of the events of one minute. */
interface Told {
  sent: number;
  /** Accepted, or a duplicate. */
  taken: number;
  refused: number;
}

interface Surroundings {
  random: Random;
  clock: Clock;
  edge: TroubledEdge;
  /** What the ids of its events begin with. */
  prefix: string;
}

/** A shop that sends every event until it is told what became of it, and some again after that. */
export function createSender({ random, clock, edge, prefix }: Surroundings) {
  const unsettled = new Map<string, SentEvent>();
  const settled: SentEvent[] = [];
  const promised = new Set<string>();
  /** By the beginning of the minute. */
  const told = new Map<number, Told>();
  let made = 0;

  const newId = () => `${prefix}${String(made++).padStart(4, "0")}`;

  function makeEvent(): SentEvent {
    const event = randomEvent(random, newId(), clock.nowMs());
    unsettled.set(event.id, event);
    return event;
  }

  /** A new event, mostly; else one that goes again. */
  function next(): SentEvent {
    if (settled.length > 0 && chance(random, 0.2)) return pick(random, settled);
    if (unsettled.size > 0 && chance(random, 0.4)) return pick(random, [...unsettled.values()]);
    return makeEvent();
  }

  function note(kind: keyof Omit<Told, "sent">): void {
    const minuteMs = clock.nowMs() - (clock.nowMs() % 60_000);
    const minute = told.get(minuteMs) ?? { sent: 0, taken: 0, refused: 0 };
    told.set(minuteMs, minute);
    minute.sent += 1;
    minute[kind] += 1;
  }

  /** @throws Error when what is promised is not on the queue */
  function notePromise(id: string, request: { id: string | null; mayBeReplayed: boolean }): void {
    note("taken");
    promised.add(id);
    const event = unsettled.get(id);
    if (event !== undefined && unsettled.delete(id)) settled.push(event);
    const isQueued = edge.queued.some(
      ({ eventId, requestId }) => eventId === id && (request.mayBeReplayed || requestId === request.id),
    );
    if (!isQueued) throw new Error(`${id} was promised and is not on the queue`);
  }

  /** What is answered when nothing was taken in: a fault of the sender, or one of ours with when to come again. */
  function noteRefusal({ status, headers }: Response): void {
    const isOurs = status === 503 && headers.get("retry-after") !== null;
    if (!isOurs && status !== 422 && status !== 400) throw new Error(`answered ${status}`);
    note("refused");
  }

  async function sendOne(event: unknown, idempotencyKey: string | null = null): Promise<void> {
    const headers: Record<string, string> = idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey };
    const response = await edge.post("/v1/events", event, headers);
    if (response.status !== 202) return noteRefusal(response);
    const { id } = Taken.parse(await response.json());
    notePromise(id, { id: response.headers.get("x-request-id"), mayBeReplayed: idempotencyKey !== null });
  }

  async function sendBatch(events: readonly unknown[]): Promise<void> {
    const response = await edge.post("/v1/events/batch", { events });
    if (response.status !== 200) return noteRefusal(response);
    const { results } = Results.parse(await response.json());
    if (results.length !== events.length) throw new Error("not one result an event");
    for (const { id, status } of results) {
      if (status === "rejected" || status === "retry") note("refused");
      else notePromise(String(id), { id: response.headers.get("x-request-id"), mayBeReplayed: false });
    }
  }

  const WAYS: (() => Promise<unknown>)[] = [
    () => sendOne(next()),
    () => sendOne(randomRefuse(random, newId())),
    () => sendBatch(Array.from({ length: 1 + below(random, 6) }, next)),
    () => sendBatch([next(), randomRefuse(random, newId()), next()]),
    () => {
      const event = next();
      return sendBatch([event, next(), event]);
    },
    () => {
      const event = next();
      return Promise.all([sendOne(event), sendOne(event), sendBatch([event])]);
    },
  ];

  return {
    prefix,
    promised,
    unsettled,
    told,
    /** Two requests at the same time, each in one of the ways there are, and one under an Idempotency-Key. */
    async send(): Promise<void> {
      await Promise.all(sample(random, WAYS, 2).map((way) => way()));
      // By itself: its digests take a time that differs from run to run, and a seed is to say all that happens.
      const event = next();
      await sendOne(event, `key-${event.id}`);
    },
    /** Sends again what is not settled, and one event more: an isolate that the queue refused goes on with its next request. */
    async sendRest(): Promise<void> {
      for (const event of [...unsettled.values(), makeEvent()]) await sendOne(event);
    },
  };
}
