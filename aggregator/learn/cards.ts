import { scoreClient, type ClientModel } from "../../shared/client-model.ts";
import { sha256Hex } from "../../shared/digest.ts";
import { FEATURE_NAMES, FEATURE_SET, MISSING } from "../../shared/features/features.ts";
import { CLIENT_WIDTH } from "../../shared/judge.ts";
import type { ClientCard, ForestCard } from "../../shared/model-card.ts";
import type { Comparison, Measured } from "./figures.ts";

/** What both cards of a challenger tell alike. */
export interface Provenance {
  runId: string;
  parent: string;
  seed: number;
  from: string;
  to: string;
  comparison: Comparison;
}

const PARAMETERS = { trees: 100, sample: 256, depth: 8 } as const;

const LIMITS_OF_BOTH =
  "Trained on this shop's own events of the time named, and judged on the days after. It knows nothing of what has changed since, and " +
  "what was unusual and clean then is still unusual to it.";

/** The card of a forest that a run made. */
export async function forestCard(
  { version, onnx, rows, golden }: { version: string; onnx: Uint8Array; rows: number; golden: ForestCard["golden"] },
  { runId, parent, seed, from, to, comparison }: Provenance,
): Promise<ForestCard> {
  return {
    ...(await common(version, onnx, comparison)),
    kind: "isolation-forest",
    golden,
    trained_on: { source: "this shop's payments without confirmed and suspected fraud", rows, seed, from, to },
    parameters: { ...PARAMETERS, sample: Math.min(PARAMETERS.sample, rows) },
    lineage: { run: runId, parent },
  };
}

/** The card of a client model that a run made. */
export async function clientCard(
  {
    version,
    onnx,
    labels,
    golden,
  }: { version: string; onnx: Uint8Array; labels: ClientCard["trained_on"]["labels"]; golden: ClientCard["golden"] },
  { runId, parent, seed, from, to, comparison }: Provenance,
): Promise<ClientCard> {
  const rows = labels.fraud + labels.legitimate + labels.unlabelled;
  return {
    ...(await common(version, onnx, comparison)),
    kind: "client-blend",
    golden,
    trained_on: {
      source: "this shop's labelled payments, and unlabelled ones taken for clean",
      rows,
      seed,
      from,
      to,
      labels,
    },
    parameters: {},
    lineage: { run: runId, parent },
  };
}

async function common(version: string, onnx: Uint8Array, comparison: Comparison) {
  return {
    version,
    feature_set: FEATURE_SET,
    features: [...FEATURE_NAMES],
    sha256: await sha256Hex(onnx),
    bytes: onnx.length,
    metrics: metricsOf(comparison),
    limits: LIMITS_OF_BOTH,
  };
}

function metricsOf({ challenger, confirmed, payments, threshold }: Comparison): Record<string, number> {
  const told: (keyof Measured)[] = [
    "average_precision",
    "recall_at_budget",
    "alerts_per_day",
    "alert_rate",
    "suspect_rate",
  ];
  const measured = told.flatMap((name) => {
    const figure = challenger[name];
    return typeof figure === "number" ? [[name, Number(figure.toPrecision(4))] as const] : [];
  });
  return {
    threshold,
    judged_payments: Math.round(payments),
    judged_confirmed: confirmed,
    ...Object.fromEntries(measured),
  };
}

const ORDINARY_ROWS = 16;
/** Of inputs, which are float32 whatever is written; and of log-odds, which are promised to 1e-5. */
const SIGNIFICANT_DIGITS = 9;

/**
 * Inputs that reach every corner of a client model, and ordinary ones, with what it makes of them.
 *
 * @param inputs laid end to end, at least one, of which the ordinary ones are taken
 */
export function clientGolden(model: ClientModel, inputs: Float32Array): ClientCard["golden"] {
  const all = (value: number) => Array.from({ length: CLIENT_WIDTH }, () => value);
  const digits = (values: Float32Array) => Array.from(values, (value) => Number(value.toPrecision(SIGNIFICANT_DIGITS)));
  const ordinary = Array.from({ length: ORDINARY_ROWS }, (_, index) => {
    const row = Math.floor((index * inputs.length) / CLIENT_WIDTH / ORDINARY_ROWS);
    return digits(inputs.subarray(row * CLIENT_WIDTH, (row + 1) * CLIENT_WIDTH));
  });
  const each = Array.from({ length: CLIENT_WIDTH }, (_, input) => input);
  const rows = [
    all(MISSING),
    all(0),
    all(100),
    ...each.map((input) => all(0).with(input, 12)),
    ...each.map((input) => all(MISSING).with(input, 1)),
    ...ordinary,
  ];
  const { logistic, boosted } = scoreClient(model, Float32Array.from(rows.flat()), rows.length);
  return { rows, logistic: digits(logistic), boosted: digits(boosted) };
}
