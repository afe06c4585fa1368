import * as z from "zod";
import { Assessment } from "./assessment.ts";
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
  assessment: Assessment,
  runtime: z
    .enum(["ort", "plain", "none"])
    .meta({ description: "What ran the model: ONNX Runtime, the plain reader, or nothing." }),
});
export type ScoredEvent = z.infer<typeof ScoredEvent>;

/** Form of the messages written now. Messages outlive deployments, so the form before it is read too. */
export const MESSAGE_VERSION = 2;

/** The envelope of a queue message; its events are parsed one by one, so that a bad one costs only itself. */
export const IntakeEnvelope = z.object({
  v: z.union([z.literal(1), z.literal(MESSAGE_VERSION)]),
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

/** An event out of a message of any version, in the form of today; whether it is one is for `ScoredEvent` to say. */
export function inPresentForm(event: unknown, version: z.infer<typeof IntakeEnvelope>["v"]): unknown {
  if (version === MESSAGE_VERSION || typeof event !== "object" || event === null) return event;
  // Version 1 did not say whether the edge knew the id.
  return { ...event, repeated: false };
}
