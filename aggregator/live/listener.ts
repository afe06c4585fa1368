import * as z from "zod";
import { ApiKeyRecord } from "../../shared/keys.ts";

/** What is known of a connection; the platform keeps it beside the socket while the feed's object sleeps. */
export const Listener = z.strictObject({
  sinceMs: z.number(),
  /** Whether a key was shown, so that only one is looked up. */
  hasAsked: z.boolean(),
  /** The key it listens by, without its list of origins, which may be long; null until it was found to be good. */
  key: ApiKeyRecord.nullable(),
});
export type Listener = z.infer<typeof Listener>;

export const newListener = (nowMs: number): Listener => ({ sinceMs: nowMs, hasAsked: false, key: null });

/** The connection's own end. */
export interface Socket {
  readonly listener: Listener;
  keep(listener: Listener): void;
  send(frame: string): void;
  close(code: number, reason: string): void;
  /** Bytes sent that the other side has not taken yet. */
  unreadBytes(): number;
}
