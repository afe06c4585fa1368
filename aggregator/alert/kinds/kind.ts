import * as z from "zod";

/** What a destination is: an endpoint of the shop's own, or a provider that takes alerts. */
export const KIND_NAMES = ["webhook", "slack", "pagerduty", "email"] as const;
export const KindName = z.enum(KIND_NAMES);
export type KindName = z.infer<typeof KindName>;

/** What a kind needs to know beside its URL and its secret; nothing of it is secret. */
export const KindSettings = z.object({ from: z.string().optional(), to: z.array(z.string()).optional() });
export type KindSettings = z.infer<typeof KindSettings>;

/** An alert as it lies in the database. `data` is that of a webhook's body. */
export interface Alert {
  type: string;
  createdAtMs: number;
  data: unknown;
}

/** An alert on its way to one destination. */
export interface Sending {
  deliveryId: string;
  /** Attempts made before the latest replay: the same for all attempts that must have one effect together. */
  attemptsBefore: number;
  url: string;
  /** The signing secret with, during a rotation, the one before; or the provider's key. */
  secrets: readonly [current: string, previous?: string];
  settings: KindSettings;
  alert: Alert;
}

/** The POST that carries an alert. */
export interface Posting {
  headers: Record<string, string>;
  body: string;
}

/** What an answer says: that the alert was taken, that it was not, or that the destination is there no more. */
export type Verdict = "taken" | "refused" | "gone";

/** How alerts get to one kind of destination. */
export interface Kind {
  /**
   * @param atMs when this attempt is made
   * @throws Error when the alert cannot be signed or is not one that was written here
   */
  posting(sending: Sending, atMs: number): Posting;
  /** @param answer the first 4 KB of the answer's text */
  verdict(status: number, answer: string): Verdict;
  /** Why a destination of this kind may not have a URL that any might have, or null when it may. */
  checkUrl(url: string): string | null;
}
