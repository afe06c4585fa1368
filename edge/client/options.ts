import { LIMITS } from "../../shared/limits.ts";
import { DEFAULTS } from "./limits.ts";
import { createReports, type Callbacks, type Reports } from "./reports.ts";
import { RUNTIME, type Runtime } from "./runtime.ts";

/** What a shop may set. Everything but the endpoint and the key has a default. */
export interface ClientOptions extends Callbacks {
  /** Origin of the edge, such as `https://events.example.com`. Plain http only on this machine: the key would be read on its way. */
  endpoint: string | URL;
  /** A secret key, `sk_…`, of role ingest. */
  key: string;
  /** How many events one request holds: 1 to 100, which is the default. */
  batchEvents?: number;
  /** How long an event may wait for company: 1 second. */
  batchMs?: number;
  /** Batches under way at a time: 1, which keeps events in their order; more for thousands of events a second. */
  requestsMost?: number;
  /** A batch that takes longer counts as failed: 15 seconds. */
  requestDeadlineMs?: number;
  /** How long `assess` may take in all: 800 milliseconds. */
  assessDeadlineMs?: number;
  /** What is held in memory, sent or not, until its end is known: 10,000 events and 20,000,000 bytes. Then the oldest gives way. */
  queueEvents?: number;
  queueBytes?: number;
  /** How long an event that cannot be delivered is tried: 1 hour. */
  expireMs?: number;
  /** Parts of the runtime to be replaced, such as `fetch` behind a proxy, or all of it in tests. */
  runtime?: Partial<Runtime>;
}

export interface Settings extends Required<Omit<ClientOptions, "endpoint" | keyof Callbacks>> {
  endpoint: URL;
  runtime: Runtime;
  reports: Reports;
}

/** Nothing that a header could not carry: its refusal would quote the key. */
const KEY_FORM = /^sk_[A-Za-z0-9_]{1,100}$/;
const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Options with their defaults. @throws TypeError naming what is wrong, never its value */
export function readOptions(options: ClientOptions): Settings {
  const { endpoint, key, onAssessed: _a, onRejected: _r, onDrop: _d, onError: _e, runtime, ...given } = options;
  if (typeof key !== "string" || !KEY_FORM.test(key)) {
    throw new TypeError("key must be a secret key, sk_…: a publishable one never sees an assessment");
  }
  const figures = { ...DEFAULTS, ...withoutUndefined(given) };
  for (const name of FIGURES) {
    const least = name === "batchMs" ? 0 : 1;
    if (!Number.isSafeInteger(figures[name]) || figures[name] < least) {
      throw new TypeError(`${name} must be a whole number of at least ${least}`);
    }
  }
  if (figures.batchEvents > LIMITS.batchEvents)
    throw new TypeError(`batchEvents must be at most ${LIMITS.batchEvents}`);
  return {
    ...figures,
    key,
    endpoint: readEndpoint(endpoint),
    runtime: { ...RUNTIME, ...runtime },
    reports: createReports(options),
  };
}

// The keys of a literal are exactly those of its type.
const FIGURES = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];

/** An option given as undefined counts as left out. */
function withoutUndefined<T extends object>(given: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]: Exclude<T[Name], undefined> }; // the same, less those
}

function readEndpoint(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : null;
  if (url === null || url.href !== `${url.origin}/`)
    throw new TypeError("endpoint must be an origin: no path, no credentials");
  if (url.protocol === "https:" || (url.protocol === "http:" && THIS_MACHINE.test(url.hostname))) return url;
  throw new TypeError("endpoint must be https");
}
