import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { problemBody, type Problem } from "../../shared/problem.ts";
import { fieldErrors } from "../../shared/serve.ts";
import { readInner, type Fault, type ReadEvent } from "../read-events.ts";
import { idOf } from "../validate.ts";

/** What a sender's frame asks for. */
export type Frame =
  | { kind: "auth"; key: string }
  | { kind: "ping" }
  /** An event, or a frame that is none of these: it stands for an event that cannot be taken, and `fault` says why. */
  | { kind: "event"; event: ReadEvent };

/** Written exactly so it is answered by the platform, which need not wake the connection's object for it. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

const SentFrame = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("auth"), key: z.string().max(100) }),
    z.strictObject({
      type: z.literal("event"),
      event: z.unknown().refine((event) => event !== undefined, "is required"),
    }),
    z.strictObject({ type: z.literal("ping") }),
  ],
  { error: (issue) => (issue.code === "invalid_union" ? "must be auth, event or ping" : undefined) },
);

const TOO_LONG = whole("too-large", `has more than ${LIMITS.frameCharacters} characters`);
const NOT_JSON = whole("unreadable", "is not JSON");

/** A frame as it came. @param text null for one that was too long to be kept */
export function readFrame(text: string | null): Frame {
  if (text === null) return faulty(undefined, TOO_LONG);
  const value = parseText(text);
  if (value === undefined) return faulty(undefined, NOT_JSON);
  const parsed = SentFrame.safeParse(value);
  if (!parsed.success) return faulty(eventIn(value), { slug: "invalid", errors: fieldErrors(parsed.error) });
  const frame = parsed.data;
  switch (frame.type) {
    case "auth":
      return { kind: "auth", key: frame.key };
    case "ping":
      return { kind: "ping" };
    case "event":
      return { kind: "event", event: readInner(frame.event, text.length) };
    default:
      return frame satisfies never;
  }
}

/** The id of the event in a frame that is not taken in; null when there is none to be read. */
export function eventIdIn(text: string): string | null {
  return idOf(eventIn(parseText(text)));
}

/** @param taken JSON of a `Taken` */
export function ackFrame(taken: string): string {
  return `{"type":"ack",${taken.slice(1)}`;
}

/** A problem as a frame. There is no header for `Retry-After` in it, so the problem itself says after how many seconds to come again. */
export function errorFrame(problem: Problem, requestId: string, id: string | null): string {
  const seconds = problem.headers["retry-after"];
  return JSON.stringify({
    type: "error",
    ...(id === null ? {} : { id }),
    problem: {
      ...problemBody(problem, requestId),
      ...(seconds === undefined ? {} : { retry_after: Number(seconds) }),
    },
  });
}

/** JSON holds no undefined, which so stands for a text that is no JSON. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const WithEvent = z.looseObject({ event: z.unknown() });

function eventIn(frame: unknown): unknown {
  return WithEvent.safeParse(frame).data?.event;
}

function whole(slug: Fault["slug"], detail: string): Fault {
  return { slug, errors: [{ pointer: "", detail }] };
}

function faulty(value: unknown, why: Fault): Frame {
  return { kind: "event", event: { value, fault: why } };
}
