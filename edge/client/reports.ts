import type { Assessment } from "../../shared/assessment.ts";
import type { FieldError } from "../../shared/problem.ts";
import type { SentEvent } from "./event-text.ts";

/**
 * Why an event was given up.
 *
 * - `full`: the queue had no room left, and the oldest event gave way
 * - `expired`: it could not be delivered for `expireMs`, or the edge broke at it too often
 * - `stopped`: the edge refuses the key
 * - `closed`: it came after `close`, or `close` ran out of time
 *
 * It may have arrived all the same, where only the answer was lost: sending it again under its id is always safe.
 */
export type DropReason = "full" | "expired" | "stopped" | "closed";

/** Trouble that is not of one event. Neither its text nor its cause holds the key, an event, or anything the edge answered. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /**
   * - `stopped`: the edge refuses the key; this client sends nothing any more
   * - `failing`: a request came to nothing and is tried again; told once, until one goes through
   * - `callback`: a callback of the shop threw; `cause` is what it threw
   */
  readonly kind: "stopped" | "failing" | "callback";

  constructor(kind: ClientError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** What a shop may be told. All are called at once and not waited for; one that throws is reported to `onError` and harms nothing. */
export interface Callbacks {
  /** The edge's verdict on an event that was tracked or assessed. */
  onAssessed?(id: string, assessment: Assessment): void;
  /** An event is not one that the edge takes; it is not sent again. `pointer` says where, "" for the whole. */
  onRejected?(id: string, errors: FieldError[]): void;
  /** An event was given up, here in full, so that it can be kept elsewhere. */
  onDrop?(event: SentEvent, reason: DropReason): void;
  /** By default a line on the console, so that a wrong key is noticed. */
  onError?(error: ClientError): void;
}

export type Reports = Required<Callbacks>;

/** The callbacks with those that are missing, none of which can throw. */
export function createReports(callbacks: Callbacks): Reports {
  const onError = (error: ClientError) => {
    try {
      if (callbacks.onError) callbacks.onError(error);
      // oxlint-disable-next-line no-console -- who set no callback still learns why nothing arrives
      else console.warn(String(error));
    } catch {
      // There is nobody left to tell.
    }
  };
  const guarded = (name: keyof Callbacks, call: () => void) => {
    try {
      call();
    } catch (cause) {
      onError(new ClientError("callback", `${name} threw`, { cause }));
    }
  };
  return {
    onAssessed: (id, assessment) => guarded("onAssessed", () => callbacks.onAssessed?.(id, assessment)),
    onRejected: (id, errors) => guarded("onRejected", () => callbacks.onRejected?.(id, errors)),
    onDrop: (event, reason) => guarded("onDrop", () => callbacks.onDrop?.(event, reason)),
    onError,
  };
}
