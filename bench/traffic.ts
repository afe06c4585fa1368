import { shopEvents } from "../local/orders.ts";
import { readSlice } from "../local/retail-slice.ts";
import type { Event } from "../shared/event.ts";

const RUN = "bench";
const ID = `"${RUN}-id"`;

/** Orders and refunds of the committed retail slice, over and over, each time under new ids. */
export function traffic(): (index: number) => string {
  const texts = sliceTexts();
  return (index) => underId(texts, index);
}

/** The same, each time by other people: the same ones ordering it all again within the minute would be an attack. */
export function trafficOfOthers(): (index: number) => string {
  const texts = sliceTexts();
  return (index) => {
    const round = Math.floor(index / texts.length);
    const text = underId(texts, index);
    return round === 0 ? text : text.replaceAll(PERSONAL, (found) => PERSONAL_IN[found]?.(round) ?? found);
  };
}

function sliceTexts(): string[] {
  return sliceEvents().map(({ event }) => JSON.stringify({ ...event, id: `${RUN}-id` }));
}

function underId(texts: readonly string[], index: number): string {
  return (texts[index % texts.length] ?? "").replace(ID, `"evt_${RUN}_${index}"`);
}

/** What tells people of the slice apart: their numbers, devices, cards and networks. */
const PERSONAL_IN: Record<string, (round: number) => string> = {
  [`-${RUN}"`]: (round) => `-${RUN}${round}"`,
  '"dev-': (round) => `"dev${round}-`,
  '"card-': (round) => `"card${round}-`,
  '"2001:db8:': (round) => `"2001:${(0xdb8 + round).toString(16)}:`,
};
const PERSONAL = new RegExp(Object.keys(PERSONAL_IN).join("|"), "g");

export function sliceEvents(): { event: Event; atMs: number }[] {
  return shopEvents(readSlice(), { id: RUN, endMs: Date.now() });
}
