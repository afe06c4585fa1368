import type { Details, Facts } from "./facts.ts";
import type { Incident } from "./read-around.ts";
import type { Sample } from "./read-sample.ts";
import type { Wave } from "./read-waves.ts";
import { baselineOf, windowAt } from "./window.ts";

/** When the windows of these tests end, or a little later. */
export const NOW_MS = Date.parse("2026-11-21T10:30:00Z");
const DAY_MS = 24 * 60 * 60_000;

export const NO_DETAILS: Details = { hours: null, fresh: [] };

/** The facts of a day of which nothing is known but what a test says, with half a year behind it. */
export function factsOf(over: Partial<Facts> = {}): Facts {
  const window = windowAt("24h", NOW_MS);
  const firstMs = window.fromMs - 180 * DAY_MS;
  return {
    name: "24h",
    window,
    expectation: { isIgnored: false, factor: 1, held: [] },
    baseline: baselineOf("24h", window, firstMs),
    seen: { currency: "EUR", others: [], scopes: [] },
    anomalies: { anomalies: 0, entity: null, entity_anomalies: 0, waves: [], top: [], isCut: false },
    around: { first_at: firstMs, calendar: [], incidents: [], failed: { failures: 0, events: 0 }, days: [] },
    samples: { now: sampleOf(), before: sampleOf() },
    books: null,
    ...over,
  };
}

/** A sample in which nothing is missing. */
export function sampleOf(over: Partial<Sample> = {}): Sample {
  return { events: 1_000, no_session: 0, no_visitor: 0, late: 0, degraded: 0, ...over };
}

/** An hour of card testing through four networks. */
export function waveOf(over: Partial<Wave> = {}): Wave {
  const first_at = NOW_MS - 5 * 60 * 60_000;
  return {
    code: "card_testing",
    anomalies: 212,
    before: 3,
    first_at,
    last_at: first_at + 3_000_000,
    networks: 4,
    cards: 180,
    customers: 0,
    devices: 9,
    declines: 201,
    declined: { EUR: 9_412.5 },
    orders: 11,
    ordered: { EUR: 320 },
    refunded: {},
    country: "AT",
    country_anomalies: 212,
    entity: "ip:n1",
    entity_anomalies: 60,
    ids: ["ano_1"],
    parts: [{ dimension: "all", member: "", anomalies: 212, declines: 201, orders: 11, sessions: 212, refunds: 0 }],
    alerts: 0,
    alert_ids: [],
    ...over,
  };
}

/** An open incident of orders that are half of what is expected, in everything. */
export function incidentOf(over: Partial<Incident> = {}): Incident {
  return {
    id: "inc_1",
    status: "open",
    metric: "orders",
    dimension: "all",
    member: "",
    started_at: NOW_MS - 3 * 60 * 60_000,
    last_at: NOW_MS,
    currency: "EUR",
    observed: 3,
    expected: 6,
    change: -0.5,
    impact: -1_240.4,
    side: "down",
    anomalies: 2,
    anomaly_ids: ["ano_1", "ano_2"],
    alert_id: null,
    ...over,
  };
}
