import { describe } from "../../../shared/serve.ts";
import { changed } from "../../live/tell.ts";
import { deliverNow, type AlertServices } from "../deliver.ts";
import { closeDigests } from "./digests.ts";
import { planAlerts } from "./plan.ts";
import { readTurn, writeTurn, type RaiseServices } from "./turns.ts";

/** What a run has raised. */
export interface Raised {
  anomalies: number;
  alerts: number;
  /** Ids of the deliveries made, leased for an attempt at once. */
  deliveries: string[];
}

/** Anomalies of one turn: below 2 MB as they are read. */
const AT_ONCE = 1_000;
/** Turns of one run: it ends before the next minute's begins, and so many anomalies are an hour's storm. */
const TURNS_MOST = 50;

/**
 * Brings every anomaly that is not raised yet to its alerts, each once, however many do so at the same time and whenever one dies. Takes
 * turns: what was planned is written unless another wrote since it was read, and is then planned anew. Whoever loses twice in a row finds
 * his anomalies taken by the second winner, which has read after they were stored; so this ends.
 *
 * @throws what the driver throws; what was raised by then stays, and the rest is for whoever comes next
 */
export async function raiseAnomalies({ db, nowMs, newId, config, live }: RaiseServices): Promise<Raised> {
  const raised: Raised = { anomalies: 0, alerts: 0, deliveries: [] };
  for (let turns = 0; turns < TURNS_MOST; turns++) {
    const { turn, ...situation } = await readTurn(db, AT_ONCE);
    const ids = situation.found.map(({ id }) => id);
    if (ids.length === 0) break;
    const plan = planAlerts(situation, () => newId("alt"));
    const deliveries = await writeTurn(db, { turn, plan, raised: ids, nowMs: nowMs(), publicUrl: config.publicUrl });
    if (deliveries === null) continue;
    changed({ live }, "alert", ...plan.opened.map(({ id }) => id));
    raised.anomalies += ids.length;
    raised.alerts += plan.opened.length;
    raised.deliveries.push(...deliveries);
    if (ids.length < AT_ONCE) break;
  }
  return raised;
}

/** Raises what was just stored, and attempts the deliveries. Never throws: what is left is the minute cron's. */
export async function raiseNow(services: AlertServices): Promise<void> {
  const startMs = services.nowMs();
  try {
    const { deliveries, ...raised } = await raiseAnomalies(services);
    services.log({ task: "raise", ...raised, deliveries: deliveries.length, totalMs: services.nowMs() - startMs });
    await deliverNow(services, deliveries);
  } catch (error) {
    services.log({ task: "raise", cause: describe(error), totalMs: services.nowMs() - startMs });
  }
}

/**
 * Raises what whoever stored it left behind, sends the digests whose hour is over, and attempts the deliveries: the work of the minute
 * cron.
 *
 * @throws what the driver throws
 */
export async function raiseDue(
  services: AlertServices,
): Promise<{ anomalies: number; alerts: number; digests: number }> {
  const { anomalies, alerts, deliveries } = await raiseAnomalies(services);
  const closed = await closeDigests(services);
  await deliverNow(services, [...deliveries, ...closed.deliveries]);
  return { anomalies, alerts, digests: closed.digests };
}
