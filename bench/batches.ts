import { fieldsOf, inRun } from "./marks.ts";
import type { Traffic } from "./traffic.ts";

export const EVENTS = 100;
const MADE = 600;

/** Batches of as many events as one may hold, in turn. */
export type Batches = (index: number) => Buffer;

/**
 * Batches of a traffic, made before the run as far as they differ in more than ids and people: that is written into the same bytes at
 * each sending, as making whole batches would cost the client what is to be measured of the Workers. So no more may be under way at a
 * time than are made.
 *
 * @param made after so many the same events come again, under new ids and by other people
 * @param run goes into ids, so that a second run of the same traffic is new
 */
export function batchesOf(
  { bodies, events }: Omit<Traffic, "what">,
  { made = MADE, run }: { made?: number | undefined; run?: string } = {},
): Batches {
  const batches = Array.from({ length: made }, (_batch, at) => {
    const list = Array.from({ length: EVENTS }, (_event, index) => bodies(at * EVENTS + index));
    const text = `{"events":[${list.join(",")}]}`;
    return Buffer.from(run === undefined ? text : inRun(text, run));
  });
  const timesEach = Math.ceil((made * EVENTS) / events);
  const fields = batches.map((batch) => fieldsOf(batch, timesEach));
  return (index) => {
    const batch = batches[index % made] as Buffer; // one of them
    const sending = { id: index * EVENTS, times: Math.floor(index / made) };
    for (const { at, text } of fields[index % made] ?? []) batch.write(text(sending), at, "latin1");
    return batch;
  };
}
