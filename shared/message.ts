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
  signals: Signals,
  feature_set: z.string().meta({ description: "Version of the feature table `features` follows." }),
  features: z.array(z.number()).meta({ description: "The vector that was scored; -1 where a feature was unknown." }),
  assessment: Assessment,
  runtime: z
    .enum(["ort", "plain", "none"])
    .meta({ description: "What ran the model: ONNX Runtime, the plain reader, or nothing." }),
});
export type ScoredEvent = z.infer<typeof ScoredEvent>;

/** The envelope of a queue message; its events are parsed one by one, so that a bad one costs only itself. */
export const IntakeEnvelope = z.object({
  v: z.literal(1),
  request_id: z.string(),
  key_id: z.string(),
  events: z.array(z.unknown()).min(1),
});

/** One queue message: the scored events of one intake request, or a part of them when they do not fit. */
export interface IntakeMessage {
  v: 1;
  request_id: string;
  key_id: string;
  events: ScoredEvent[];
}
