import { sql } from "drizzle-orm";
import type { Simulated } from "../../models/simulator.ts";
import { assessExamined, examine, type DecisionSettings, type Examined } from "../../shared/assess.ts";
import { factsOf } from "../../shared/facts.ts";
import { FEATURE_SET, featureVector } from "../../shared/features/features.ts";
import { laidEndToEnd } from "../../shared/fit.ts";
import { scoreForest } from "../../shared/forest.ts";
import { baselineOf, clientInput } from "../../shared/judge.ts";
import { scoreClient } from "../../shared/client-model.ts";
import { labelAll, newMemory, recallAll } from "../../shared/memory.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import { RuleSettings } from "../../shared/rules/settings.ts";
import { isPayment } from "../../shared/profile/observation.ts";
import { instant } from "../alert/raise.ts";
import type { LoadedRelease } from "../models/load-release.ts";
import type { Db } from "../store/db.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { DAY_MS } from "./row.ts";

export const SETTINGS: DecisionSettings = { threshold: 0.6, rules: RuleSettings.parse({}) };

/** What was known of an event when it came, and what it was. */
export interface Seen {
  id: string;
  atMs: number;
  isFraud: boolean;
  scored: ScoredEvent;
}

/** How people find out. An analyst looks at each alert the day after; a share of what was missed comes back as a chargeback. */
interface Labelling {
  chargebackShare: number;
  chargebackDays: number;
}

/**
 * A shop that is open: its traffic meets profiles, features, rules and the models that decide, as it does at the edge, and is stored as the
 * queue's consumer stores it.
 */
export function openShop(db: Db, traffic: Iterator<Simulated>, { chargebackShare, chargebackDays }: Labelling) {
  const memory = newMemory();
  const due: { atMs: number; label: "fraud" | "legitimate"; simulated: Simulated }[] = [];
  let ahead: Simulated | undefined = traffic.next().value as Simulated | undefined;
  let missed = 0;

  function* until(endMs: number): Generator<Simulated> {
    for (; ahead !== undefined && Date.parse(ahead.event.timestamp) < endMs; ahead = next()) yield ahead;
  }
  const next = (): Simulated | undefined => {
    const { done, value } = traffic.next();
    return done === true ? undefined : value;
  };

  /** Days of traffic before anybody kept anything of it: profiles fill up. */
  function warmUp(endMs: number): void {
    for (const { event, signals } of until(endMs)) recallAll(memory, event, signals);
  }

  /** One day under a release; what is no payment attempt is learned from and not stored. */
  async function day(dayMs: number, release: LoadedRelease): Promise<Seen[]> {
    await label(dayMs);
    const examined: { simulated: Simulated; examined: Examined }[] = [];
    for (const simulated of until(dayMs + DAY_MS)) {
      const { event, signals } = simulated;
      const facts = factsOf(event, signals, recallAll(memory, event, signals));
      if (!isPayment(facts.seen.act)) continue;
      examined.push({ simulated, examined: examine(facts, featureVector(facts), SETTINGS.rules) });
    }
    const seen = scored(
      examined.map((one) => one.examined),
      release,
    ).map((assessment, index) => {
      const {
        simulated,
        examined: { vector, rules },
      } = examined[index] as (typeof examined)[number]; // one each
      const { event, signals, attack } = simulated;
      const scoredEvent: ScoredEvent = {
        event,
        timestamp_source: "sender",
        received_at: event.timestamp,
        source: "secret",
        repeated: false,
        signals,
        feature_set: FEATURE_SET,
        features: [...vector],
        assessment,
        rules: { ...rules },
        shadow: null,
        runtime: "plain",
      };
      wait(simulated, assessment.anomaly, dayMs);
      return { id: event.id, atMs: Date.parse(event.timestamp), isFraud: attack !== null, scored: scoredEvent };
    });
    const rows = seen.map((one) => eventRow(one.scored, { requestId: `req_${one.id}`, keyId: "key_1", nowMs: dayMs }));
    if (rows.length > 0) await storeEvents(db, rows);
    return seen;
  }

  /** When somebody will say what it was, if ever. */
  function wait(simulated: Simulated, isAlerted: boolean, dayMs: number): void {
    const isFraud = simulated.attack !== null;
    if (isAlerted) due.push({ atMs: dayMs + DAY_MS, label: isFraud ? "fraud" : "legitimate", simulated });
    else if (isFraud && (missed = (missed + chargebackShare) % 1) < chargebackShare) {
      due.push({ atMs: dayMs + chargebackDays * DAY_MS, label: "fraud", simulated });
    }
  }

  async function label(nowMs: number): Promise<void> {
    const now = due.filter(({ atMs }) => atMs <= nowMs);
    due.splice(0, due.length, ...due.filter(({ atMs }) => atMs > nowMs));
    for (const { label: said, simulated } of now) {
      if (said === "fraud") labelAll(memory, simulated.event, simulated.signals, nowMs, 1);
    }
    const said = JSON.stringify(now.map((one) => ({ id: one.simulated.event.id, label: one.label })));
    await db.execute(sql`
      UPDATE events SET label = said.label, labelled_at = ${instant(nowMs)},
        fraud_known_at = CASE WHEN said.label = 'fraud' THEN ${instant(nowMs)} END
      FROM jsonb_to_recordset(${said}::jsonb) AS said (id text, label text) WHERE events.id = said.id`);
  }

  return { warmUp, day };
}

function scored(examined: readonly Examined[], release: LoadedRelease) {
  const { forest, calibration, client, names } = release;
  const vectors = examined.map(({ vector }) => vector);
  const width = forest.featureCount;
  const raw = scoreForest(forest, laidEndToEnd(vectors, width), vectors.length);
  const inputs = vectors.map((vector, index) => {
    const { modelPot, rulesPot } = baselineOf(vector, raw[index] ?? 0, calibration);
    return clientInput(vector, modelPot ?? 0, rulesPot);
  });
  const outputs = client === null ? null : scoreClient(client.model, laidEndToEnd(inputs, width + 2), inputs.length);
  return examined.map((one, index) => {
    const said =
      outputs === null || names.client === null
        ? null
        : {
            version: names.client,
            logistic: outputs.logistic[index] ?? 0,
            boosted: outputs.boosted[index] ?? 0,
            explain: (input: ArrayLike<number>) => new Float32Array(input.length),
          };
    const model = { raw: raw[index] ?? 0, version: names.model, client: said };
    return assessExamined(one, model, calibration, SETTINGS, []);
  });
}
