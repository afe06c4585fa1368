import * as z from "zod";

/** Written exactly so it is answered by the platform, which need not wake the feed's object for it. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

/** Longer than any key, and than any number. */
const FRAME_LENGTH = 500;

const Frame = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("auth"),
    key: z.string().max(100),
    after: z.int().min(0).nullable().default(null),
  }),
  z.strictObject({ type: z.literal("ping") }),
]);
export type Frame = z.infer<typeof Frame>;

/** What a listener says, or null when it is nothing that may be said. */
export function readFrame(message: string | ArrayBuffer): Frame | null {
  if (typeof message !== "string" || message.length > FRAME_LENGTH) return null;
  try {
    return Frame.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    return null;
  }
}

export function readyFrame(seq: number, replayed: number): string {
  return JSON.stringify({ type: "ready", seq, replayed });
}

/** What was missed is no longer kept; `seq` is the newest message now. */
export function gapFrame(seq: number): string {
  return JSON.stringify({ type: "gap", seq });
}

/** A gap for all who listen, as a message without its number: something could not be told. */
export const GAP_MESSAGE = JSON.stringify({ type: "gap" });

/** Why the feed ends a connection: the code, and the reason beside it. */
export const CLOSINGS = {
  /** No key in time, an unknown one, or one that is no longer in force. */
  unauthenticated: 4401,
  forbidden: 4403,
  /** Anything but the key, once, and pings. */
  unreadable: 1008,
  /** The key cannot be looked up now: come again. */
  unavailable: 1013,
  /** As many listen as may: come again later. */
  "too-many": 1013,
  /** What was sent is not read: come again with the last number that was. */
  "too-slow": 1013,
} as const;
export type Closing = keyof typeof CLOSINGS;
