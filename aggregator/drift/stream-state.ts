import * as z from "zod";
import { PageHinkley } from "./page-hinkley.ts";

/** Changes that are told; older ones are in the alerts. */
const CHANGES_MOST = 10;

/** The watch over the scores by the minute, as it is kept. */
export const StreamState = z.strictObject({
  v: z.literal(1),
  test: PageHinkley,
  /** Newest last. */
  changes: z
    .array(z.strictObject({ at: z.iso.datetime(), side: z.enum(["up", "down"]), from: z.number(), to: z.number() }))
    .max(CHANGES_MOST),
});
export type StreamState = z.infer<typeof StreamState>;
export type StreamChange = StreamState["changes"][number];

export function withChange(changes: readonly StreamChange[], change: StreamChange): StreamChange[] {
  return [...changes, change].slice(-CHANGES_MOST);
}
