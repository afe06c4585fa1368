/**
 * Every figure of the snippet, in one place. Those that the edge sets too are held within `shared/limits.ts` by a test: importing that
 * file would cost every page the rest of it.
 */

/** One event as JSON. */
export const EVENT_BYTES = 32_000;
/** One request, below the 64 KB that a page may have under way when it goes. */
export const CHUNK_BYTES = 50_000;
export const CHUNK_EVENTS = 100;
export const TEXT_LENGTH = 500;
export const URL_LENGTH = 2_000;
export const ITEMS = 200;
export const MONEY = 9_999_999_999;
/** The largest whole number that is not rounded. */
export const EXACT = 2 ** 53 - 1;
export const QUANTITY = 1_000_000;
/** Names of one object; the edge takes 200, of which one is ours. */
export const NAMES = 190;
/** What is read of one call's parameters: values in all, and objects within objects. */
export const VALUES = 3_000;
export const DEPTH = 10;

/** What waits for consent or for activation, in memory; the oldest goes first. */
export const HELD_EVENTS = 200;
/** What waits to be sent, on the device: a shop's own data must keep its room there. */
export const QUEUE_CHARACTERS = 250_000;
export const QUEUE_DAYS = 7;

export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;
/** A request that takes longer counts as failed. */
export const ANSWER_MS = 15 * SECOND_MS;
/** The longest pause between two attempts, unless the edge asks for more; that is obeyed up to `HOUR_MS`. */
export const BACKOFF_MS = 300 * SECOND_MS;
/** How long a tab may be the one that sends, where there are no Web Locks. */
export const LEASE_MS = 2 * ANSWER_MS;
/** A pause between two keys that is longer is no part of a rhythm. */
export const CADENCE_PAUSE_MS = 5 * SECOND_MS;
