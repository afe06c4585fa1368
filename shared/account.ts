import * as z from "zod";

/** Minutes of one message: it stays well below the 128 KB of a queue message however many ways of refusal each minute saw. */
export const MINUTES_MOST = 200;

/** More than an isolate can count, and far from what sums of them may be in the database. */
const COUNT_MOST = 1e12;
const Count = z.int().min(0).max(COUNT_MOST);

const MinuteCounts = z.strictObject({
  minute: z.iso
    .datetime({ precision: 3 })
    .regex(/^2.*:00\.000Z$/, "must be a whole minute of this millennium")
    .meta({ description: "UTC; the minute in which the events came in, whenever they ended." }),
  received: Count.meta({ description: "Events that came to a door." }),
  accepted: Count,
  duplicate: Count,
  limited: Count,
  // Any problem's name is read, so that an edge deployed first may know one more.
  rejected: z.record(z.string().regex(/^[a-z][a-z-]{0,39}$/), Count).meta({ description: "By the problem's slug." }),
});
export type MinuteCounts = z.infer<typeof MinuteCounts>;

/** What an isolate of the edge counted since its message before. The same `id` is the same message, counted once. */
export const AccountMessage = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[\w:.-]{1,100}$/),
  minutes: z.array(MinuteCounts).min(1).max(MINUTES_MOST),
});
export type AccountMessage = z.infer<typeof AccountMessage>;
