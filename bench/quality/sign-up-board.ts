import { replay } from "../../models/replay.ts";
import { SETTINGS } from "./bundled.ts";
import { SEEDS } from "./card-board.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { fitRowOf, fitScoring, scoresOf } from "./fit.ts";
import { fitRawForest, rawFields } from "./raw-forest.ts";
import { readSignUps } from "./sign-ups.ts";

/** Share of the orders, the earliest, that everything is fitted on. */
const FIT_SHARE = 0.8;

/** By what scored: one of each seed. */
export interface SignUpBoard {
  fitted: Figures[];
  rawForest: Figures[];
}

/** First orders after a sign-up, the last fifth of them in time, by models of those before and without labels. A split by chance would flatter: fraud comes in waves. */
export async function signUpBoard(folder: string): Promise<SignUpBoard> {
  const orders = [...replay(await readSignUps(folder))].filter(({ event }) => event.name === "purchase");
  const split = Math.floor(orders.length * FIT_SHARE);
  const earlier = orders.slice(0, split);
  const later = orders.slice(split);
  const fieldsOf = (list: typeof orders) => list.map(({ event }) => rawFields(event));
  return {
    fitted: SEEDS.map((seed) => {
      const scoring = fitScoring(
        earlier.map(({ facts }) => fitRowOf(facts)),
        seed,
      );
      return figuresOf(later, scoresOf(later, scoring), SETTINGS.threshold);
    }),
    rawForest: SEEDS.map((seed) => {
      const { scores, threshold } = fitRawForest(fieldsOf(earlier), seed);
      return figuresOf(later, scores(fieldsOf(later)), threshold);
    }),
  };
}
