import { EVENT_NAMES } from "../../shared/event-names.ts";
import type { Consent } from "./consent.ts";
import { readOptions, type PulseOptions } from "./options.ts";
import { record, type Commands, type Status } from "./record.ts";
import { createVoice } from "./voice.ts";

export type { Consent, PulseOptions, Status };

/** GA4's parameters; see `shared/event.ts` for what becomes a field of its own. */
export type EventParams = Record<string, unknown>;

type Named = Record<(typeof EVENT_NAMES)[number], (params?: EventParams) => void>;

/** Besides the following, a method for each event name of GA4's e-commerce vocabulary and ours: `pulse.add_to_cart({ … })`. */
export interface Pulse extends Named {
  /** Records an event by its GA4 name, a custom name in that form, or a name of Segment's (`Order Completed`). */
  track(name: string, params?: EventParams): void;
  /** Records a page view, for shops that switched off automatic ones. */
  page(params?: EventParams): void;
  /** Names the shopper in events to come, until the page is left. Null takes a name back. */
  identify(who: { user_id?: string | null; email?: string | null }): void;
  consent(consent: Consent): void;
  /** Undefined where there is no browser. */
  status(): Status | undefined;
  flush(): Promise<void>;
  debug(isOn: boolean): void;
}

/** A call of any of these by its name, as a page makes it, and when it did. */
export type Call = [atMs: number, args: ArrayLike<unknown>];

/** For shops that bundle: the same as the script, with types. On a server it does nothing. */
export function createPulse(options: PulseOptions): Pulse {
  const take = typeof window === "undefined" ? () => undefined : start(options, window, "", Date.now());
  const call = (...args: unknown[]) => take([Date.now(), args]);
  const named = EVENT_NAMES.map((name) => [name, (params?: EventParams) => void call("track", name, params)]);
  return {
    ...(Object.fromEntries(named) as Named), // one a name
    track: (name, params) => void call("track", name, params),
    page: (params) => void call("page", params),
    identify: (who) => void call("identify", who),
    consent: (consent) => void call("consent", consent),
    status: () => call("status") as Status | undefined, // what the command of this name answers
    flush: async () => void (await call("flush")),
    debug: (isOn) => void call("debug", isOn),
  };
}

/**
 * Starts recording a page. Neither this nor what it answers ever throws; what goes wrong is said in `status` and, when debugging, in
 * the console.
 *
 * @param defaultEndpoint where events go unless the options say
 * @param atMs when the page asked for it, which is when it was seen
 */
export function start(
  options: unknown,
  page: Window & typeof globalThis,
  defaultEndpoint: string,
  atMs: number,
): (call: Call) => unknown {
  const voice = createVoice(page.console);
  const begin = voice.guard(() => record(readOptions(options, defaultEndpoint), page, voice, atMs));
  const commands = begin();
  return voice.guard(([calledMs, { 0: command, 1: first, 2: second }]) => {
    const run = commands && commands[command as keyof Commands];
    return run && run(first, second, calledMs);
  });
}
