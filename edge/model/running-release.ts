import type { Calibration } from "../../shared/calibration.ts";
import { CLIENT_OUTPUTS } from "../../shared/client-model-onnx.ts";
import { scoreClient } from "../../shared/client-model.ts";
import { explainBoosted, explainForest } from "../../shared/explain.ts";
import { FEATURES } from "../../shared/features/features.ts";
import { FOREST_OUTPUT } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";
import { baselineOf, CLIENT_WIDTH, clientInput, type ClientOutput } from "../../shared/judge.ts";
import { isPayment, type Act } from "../../shared/profile/observation.ts";
import { goldenRows, type VerifiedClient, type VerifiedRelease } from "../../shared/verify-release.ts";
import { answerFirst } from "./answer-first.ts";
import type { Run, Runnable, Runner } from "./runner.ts";
import type { ClientScores, ReleaseScores } from "./scores.ts";

const WIDTH = FEATURES.length;

/** A verified release that scores. */
export interface RunningRelease {
  /** What it is called in the registry; null where that is not known, as of the bundled one. */
  release: string | null;
  /** Tells it from all others; null of the bundled one. */
  id: string | null;
  model: string;
  client: string | null;
  calibration: Calibration;
  /** What it makes of rows laid end to end, whose acts are these. */
  score(rows: Float32Array, acts: readonly Act[]): Promise<Scored>;
  /** Whether ONNX Runtime runs all of it. */
  isUp(): boolean;
  /** Starts ONNX Runtime for what it does not run yet. Never throws. */
  start(): Promise<void>;
  /** Lets ONNX Runtime go; whoever still scores with the release has the plain reader. */
  stop(): void;
}

export interface Scored {
  scores: ReleaseScores;
  /** The plain reader when it ran one of the models at least. */
  by: Run["by"];
}

export function runRelease(
  { card, onnx, forest, calibration, client }: VerifiedRelease,
  { id, release }: Pick<RunningRelease, "id" | "release">,
  createRunner: (model: Runnable) => Runner,
): RunningRelease {
  const forestRunner = createRunner({
    version: card.version,
    onnx,
    outputs: [FOREST_OUTPUT],
    golden: { rows: goldenRows(card), rowCount: card.golden.rows.length, outputs: [card.golden.scores] },
    score: (rows, rowCount) => [scoreForest(forest, rows, rowCount)],
  });
  const asked = client === null ? null : { client, runner: createRunner(runnableClient(client)) };
  const explain = (vector: ArrayLike<number>) => explainForest(forest, vector);

  /** What the client model makes of those rows that are payments; null when none is. */
  async function askClient(
    { client: { card: about, model }, runner }: NonNullable<typeof asked>,
    rows: Float32Array,
    raw: Float32Array,
    acts: readonly Act[],
  ): Promise<{ scores: ClientScores; by: Run["by"] } | null> {
    const payments = acts.flatMap((act, row) => (isPayment(act) ? [row] : []));
    if (payments.length === 0) return null;
    const inputs = new Float32Array(payments.length * CLIENT_WIDTH);
    for (const [index, row] of payments.entries()) {
      const vector = rows.subarray(row * WIDTH, (row + 1) * WIDTH);
      const { modelPot, rulesPot } = baselineOf(vector, raw[row] ?? 0, calibration);
      inputs.set(clientInput(vector, modelPot ?? 0, rulesPot), index * CLIENT_WIDTH);
    }
    const { outputs, by } = await runner.run(inputs, payments.length);
    const said = acts.map((): ClientOutput | null => null);
    for (const [index, row] of payments.entries()) {
      said[row] = { logistic: outputs[0]?.[index] ?? NaN, boosted: outputs[1]?.[index] ?? NaN };
    }
    return { scores: { version: about.version, rows: said, explain: (input) => explainBoosted(model, input) }, by };
  }

  return {
    release,
    id,
    model: card.version,
    client: client?.card.version ?? null,
    calibration,
    async score(rows, acts) {
      const { outputs, by } = await forestRunner.run(rows, acts.length);
      const raw = outputs[0] ?? null;
      const said = asked === null || raw === null ? null : await askClient(asked, rows, raw, acts);
      return {
        scores: { raw, version: card.version, calibration, explain, client: said?.scores ?? null },
        by: said === null || by === "plain" ? by : said.by,
      };
    },
    isUp: () => forestRunner.isUp() && asked?.runner.isUp() !== false,
    async start() {
      await forestRunner.start();
      if (asked === null) return;
      await answerFirst();
      await asked.runner.start();
    },
    stop() {
      forestRunner.stop();
      asked?.runner.stop();
    },
  };
}

function runnableClient({ card, onnx, model }: VerifiedClient): Runnable {
  const { rows, logistic, boosted } = card.golden;
  return {
    version: card.version,
    onnx,
    outputs: [CLIENT_OUTPUTS.logistic, CLIENT_OUTPUTS.boosted],
    golden: { rows: goldenRows(card), rowCount: rows.length, outputs: [logistic, boosted] },
    score: (inputs, rowCount) => {
      const scores = scoreClient(model, inputs, rowCount);
      return [scores.logistic, scores.boosted];
    },
  };
}
