import * as z from "zod";
import { withDeadline } from "../../shared/deadline.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED } from "../query/access.ts";
import { AnsweredTime, Instant } from "../query/fields.ts";
import { countSpool, type SpoolBucket } from "../spool.ts";
import type { Db } from "../store/db.ts";
import { balance } from "./balance.ts";
import { readBooks } from "./books.ts";
import { wholeMinutes } from "./window.ts";

const Events = z.int().min(0);

const Waiting = z.int().min(0).nullable();

const AccountingAnswer = z.strictObject({
  from: AnsweredTime.meta({ description: "Included: the beginning of a minute, at or before what was asked for." }),
  to: AnsweredTime.meta({ description: "Not included: the beginning of a minute, at or after what was asked for." }),
  received: Events.meta({
    description: "Events that came to the edge. A request that could not be read counts as one.",
  }),
  accepted: Events.meta({ description: "Of those received: taken in, each id once." }),
  duplicate: Events.meta({
    description: "Of those received: of an id that was taken in before, whether the edge knew it or not.",
  }),
  rejected: Events.meta({ description: "Of those received: refused." }),
  limited: Events.meta({ description: "Of those received: beyond the rate of their key or address." }),
  rejected_by: z
    .record(z.string(), Events)
    .meta({ description: "Those rejected, by the problem they were refused with." }),
  stored: Events.meta({ description: "Of those accepted: those that became a row." }),
  removed: Events.meta({ description: "Of those stored: deleted since, by erasure or for their age." }),
  failed: Events.meta({
    description: "Of those accepted: could not be stored and are not resolved; see `/v1/failed-events`.",
  }),
  in_flight: Events.meta({ description: "Of those accepted: neither stored nor failed so far." }),
  uncounted: Events.meta({
    description:
      "Stored or failed without being accepted: their count comes within seconds, or was lost with an isolate of the edge, or the sender was told to try again although the event was taken.",
  }),
  queue: z.strictObject({
    waiting_messages: Waiting.meta({
      description: "Messages of events on their queue now; null when it does not say.",
    }),
    set_aside: Waiting.meta({
      description: "Batches set aside while the database was away, up to 1,000; null when that cannot be told.",
    }),
  }),
  balanced: z.boolean().meta({
    description:
      "Whether received = accepted + duplicate + rejected + limited, nothing is uncounted, and what is in flight still waits somewhere. A window that ended less than a minute ago may not balance yet.",
  }),
});

const accountingRoute = defineRoute({
  method: "get",
  path: "/v1/accounting",
  operationId: "accounting",
  summary: "What became of every event, from counters that do not know of one another",
  description:
    "received = accepted + duplicate + rejected + limited, counted at the edge; accepted = stored + failed + in flight, counted in the database. By the minute in which the events came in.",
  access: "analyst",
  query: z.strictObject({
    from: Instant.optional().meta({ description: "A day before `to` when missing." }),
    to: Instant.optional().meta({ description: "Now when missing." }),
  }),
  status: 200,
  output: AccountingAnswer,
  problems: [...GUARDED, "invalid"],
});

export interface AccountingServices {
  db: Db;
  spool: SpoolBucket;
  /** Messages on the queue of events. */
  waitingMessages(): Promise<number>;
  nowMs(): number;
}

export function accountingOperations({ db, spool, waitingMessages, nowMs }: AccountingServices): Operation[] {
  return [
    operation(accountingRoute, async (_facts, { query }) => {
      const window = wholeMinutes(query.from, query.to, nowMs());
      const [counted, waiting_messages, set_aside] = await Promise.all([
        readBooks(db, window),
        orNull(waitingMessages()),
        orNull(countSpool(spool)),
      ]);
      const { inFlight, uncounted, isEven, ...sides } = balance(counted);
      const isWaiting = (waiting_messages ?? 0) + (set_aside ?? 0) > 0;
      return {
        from: window.from.toISOString(),
        to: window.to.toISOString(),
        received: counted.received,
        ...sides,
        limited: counted.limited,
        rejected_by: counted.rejectedBy,
        stored: counted.stored,
        removed: counted.removed,
        failed: counted.failed,
        in_flight: inFlight,
        uncounted,
        queue: { waiting_messages, set_aside },
        balanced: isEven && (inFlight === 0 || isWaiting),
      };
    }),
  ];
}

const WAITING_DEADLINE_MS = 2_000;

/** What waits is only told beside the books: where it cannot be asked within 2 s it is unknown. */
async function orNull(count: Promise<number>): Promise<number | null> {
  try {
    return await withDeadline(count, WAITING_DEADLINE_MS);
  } catch {
    return null;
  }
}
