import { calibrate } from "../../aggregator/learn/calibrate.ts";
import { teach } from "../../aggregator/learn/challenger.ts";
import { DAY_MS, type LearningRow } from "../../aggregator/learn/row.ts";
import { scoreRows, type Scorer } from "../../aggregator/learn/score-rows.ts";
import { calibrationSet, splitByTime } from "../../aggregator/learn/training-set.ts";
import { sharesOf, WINDOW_DAYS } from "../../aggregator/learn/window.ts";
import type { Scoring } from "../../models/scoreboard.ts";
import { examine } from "../../shared/assess.ts";
import { factsOf } from "../../shared/facts.ts";
import { featureVector } from "../../shared/features/features.ts";
import { labelAll, newMemory, recallAll, type Memory } from "../../shared/memory.ts";
import { chance, type Random, sample, seededRandom } from "../../shared/random.ts";
import { SETTINGS } from "./bundled.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { paymentDays, type Payment } from "./payments.ts";

/** How a shop hears of fraud, beside the alerts that it looks at. */
export interface Telling {
  name: string;
  /** Of all fraud the share that is charged back, and after how many days. */
  chargedBack: { share: number; afterDays: number };
}

export const TELLINGS: readonly Telling[] = [
  { name: "none charged back", chargedBack: { share: 0, afterDays: 0 } },
  { name: "half charged back after 14 days", chargedBack: { share: 0.5, afterDays: 14 } },
  { name: "all charged back after 7 days", chargedBack: { share: 1, afterDays: 7 } },
];

/** Alerts looked at a day, by someone who is never wrong and done by the next morning. */
const LOOKED_AT = 36;
/** Of them the highest of the day; the others are chosen by chance. */
const HIGHEST = Math.round(0.8 * LOOKED_AT);
/** Until the first release the bundled model scores. */
const FIRST_RELEASE_DAY = 28;
const RELEASE_DAYS = 7;
/** After four weeks of alerts by models of the shop's own. */
const FIRST_TEST_DAY = 56;
const TEST_DAYS = 7;
const SEED = 1;

/** A payment as it was stored and scored, and what is known of it by now. */
interface Stored extends Payment, LearningRow {
  score: number;
}

/**
 * Card payments in a shop that learns from its labels, through the profiles, features and learning of production: each week a forest, a
 * client model and a calibration of the last eight weeks score the week after. What is labelled is known to the profiles from then on.
 * Whether a challenger would be released is not asked: all are.
 *
 * @returns figures of each test week
 */
export async function clientBoard(folder: string, telling: Telling, bundled: Scoring): Promise<Figures[]> {
  const random = seededRandom(SEED);
  const memory = newMemory();
  let scorer: Scorer = { ...bundled, client: null };
  let past: Stored[][] = [];
  let lookedAt: Stored[] = [];
  const tested: Stored[][] = [];
  for await (const payments of paymentDays(folder)) {
    const day = payments[0]?.day ?? 0;
    const nowMs = startOfDay(payments);
    for (const payment of heardOf(past, lookedAt, telling, random)) tell(memory, payment, nowMs);
    if (day >= FIRST_RELEASE_DAY && (day - FIRST_RELEASE_DAY) % RELEASE_DAYS === 0) {
      scorer = release(past.flat(), nowMs, scorer, day);
    }
    const stored = payments.map((payment) => store(memory, payment, random));
    const { score } = scoreRows(stored, scorer);
    stored.forEach((payment, index) => (payment.score = score[index] ?? 0));
    lookedAt = day >= FIRST_RELEASE_DAY ? alertsOf(stored, random) : [];
    past = [...past, stored].slice(-WINDOW_DAYS.usual);
    if (day >= FIRST_TEST_DAY) tested.push(stored);
  }
  return wholeWeeks(tested).map((week) =>
    figuresOf(
      week,
      week.map(({ score }) => score),
      SETTINGS.threshold,
    ),
  );
}

function startOfDay([first]: readonly Payment[]): number {
  return Math.floor(Date.parse(first?.event.timestamp ?? "") / DAY_MS) * DAY_MS;
}

/** Of what the shop hears as a day begins: yesterday's alerts, and fraud of the last day that is long enough ago. */
function heardOf(past: readonly Stored[][], lookedAt: readonly Stored[], { chargedBack }: Telling, random: Random) {
  const due = chargedBack.share > 0 ? (past.at(-chargedBack.afterDays) ?? []) : [];
  return [...lookedAt, ...due.filter(({ isFraud }) => isFraud && chance(random, chargedBack.share))];
}

function tell(memory: Memory, payment: Stored, nowMs: number): void {
  if (payment.label !== null) return;
  payment.label = payment.isFraud ? "fraud" : "legitimate";
  if (payment.isFraud) labelAll(memory, payment.event, payment.signals, nowMs, 1);
}

function store(memory: Memory, payment: Payment, random: Random): Stored {
  const { event, signals } = payment;
  const facts = factsOf(event, signals, recallAll(memory, event, signals));
  const vector = featureVector(facts);
  const { rules } = examine(facts, vector, SETTINGS.rules);
  return {
    ...payment,
    id: event.id,
    atMs: Date.parse(event.timestamp),
    isPayment: true,
    vector,
    rules,
    label: null,
    draw: random(),
    weight: 1,
    value: null,
    currency: null,
    score: 0,
  };
}

/** What learning would release of these payments, read as it reads them: a sample, and whatever is labelled. */
function release(stored: readonly Stored[], nowMs: number, champion: Scorer, day: number): Scorer {
  const labelled = stored.filter(({ label }) => label !== null).length;
  const share = sharesOf({ payments: stored.length, others: 0, labelled }).payments;
  const rows = stored.flatMap((row) => {
    const draw = row.draw === null || row.draw >= share ? null : row.draw / share;
    return draw === null && row.label === null ? [] : [{ ...row, draw }];
  });
  const { past, pastEndMs } = splitByTime(rows, nowMs);
  const isBundled = day === FIRST_RELEASE_DAY;
  const versions = { model: `forest ${day}`, client: `client ${day}` };
  const { challenger } = teach({ past, pastEndMs, champion, isBundled, versions, seed: day });
  if (challenger === null) return champion;
  const { model, client, isApart } = challenger;
  const set = calibrationSet(rows, { endMs: nowMs, pastEndMs, isApart });
  return { forest: model.forest, client: client?.model ?? null, calibration: calibrate("own", { model, client }, set) };
}

function alertsOf(day: readonly Stored[], random: Random): Stored[] {
  const ordered = day.toSorted((a, b) => b.score - a.score);
  return [...ordered.slice(0, HIGHEST), ...sample(random, ordered.slice(HIGHEST), LOOKED_AT - HIGHEST)];
}

function wholeWeeks(days: readonly Stored[][]): Stored[][] {
  return Array.from({ length: Math.floor(days.length / TEST_DAYS) }, (_, week) =>
    days.slice(week * TEST_DAYS, (week + 1) * TEST_DAYS).flat(),
  );
}
