/** What was counted of one window, by the minute in which the events came in. No two of the counters know of one another. */
export interface Counted {
  /** By the edge, at its doors. */
  received: number;
  /** By the edge, as what it answered. */
  accepted: number;
  duplicate: number;
  limited: number;
  rejectedBy: Record<string, number>;
  /** Rows that events made, by the database. */
  stored: number;
  /** Of them those the edge had answered as a duplicate. */
  storedRepeated: number;
  /** Copies that came to an id another request's copy had a row for, and that the edge had answered as accepted. */
  storedAgain: number;
  /** Failures that are not resolved, of what the edge had answered as accepted. */
  failed: number;
}

/** The sides of the books; see `balance`. */
export interface Balance {
  accepted: number;
  duplicate: number;
  rejected: number;
  inFlight: number;
  uncounted: number;
  /** Whether received = accepted + duplicate + rejected + limited, and nothing is stored that was not counted. */
  isEven: boolean;
}

/**
 * Holds what the edge counted against what the database counted.
 *
 * The edge cannot know every duplicate: its memory is bounded, and may have been out of reach. Nor is the copy that gets the row always
 * the one it accepted: the queue keeps no order. So the duplicates are corrected by what the database saw:
 *
 *     surplus   = stored again - stored although repeated
 *     accepted  = accepted at the edge - surplus
 *     duplicate = duplicate at the edge + surplus
 *
 * Why this balances in every window, and not only in the sum: each copy of an event the edge accepted ends as the row, as stored again,
 * or as failed, and each copy it called a duplicate ends as the row or as nothing. Every one of these stands in the minute in which that
 * copy came in. So in any window, once all has arrived,
 *
 *     accepted at the edge = rows of accepted copies + stored again + failed
 *     stored               = rows of accepted copies + rows of repeated copies
 *
 * and the difference is accepted = stored + failed. A repeated copy that became the row stands for an accepted one that then is stored
 * again, or was lost.
 *
 * What is accepted and neither stored nor failed is in flight: on its queue, set aside, or lost. What is stored or failed beyond what is
 * accepted is uncounted: its count is still under way from the edge, was lost with an isolate, or the edge answered `unavailable`
 * because the queue was too slow to say that it took the event. The surplus is bounded by what the edge counted, so that no side is
 * less than nothing while counts are under way.
 */
export function balance(counted: Counted): Balance {
  const surplus = Math.max(
    -counted.duplicate,
    Math.min(counted.accepted, counted.storedAgain - counted.storedRepeated),
  );
  const accepted = counted.accepted - surplus;
  const duplicate = counted.duplicate + surplus;
  const rejected = Object.values(counted.rejectedBy).reduce((sum, events) => sum + events, 0);
  const missing = accepted - counted.stored - counted.failed;
  const uncounted = Math.max(0, -missing);
  const isEven = counted.received === accepted + duplicate + rejected + counted.limited && uncounted === 0;
  return { accepted, duplicate, rejected, inFlight: Math.max(0, missing), uncounted, isEven };
}
