import * as z from "zod";
import { Assessment, Shadow } from "./assessment.ts";
import { KeptEvent } from "./event.ts";
import { Signals } from "./signals.ts";

/** One event with all that was made of it at the edge: what is stored, alerted on and learned from. */
export const ScoredEvent = z.strictObject({
  event: KeptEvent,
  timestamp_source: z.enum(["sender", "corrected", "received"]).meta({
    description: "Where `timestamp` comes from: the sender, the sender corrected by `sent_at`, or the time of receipt.",
  }),
  received_at: z.iso.datetime(),
  source: z.enum(["publishable", "secret"]).meta({ description: "Kind of key it came with." }),
  repeated: z
    .boolean()
    .meta({ description: "The edge knew this id and answered `duplicate`; sent on in case the first was lost." }),
  signals: Signals,
  feature_set: z.string().meta({ description: "Version of the feature table `features` follows." }),
  features: z.array(z.number()).meta({ description: "The vector that was scored; -1 where a feature was unknown." }),
  rules: z.record(z.string(), z.number().min(0).max(1)).meta({
    description: "The named rules that found something, by code, with the score each gave it before any calibration.",
  }),
  assessment: Assessment,
  shadow: Shadow.nullable().meta({
    description: "What a release that does not decide made of it, lists left aside; null when none scored beside.",
  }),
  runtime: z.enum(["ort", "plain", "none"]).meta({
    description:
      "What ran the models that decided: ONNX Runtime, the plain reader for one of them at least, or nothing.",
  }),
});
export type ScoredEvent = z.infer<typeof ScoredEvent>;

/** What was made of an event, which is the same for every event that looks the same: of most there is little to see. */
export const Verdict = ScoredEvent.pick({ features: true, rules: true, assessment: true, shadow: true });
export type Verdict = z.infer<typeof Verdict>;

/** What is the same for all events of a request, and which request it was. */
export const Arrival = ScoredEvent.pick({ received_at: true, source: true, feature_set: true, runtime: true }).extend({
  request_id: z.string(),
  key_id: z.string(),
});
export type Arrival = z.infer<typeof Arrival>;

/** What is an event's own. */
export type ArrivedEvent = Omit<ScoredEvent, keyof Verdict | keyof Arrival>;

/** Form of the messages written now. Messages outlive deployments, so the forms before it are read too. */
export const MESSAGE_VERSION = 4;

/** One queue message: events of one intake request or several. What they have in common is said once. */
export interface IntakeMessage {
  v: typeof MESSAGE_VERSION;
  arrivals: Arrival[];
  verdicts: Verdict[];
  /** Each with the places of its arrival and its verdict. */
  events: (ArrivedEvent & { arrival: number; verdict: number })[];
}

/** In the forms before, and in a message of one event that failed, every event says all of itself but its request. */
const WHOLE_VERSION = 3;

/** The envelope of a queue message; its events are parsed one by one, so that a bad one costs only itself. */
export const IntakeEnvelope = z.discriminatedUnion("v", [
  z.object({
    v: z.union([z.literal(1), z.literal(2), z.literal(WHOLE_VERSION)]),
    request_id: z.string(),
    key_id: z.string(),
    events: z.array(z.unknown()).min(1),
  }),
  z.object({
    v: z.literal(MESSAGE_VERSION),
    arrivals: z.tuple([Arrival], Arrival),
    verdicts: z.array(z.record(z.string(), z.unknown())),
    events: z.array(z.unknown()).min(1),
  }),
]);
export type IntakeEnvelope = z.infer<typeof IntakeEnvelope>;

/** What each version did not say yet, with what stands for it. */
const UNSAID = {
  // Whether the edge knew the id.
  1: { repeated: false, rules: {}, shadow: null },
  // What the named rules gave, and what scored beside.
  2: { rules: {}, shadow: null },
  [WHOLE_VERSION]: {},
};

/** An event with all there is of it. */
export interface WholeEvent extends Pick<Arrival, "request_id" | "key_id"> {
  /** Whether it is a `ScoredEvent` is not said yet. */
  event: unknown;
}

/** The events of a message of any version. */
export function wholeEvents(envelope: IntakeEnvelope): WholeEvent[] {
  if (envelope.v !== MESSAGE_VERSION) {
    const { v, request_id, key_id } = envelope;
    return envelope.events.map((said) => {
      const event = isObject(said) ? { ...said, ...UNSAID[v] } : said;
      return { request_id, key_id, event };
    });
  }
  const { arrivals, verdicts } = envelope;
  return envelope.events.map((said) => {
    const { arrival, verdict, ...own } = isObject(said) ? said : {};
    const { request_id, key_id, ...common } = arrivals[Number(arrival)] ?? arrivals[0];
    const event = isObject(said) ? { ...common, ...verdicts[Number(verdict)], ...own } : said;
    return { request_id, key_id, event };
  });
}

/** A message of one event, in a form that says all of it. */
export function messageOfOne({ request_id, key_id, event }: WholeEvent): unknown {
  return { v: WHOLE_VERSION, request_id, key_id, events: [event] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
