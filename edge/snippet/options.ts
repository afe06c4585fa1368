import type { Consent } from "./consent.ts";
import { newFields, type Fields } from "./json.ts";

/** What a shop may set. Everything but the key has a default. */
export interface PulseOptions {
  /** The publishable key, `pk_…`. */
  key: string;
  /** Origin of the edge; the one the script was loaded from. */
  endpoint?: string;
  /** `"granted"` by default; `"pending"` where a banner asks first. */
  consent?: Consent;
  /** Global Privacy Control counts as `"denied"`. True by default. */
  respect_gpc?: boolean;
  /** So does Do Not Track. False by default. */
  respect_dnt?: boolean;
  /** Nothing is kept on the device; ids last as long as the page. False by default. */
  cookieless?: boolean;
  /** Views are counted by themselves. True by default. */
  page_views?: boolean;
  /** Name of the GA4 data layer to listen to, or false for none. `"dataLayer"` by default. */
  data_layer?: string | false;
  /** False for each signal that is not to be sent. */
  signals?: Partial<Record<SignalName, boolean>>;
  /** Time without events that ends a session: 30 minutes. */
  session_ms?: number;
  /** How long an event may wait for company: 5 seconds. */
  batch_ms?: number;
  /** How many events are sent without waiting: 20. */
  batch_events?: number;
  /** The first pause after a failure, doubled each time: 2 seconds. */
  retry_ms?: number;
  /** Explains each decision in the console. */
  debug?: boolean;
}

export type SignalName = "screen" | "locale" | "on_page_ms" | "keys" | "pointer" | "webdriver";

type Defaults = "endpoint" | "consent" | "session_ms" | "batch_ms" | "batch_events" | "retry_ms";
export type Settings = PulseOptions & Required<Pick<PulseOptions, Defaults>>;

/**
 * Options with their defaults; those without one are off or on by being left out. Only what the shop itself wrote counts, nothing that
 * its object inherits.
 *
 * @throws Error when the key is missing
 */
export function readOptions(given: unknown, defaultEndpoint: string): Settings {
  const defaults: Omit<Settings, "key"> = {
    endpoint: defaultEndpoint,
    consent: "granted",
    page_views: true,
    data_layer: "dataLayer",
    session_ms: 1_800_000,
    batch_ms: 5_000,
    batch_events: 20,
    retry_ms: 2_000,
  };
  const settings = newFields(defaults, given) as unknown as Settings; // the key is looked for next
  if (!settings.key) throw Error("no key");
  return settings;
}

/** The fields without those that are signals the shop switched off. */
export function withoutUnwanted(fields: Fields, { signals }: Settings): Fields {
  const wanted = newFields(signals);
  for (const name of Object.keys(fields)) if (wanted[name] === false) delete fields[name];
  return fields;
}
