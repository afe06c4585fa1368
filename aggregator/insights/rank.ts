import { SEVERITIES, type Draft } from "./finding.ts";

/** Each is worth so many of the one before it. */
const SEVERITY_TIMES = 4;
/** What costs as much as the window usually brings in matters so many times as much as what costs nothing. */
const COST_TIMES = 3;

/**
 * Drafts in the order in which they matter: by how bad it is, by what it costs against what the window usually brings in, and by how sure
 * it is. Of two that matter the same the name decides, so that the order is always the same.
 *
 * @param usualRevenue of the window, in its currency; 0 where nothing is usual: then costs are held against the largest
 */
export function ranked(drafts: readonly Draft[], usualRevenue: number): Draft[] {
  const largest = Math.max(0, ...drafts.map(({ cost }) => Math.abs(cost?.amount ?? 0)));
  const scale = usualRevenue > 0 ? usualRevenue : largest;
  const worth = new Map(drafts.map((draft) => [draft, worthOf(draft, scale)]));
  return drafts.toSorted((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0) || (a.id < b.id ? -1 : 1));
}

function worthOf({ severity, cost, evidence }: Draft, scale: number): number {
  const part = scale > 0 ? Math.min(1, Math.abs(cost?.amount ?? 0) / scale) : 0;
  return SEVERITY_TIMES ** SEVERITIES.indexOf(severity) * (1 + (COST_TIMES - 1) * part) * sureness(evidence);
}

/** A p from which on it is as sure as what was counted, as a power of ten. */
const SURE_DIGITS = 16;

/** Of what is tested, from a half for what may be chance to 1; what was counted is sure. */
function sureness({ p }: Draft["evidence"]): number {
  return p === null ? 1 : 0.5 + 0.5 * Math.min(1, -Math.log10(Math.max(p, 10 ** -SURE_DIGITS)) / SURE_DIGITS);
}
