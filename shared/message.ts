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

/** Form of the messages written now. Messages outlive deployments, so the forms before it are read too. */
export const MESSAGE_VERSION = 3;

/** The envelope of a queue message; its events are parsed one by one, so that a bad one costs only itself. */
export const IntakeEnvelope = z.object({
  v: z.union([z.literal(1), z.literal(2), z.literal(MESSAGE_VERSION)]),
  request_id: z.string(),
  key_id: z.string(),
  events: z.array(z.unknown()).min(1),
});

/** One queue message: the scored events of one intake request, or a part of them when they do not fit. */
export interface IntakeMessage {
  v: typeof MESSAGE_VERSION;
  request_id: string;
  key_id: string;
  events: ScoredEvent[];
}

/** What each version did not say yet, with what stands for it. */
const UNSAID = {
  // Whether the edge knew the id.
  1: { repeated: false, rules: {}, shadow: null },
  // What the named rules gave, and what scored beside.
  2: { rules: {}, shadow: null },
};

/** An event out of a message of any version, in the form of today; whether it is one is for `ScoredEvent` to say. */
export function inPresentForm(event: unknown, version: z.infer<typeof IntakeEnvelope>["v"]): unknown {
  if (version === MESSAGE_VERSION || typeof event !== "object" || event === null) return event;
  return { ...event, ...UNSAID[version] };
}
