/** What tells events and people of all traffic here apart. It always has as many digits, so that others can be written in its place. */

/** Part of ids, and what customer numbers and sessions end with. */
export const RUN = "bench";

const ID_DIGITS = 10;
const PEOPLE_DIGITS = 4;
const NETWORKS_FROM = 0xdb8;

/** What tells people apart: their numbers and sessions, devices, cards and networks. Of each what stands before the digits and behind. */
const PERSONAL: readonly { before: string; behind: string; isHex: boolean }[] = [
  { before: `-${RUN}`, behind: '"', isHex: false },
  { before: '"dev', behind: "-", isHex: false },
  { before: '"card', behind: "-", isHex: false },
  { before: '"2001:', behind: ":", isHex: true },
];
const AS_MADE = new RegExp(`-${RUN}(?=")|"dev(?=-)|"card(?=-)|"2001:db8(?=:)`, "g");

/** An event as it was made, by the nth others who do the same. */
export function byOthers(text: string, people: number): string {
  const digits = padded(people, PEOPLE_DIGITS);
  const network = networkOf(people);
  return text.replaceAll(AS_MADE, (found) => (found === '"2001:db8' ? `"2001:${network}` : found + digits));
}

export function idOf(index: number): string {
  return `evt_${RUN}_${padded(index, ID_DIGITS)}`;
}

/** Ids of a second run of the same traffic, in a text of events. */
export function inRun(text: string, run: string): string {
  return text.replaceAll(`"id":"evt_${RUN}_`, `$&${run}_`);
}

function networkOf(people: number): string {
  return ((NETWORKS_FROM + people) & 0xffff).toString(16).padStart(4, "0");
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

/** Digits of a body that may be written anew. */
export interface Field {
  /** Where they begin, in bytes. */
  at: number;
  text(sending: Sending): string;
}

/** Which events a body is to hold. */
export interface Sending {
  /** Of its first event; those behind have the next ones. */
  id: number;
  /** How many times all there are went by before. */
  times: number;
}

const FIELD = new RegExp(
  [`"id":"evt_${RUN}_(?:\\w+_)?(\\d{${ID_DIGITS}})"`, ...PERSONAL.map(fieldPattern)].join("|"),
  "dg",
);

function fieldPattern({ before, behind, isHex }: (typeof PERSONAL)[number]): string {
  return `${before}(${isHex ? "[0-9a-f]" : "\\d"}{${PEOPLE_DIGITS}})(?=${behind})`;
}

/**
 * Where events and people stand in a body.
 *
 * @param timesEach how many others an event is by before it goes by again
 */
export function fieldsOf(body: Buffer, timesEach: number): Field[] {
  let ids = 0;
  // A letter a byte, so that places are those of bytes.
  return Array.from(body.toString("latin1").matchAll(FIELD), ({ indices = [] }): Field => {
    const place = indices.findIndex((found, group) => group > 0 && found !== undefined);
    const [at, end] = indices[place] as [number, number]; // one group of each match was found
    if (place === 1) {
      const nth = ids++;
      return { at, text: ({ id }) => padded(id + nth, ID_DIGITS) };
    }
    const digits = body.toString("latin1", at, end);
    const isHex = PERSONAL[place - 2]?.isHex === true;
    const people = isHex ? Number.parseInt(digits, 16) - NETWORKS_FROM : Number(digits);
    const write = isHex ? networkOf : (others: number) => padded(others, PEOPLE_DIGITS);
    return { at, text: ({ times }) => write(people + times * timesEach) };
  });
}
