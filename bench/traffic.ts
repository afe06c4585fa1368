import { shopEvents } from "../local/orders.ts";
import { readSlice } from "../local/retail-slice.ts";
import type { Event } from "../shared/event.ts";
import { readClickstreams } from "./clickstreams.ts";
import { byOthers, idOf, RUN } from "./marks.ts";
import { visitsAround } from "./visits.ts";

/** In the place of an event's id. */
const ID = `"${RUN}-id"`;

/** Events as JSON, without end: the nth has an id of its own. */
export type Bodies = (index: number) => string;

export interface Traffic {
  what: string;
  /** How many bodies there are before the same events come again, of other people. */
  events: number;
  bodies: Bodies;
}

/** What is measured with: the orders of the committed slice, a whole shop's events made of them, and what `BENCH_DATA` holds. */
export async function traffics(): Promise<Traffic[]> {
  return [orders(), shop(), ...(await clickstreams())];
}

/** Orders and refunds of the slice: the most an event can be. */
export function orders(): Traffic {
  return ofOthers(
    "orders",
    sliceEvents().map(({ event }) => event),
  );
}

/** The same orders among the visits that lead to them and those that lead to none: what a shop sends. */
export function shop(): Traffic {
  return ofOthers("a shop's events", visitsAround(sliceEvents(), RUN));
}

/** Of each file in the folder `BENCH_DATA` that is one. */
export async function clickstreams(): Promise<Traffic[]> {
  const folder = process.env["BENCH_DATA"];
  if (folder === undefined) return [];
  return (await readClickstreams(folder, RUN)).map(({ file, events }) => ofOthers(`clickstream ${file}`, events));
}

/** Orders and refunds of the committed retail slice, over and over by the same people, each time under new ids. */
export function traffic(): Bodies {
  const texts = sliceEvents().map(({ event }) => textOf(event));
  return (index) => underId(texts, index);
}

export function sliceEvents(): { event: Event; atMs: number }[] {
  return shopEvents(readSlice(), { id: RUN, endMs: Date.now() });
}

/** Each time by other people: the same ones doing it all again within the minute would be an attack. */
function ofOthers(what: string, events: readonly Event[]): Traffic {
  const texts = events.map(textOf);
  return {
    what,
    events: texts.length,
    bodies: (index) => byOthers(underId(texts, index), Math.floor(index / texts.length)),
  };
}

function textOf(event: Event): string {
  return JSON.stringify({ ...event, id: `${RUN}-id` });
}

function underId(texts: readonly string[], index: number): string {
  return (texts[index % texts.length] ?? "").replace(ID, `"${idOf(index)}"`);
}
