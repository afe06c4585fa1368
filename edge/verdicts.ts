import { assessExamined, isAlike, shadowOf, type DecisionSettings, type Examined } from "../shared/assess.ts";
import type { Assessment, Shadow } from "../shared/assessment.ts";
import { heedLists } from "../shared/heed-lists.ts";
import type { ListVerdict } from "../shared/lists.ts";
import type { Verdict } from "../shared/message.ts";
import { outputAt, type ReleaseScores, type Scores } from "./model/scores.ts";

/** What was made of an event, or of several alike, and the same as JSON. */
export interface WrittenVerdict {
  assessment: Assessment;
  assessmentText: string;
  /** A `Verdict`. */
  text: string;
}

/** Writes a verdict as JSON, once for the queue and, of it, for what senders are answered: writing is a good part of all the work. */
export function writeVerdict({ features, rules, assessment, shadow }: Verdict): WrittenVerdict {
  const assessmentText = JSON.stringify(assessment);
  const parts = [
    '{"features":',
    JSON.stringify(features),
    ',"rules":',
    JSON.stringify(rules),
    ',"assessment":',
    assessmentText,
    ',"shadow":',
    JSON.stringify(shadow),
    "}",
  ] satisfies string[];
  return { assessment, assessmentText, text: parts.join("") };
}

/** An event as it is judged, and the row of its vector. */
export interface Look {
  row: number;
  examined: Examined;
}

/** What one release and one set of settings make of a request's events. */
export class Verdicts {
  readonly #scores: Scores;
  readonly #settings: DecisionSettings;
  /** By row, the first that was judged of it with nothing missing and no reasons to tell. */
  readonly #plain: { examined: Examined; verdict: WrittenVerdict }[] = [];

  constructor(scores: Scores, settings: DecisionSettings) {
    this.#scores = scores;
    this.#settings = settings;
  }

  of({ row, examined }: Look, degraded: readonly string[], listed: ListVerdict | null): WrittenVerdict {
    const isPlain = degraded.length === 0 && listed === null;
    const before = this.#plain[row];
    if (isPlain && before !== undefined && isAlike(before.examined, examined)) return before.verdict;
    const verdict = this.#judge(row, examined, degraded, listed);
    if (isPlain && before === undefined && verdict.assessment.reasons.length === 0)
      this.#plain[row] = { examined, verdict };
    return verdict;
  }

  #judge(row: number, examined: Examined, degraded: readonly string[], listed: ListVerdict | null): WrittenVerdict {
    const { calibration, shadow } = this.#scores;
    const assessed = assessExamined(examined, outputAt(this.#scores, row), calibration, this.#settings, degraded);
    return writeVerdict({
      features: numbersOf(examined.vector),
      rules: examined.rules,
      assessment: heedLists(assessed, listed),
      shadow: shadow === null ? null : shadowAt(shadow, row, examined, this.#settings),
    });
  }
}

/** A loop: `Array.from` takes twenty times as long, more than all else about a vector. */
function numbersOf(vector: Float32Array): number[] {
  // oxlint-disable-next-line unicorn/no-new-array -- as long as it will be: growing takes longer than filling
  const numbers = new Array<number>(vector.length);
  for (let index = 0; index < vector.length; index++) numbers[index] = vector[index] as number; // within the vector
  return numbers;
}

function shadowAt(scores: ReleaseScores, index: number, examined: Examined, settings: DecisionSettings): Shadow | null {
  const output = outputAt(scores, index);
  return output === null ? null : shadowOf(examined, output, scores.calibration, settings);
}
