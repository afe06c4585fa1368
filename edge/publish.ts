import type { Deadlines } from "../shared/deadline.ts";
import { LIMITS } from "../shared/limits.ts";
import { MESSAGE_VERSION, type Arrival, type ArrivedEvent } from "../shared/message.ts";
import { textBytes } from "../shared/portions.ts";
import type { WrittenVerdict } from "./verdicts.ts";
import { keepShape } from "../shared/keep-shape.ts";

/** Beyond this the queue is taken to be away; an event it took after all is stored once, by its id. */
const DEADLINE_MS = 5_000;

/** A queue message as it travels: written as JSON once, as writing it is a good part of all the work. */
export interface WrittenMessage {
  /** An `IntakeMessage`. */
  text: string;
  /** It holds anomalies, and those alone: they go past the others, so that no alert waits behind bulk. */
  urgent: boolean;
}

/** An event on its way to the queue, and what was made of it. */
export interface Judged {
  arrived: ArrivedEvent;
  verdict: WrittenVerdict;
}

/** An event as JSON but for what it shares with others. */
export interface Line {
  /** Up to the closing brace. */
  text: string;
  arrival: WrittenArrival;
  verdict: WrittenVerdict;
}

/** An `Arrival` as JSON. */
interface WrittenArrival {
  text: string;
}

/** Puts lines on a queue, all of them urgent or none. @returns of each whether it is there */
export type Put = (lines: Line[], urgent: boolean) => Promise<boolean[]>;

export function linesOf(events: readonly Judged[], arrival: Arrival): Line[] {
  const written: WrittenArrival = { text: JSON.stringify(arrival) };
  return events.map(({ arrived, verdict }) => {
    return { text: JSON.stringify(arrived).slice(0, -1), arrival: written, verdict };
  });
}

/**
 * Puts a request's events on the queues, anomalies apart from the rest.
 *
 * @returns per event, whether it is on a queue, after 5 s at most
 */
export async function publish(lines: readonly Line[], put: Put, deadlines: Deadlines): Promise<boolean[]> {
  if (lines.length === 0) return [];
  const done = lines.map(() => false);
  const putThose = async (urgent: boolean) => {
    const places: number[] = [];
    for (const [place, { verdict }] of lines.entries()) if (verdict.assessment.anomaly === urgent) places.push(place);
    if (places.length === 0) return;
    const those = places.map((place) => lines[place] as Line); // one of them
    const areThere = await put(those, urgent).catch(() => []);
    for (const [index, place] of places.entries()) done[place] = areThere[index] ?? false;
  };
  await deadlines.within(Promise.all([putThose(true), putThose(false)]), DEADLINE_MS).catch(() => undefined);
  return done.slice(); // what comes later changes nothing
}

/**
 * Lines as messages, as few as fit: messages are what a queue bills.
 *
 * @param send puts a message on the queue; one that it fails with costs only the lines in it
 */
export function inMessages(send: (message: WrittenMessage) => Promise<unknown>): Put {
  return async (lines, urgent) => {
    const parts = inParts(lines);
    const sent = new Set<Part>();
    const sending = parts.map(async (part) => {
      await send({ text: inOne(part), urgent });
      sent.add(part);
    });
    await Promise.allSettled(sending);
    return parts.flatMap((part) => part.lines.map(() => sent.has(part)));
  };
}

/** Around all the rest. */
const ENVELOPE_BYTES = 60;
/** Of `,"arrival":999,"verdict":999},` */
const LINE_END_BYTES = 31;

/** Lines that fit into one message, with what they share. */
class Part {
  readonly lines: Line[] = [];
  /** Each with its place among them. */
  readonly arrivals = new Map<WrittenArrival, number>();
  readonly verdicts = new Map<WrittenVerdict, number>();
  /** All together as JSON in UTF-8, at most. */
  #bytes = ENVELOPE_BYTES;

  /** @returns whether there was room; there is always for the first */
  add(line: Line): boolean {
    const { text, arrival, verdict } = line;
    let more = textBytes(text) + LINE_END_BYTES;
    if (!this.arrivals.has(arrival)) more += textBytes(arrival.text) + 1;
    if (!this.verdicts.has(verdict)) more += textBytes(verdict.text) + 1;
    if (this.lines.length > 0 && this.#bytes + more > LIMITS.messageBytes) return false;
    this.#bytes += more;
    this.lines.push(line);
    if (!this.arrivals.has(arrival)) this.arrivals.set(arrival, this.arrivals.size);
    if (!this.verdicts.has(verdict)) this.verdicts.set(verdict, this.verdicts.size);
    return true;
  }
}

keepShape(new Part());

/** In order, in as few parts as fit. */
function inParts(lines: readonly Line[]): Part[] {
  const parts: Part[] = [];
  for (const line of lines) {
    if (parts.at(-1)?.add(line) === true) continue;
    const part = new Part();
    part.add(line);
    parts.push(part);
  }
  return parts;
}

function inOne({ lines, arrivals, verdicts }: Part): string {
  const texts = [`{"v":${MESSAGE_VERSION},"arrivals":[`];
  listInto(texts, arrivals.keys());
  texts.push('],"verdicts":[');
  listInto(texts, verdicts.keys());
  texts.push('],"events":[');
  let between = "";
  for (const { text, arrival, verdict } of lines) {
    texts.push(
      between,
      text,
      ',"arrival":',
      String(arrivals.get(arrival)),
      ',"verdict":',
      String(verdicts.get(verdict)),
      "}",
    );
    between = ",";
  }
  texts.push("]}");
  return texts.join("");
}

function listInto(texts: string[], list: Iterable<{ text: string }>): void {
  let between = "";
  for (const { text } of list) {
    texts.push(between, text);
    between = ",";
  }
}
