import { shopEvents } from "../local/orders.ts";
import { readSlice } from "../local/retail-slice.ts";
import type { Event } from "../shared/event.ts";

const RUN = "bench";
const ID = `"${RUN}-id"`;

/** Orders and refunds of the committed retail slice, over and over, each time under new ids. */
export function traffic(): (index: number) => string {
  const events = sliceEvents();
  const texts = events.map(({ event }) => JSON.stringify({ ...event, id: `${RUN}-id` }));
  return (index) => (texts[index % texts.length] ?? "").replace(ID, `"evt_${RUN}_${index}"`);
}

export function sliceEvents(): { event: Event; atMs: number }[] {
  return shopEvents(readSlice(), { id: RUN, endMs: Date.now() });
}
