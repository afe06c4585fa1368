import { NEW_MULTI_SCALE, stepMultiScale } from "../../aggregator/watch/detect/multi-scale.ts";
import { stepRefractory } from "../../aggregator/watch/detect/refractory.ts";
import { NEW_SMOOTH, stepSmooth } from "../../aggregator/watch/detect/smooth.ts";
import { readNab } from "./nab-data.ts";
import { nabScore, PROFILES, type LabelledSeries, type Profile } from "./nab-score.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** Standard deviations that hold back what follows, and beyond which more says nothing more. */
const SMOOTH_LOCKS_AT = 6;
const DEVIATIONS_MOST = 50;
const PROFILE_NAMES = Object.keys(PROFILES) as Profile[]; // its keys are the profiles

/** The Numenta Anomaly Benchmark with the detectors of the metric watch, and with what its scores are known for. @returns a table */
export async function nab(folder: string): Promise<string[]> {
  const series = await readNab(folder);
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(34)}${cells.map((cell) => cell.padStart(15)).join("")}`;
  const scored = (name: string, detect: Detector) =>
    row(
      name,
      PROFILE_NAMES.map((profile) => nabScore(series, series.map(detect), profile).toFixed(1)),
    );
  return [
    `Numenta Anomaly Benchmark: ${series.length} series, ${series.reduce((sum, { windows }) => sum + windows.length, 0)} windows, one threshold`,
    row("", PROFILE_NAMES),
    scored("multi-scale residual", multiScale),
    scored("Holt-Winters × hour of day", smooth),
    scored("windowed Gaussian (published 39.6)", windowedGaussian),
    scored("nothing (by definition 0)", ({ values }) => values.map(() => 0)),
    scored("perfect (by definition 100)", ({ values, windows }) =>
      values.map((_value, index) => Number(windows.some(([first]) => first === index))),
    ),
  ];
}

type Detector = (series: LabelledSeries) => number[];

function multiScale({ values, timesMs }: LabelledSeries): number[] {
  const stepsPerDay = DAY_MS / medianStepMs(timesMs);
  let state = NEW_MULTI_SCALE;
  return values.map((value, index) => {
    const stepped = stepMultiScale(state, value, hourOf(timesMs[index] ?? 0), stepsPerDay);
    state = stepped.state;
    return stepped.score;
  });
}

/** Each episode once. */
function smooth({ values, timesMs }: LabelledSeries): number[] {
  const stepsPerDay = DAY_MS / medianStepMs(timesMs);
  let state = NEW_SMOOTH;
  let lock = 0;
  return values.map((value, index) => {
    const stepped = stepSmooth(state, value, hourOf(timesMs[index] ?? 0), stepsPerDay);
    const score = Math.min(DEVIATIONS_MOST, Math.abs(stepped.deviations.both));
    const told = stepRefractory(lock, score, { locksAt: SMOOTH_LOCKS_AT, steps: stepsPerDay });
    state = stepped.state;
    lock = told.lock;
    return told.score;
  });
}

const WINDOW_ROWS = 6_400;
const WINDOW_STEP_ROWS = 100;

/** NAB's own detector of this name, to hold the scoring to what is published of it. */
function windowedGaussian({ values }: LabelledSeries): number[] {
  let window: number[] = [];
  let waiting: number[] = [];
  let mean = 0;
  let deviation = 1;
  const fit = () => {
    mean = window.reduce((sum, value) => sum + value, 0) / window.length;
    deviation = Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / window.length) || 1e-6;
  };
  return values.map((value) => {
    const score = window.length === 0 ? 0 : 1 - normalTail(Math.abs(value - mean) / deviation);
    if (window.length < WINDOW_ROWS) {
      window.push(value);
      fit();
    } else if (waiting.push(value) === WINDOW_STEP_ROWS) {
      window = [...window.slice(WINDOW_STEP_ROWS), ...waiting];
      waiting = [];
      fit();
    }
    return score;
  });
}

/** The share of a normal distribution beyond `z` deviations, `z` at least 0, to 1e-7 of itself. @see Press et al., erfcc */
function normalTail(z: number): number {
  const t = 1 / (1 + z / Math.SQRT2 / 2);
  const terms = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  return 0.5 * t * Math.exp(-(z * z) / 2 + terms.reduce((sum, term) => sum * t + term));
}

function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) % 24;
}

function medianStepMs(timesMs: readonly number[]): number {
  const steps = timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? HOUR_MS;
}
