import * as z from "zod";
import { LIMITS } from "./limits.ts";

/** Labels of one queue message or one call: with names of any length they stay below the 256 KB that a batch of messages may have. */
export const LABELS_MOST = 50;

/** Every kind of entity once. More are read, so that an edge deployed later may know one more. */
const ENTITIES_MOST = 10;
const KIND_LENGTH = 20;

/** An event turned out to be fraud, or that was taken back: what the profiles of everybody it came through are told. */
export const LabelMessage = z.strictObject({
  v: z.literal(1),
  id: z
    .string()
    .regex(/^lab_[\w-]{1,96}$/)
    .meta({ description: "The same id is the same label, learned from once." }),
  entities: z
    .array(
      z
        .string()
        .regex(/^[a-z_]+:/)
        .max(KIND_LENGTH + LIMITS.textLength),
    )
    .min(1)
    .max(ENTITIES_MOST)
    .meta({ description: "Names of profiles." }),
  by: z.union([z.literal(1), z.literal(-1)]).meta({ description: "-1 takes back." }),
  known_at: z.iso
    .datetime({ precision: 3 })
    .meta({ description: "UTC; when it turned out to be fraud, also where that is taken back." }),
});
export type LabelMessage = z.infer<typeof LabelMessage>;
