/** What tells events and people of all traffic here apart. It always has as many digits, so that others can be written in its place. */

/** Part of ids, and what customer numbers and sessions end with. */
export const RUN = "bench";

const ID_DIGITS = 10;
const PEOPLE_DIGITS = 4;
const NETWORKS_FROM = 0xdb8;

interface Mark {
  /** What stands before the digits, and behind. */
  before: string;
  behind: string;
  /** Where the digits will be in an event as it was made. */
  made: string;
  /** So many others in digits. */
  digits(people: number): string;
  /** And back. */
  people(digits: string): number;
}

/** What tells people apart: their numbers and sessions, devices, cards and networks. */
const PERSONAL: readonly Mark[] = [
  numbered(`-${RUN}`, '"'),
  numbered('"dev', "-"),
  numbered('"card', "-"),
  {
    before: '"2001:',
    behind: ":",
    made: "db8",
    digits: (people) => ((NETWORKS_FROM + people) & 0xffff).toString(16).padStart(PEOPLE_DIGITS, "0"),
    people: (digits) => Number.parseInt(digits, 16) - NETWORKS_FROM,
  },
];

function numbered(before: string, behind: string): Mark {
  return { before, behind, made: "", digits: (people) => padded(people, PEOPLE_DIGITS), people: Number };
}

/** An event as it was made, by the nth others who do the same. */
export function byOthers(text: string, people: number): string {
  return PERSONAL.reduce(
    (rest, { before, behind, made, digits }) =>
      rest.replaceAll(`${before}${made}${behind}`, `${before}${digits(people)}${behind}`),
    text,
  );
}

export function idOf(index: number): string {
  return `evt_${RUN}_${padded(index, ID_DIGITS)}`;
}

/** Ids of a second run of the same traffic, in a text of events. */
export function inRun(text: string, run: string): string {
  return text.replaceAll(`"id":"evt_${RUN}_`, `$&${run}_`);
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
  [
    `"id":"evt_${RUN}_(?:\\w+_)?(\\d{${ID_DIGITS}})"`,
    ...PERSONAL.map(({ before, behind }) => `${before}([0-9a-f]{${PEOPLE_DIGITS}})(?=${behind})`),
  ].join("|"),
  "dg",
);

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
    const mark = PERSONAL[place - 2] as Mark; // a group each, in order
    const people = mark.people(body.toString("latin1", at, end));
    return { at, text: ({ times }) => mark.digits(people + times * timesEach) };
  });
}
