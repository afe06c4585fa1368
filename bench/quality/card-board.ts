import type { Scoring } from "../../models/scoreboard.ts";
import { factsOf, type Facts } from "../../shared/facts.ts";
import { labelAll, newMemory, recallAll, type Memory } from "../../shared/memory.ts";
import { SETTINGS } from "./bundled.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { fitRowOf, fitScoring, scoresOf, type FitRow } from "./fit.ts";
import { paymentDays, type Payment } from "./payments.ts";
import { fitRawForest, rawFields } from "./raw-forest.ts";

export const SEEDS = [1, 2, 3] as const;
const FIT_DAYS = 28;
/** By then profiles have seen as much as they remember. */
const FIRST_TEST_DAY = 56;
const TEST_DAYS = 7;
/** Fraud is reported so long after it happened. */
const LABEL_DELAY_DAYS = 7;
const SCENARIOS = [1, 2, 3] as const;

/** What one scorer made of one test week. */
export interface CardFigures extends Figures {
  /** Recall at 1 % false positives of the simulation's scenarios: large amounts, compromised terminals, stolen details. */
  recallByScenario: number[];
}

/** By what scored: one of each test week and seed. */
export type CardBoard = Record<"fitted" | "bundled" | "rawForest" | "labelled", CardFigures[]>;

/**
 * Labelled card payments through the profiles, features and assessment of live traffic, a week at a time. "fitted" and "rawForest" are
 * of the 28 days before each week, without any label; "labelled" is the same as "fitted" in a shop that is told of each fraud after
 * seven days: profiles learn it, and the next fit leaves it out.
 */
export async function cardBoard(folder: string, bundled: Scoring): Promise<CardBoard> {
  const board: CardBoard = { fitted: [], bundled: [], rawForest: [], labelled: [] };
  await scoreWeeks(folder, null, board, (past) => [
    ...SEEDS.map((seed) => productionScorer("fitted", fitScoring(past.flat(), seed))),
    productionScorer("bundled", bundled),
    ...SEEDS.map((seed) => rawScorer(past, seed)),
  ]);
  await scoreWeeks(folder, LABEL_DELAY_DAYS, board, (past) => {
    const withoutKnown = past.map((day, index) =>
      index < past.length - LABEL_DELAY_DAYS ? day.filter(({ isFraud }) => !isFraud) : day,
    );
    return SEEDS.map((seed) => productionScorer("labelled", fitScoring(withoutKnown.flat(), seed)));
  });
  return board;
}

/** A payment with what was known as it came. */
type Seen = Payment & FitRow;

interface Scorer {
  name: keyof CardBoard;
  threshold: number;
  score(payments: readonly (Seen & { facts: Facts })[]): ArrayLike<number>;
}

/** @param labelDelayDays after so many days fraud is known; null: never */
async function scoreWeeks(
  folder: string,
  labelDelayDays: number | null,
  board: CardBoard,
  scorersFor: (past: readonly Seen[][]) => Scorer[],
): Promise<void> {
  const memory = newMemory();
  let past: Seen[][] = [];
  let week: { scorer: Scorer; scores: number[] }[] = [];
  let payments: Payment[] = [];
  for await (const day of paymentDays(folder)) {
    const number = day[0]?.day ?? 0;
    if (number >= FIRST_TEST_DAY && (number - FIRST_TEST_DAY) % TEST_DAYS === 0) {
      finish();
      week = scorersFor(past).map((scorer) => ({ scorer, scores: [] }));
    }
    if (labelDelayDays !== null) confirm(memory, past.at(-labelDelayDays - 1) ?? [], day);
    const seen = day.map((payment) => {
      const facts = factsOf(payment.event, payment.signals, recallAll(memory, payment.event, payment.signals));
      return { ...payment, facts, ...fitRowOf(facts) };
    });
    for (const { scorer, scores } of week) scores.push(...Array.from(scorer.score(seen)));
    if (week.length > 0) payments.push(...day);
    past = [...past, seen.map(({ facts: _facts, ...kept }) => kept)].slice(-FIT_DAYS);
  }
  finish();

  /** What is left in the end is a week only when it is a whole one. */
  function finish(): void {
    const isWhole = new Set(payments.map(({ day }) => day)).size === TEST_DAYS;
    for (const { scorer, scores } of week) if (isWhole) board[scorer.name].push(cardFigures(payments, scores, scorer));
    payments = [];
  }
}

/** As the day begins, the shop hears of the fraud of the last day that is long enough ago. */
function confirm(memory: Memory, reported: readonly Seen[], today: readonly Payment[]): void {
  const knownMs = Date.parse(today[0]?.event.timestamp ?? "");
  for (const { event, signals, isFraud } of reported) if (isFraud) labelAll(memory, event, signals, knownMs, 1);
}

function productionScorer(name: keyof CardBoard, scoring: Scoring): Scorer {
  return {
    name,
    threshold: SETTINGS.threshold,
    score: (payments) => scoresOf(payments, scoring),
  };
}

function rawScorer(past: readonly Seen[][], seed: number): Scorer {
  const { scores, threshold } = fitRawForest(
    past.flat().map(({ event }) => rawFields(event)),
    seed,
  );
  return { name: "rawForest", threshold, score: (payments) => scores(payments.map(({ event }) => rawFields(event))) };
}

function cardFigures(payments: readonly Payment[], scores: readonly number[], { threshold }: Scorer): CardFigures {
  const figures = figuresOf(payments, scores, threshold);
  const recallByScenario = SCENARIOS.map((wanted) => {
    const own = scores.filter((_score, index) => payments[index]?.scenario === wanted);
    return own.filter((score) => score >= figures.cutAtOnePercent).length / own.length;
  });
  return { ...figures, recallByScenario };
}
