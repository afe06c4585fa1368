import onnx from "../../models/global@v0.onnx";
import calibration from "../../models/global@v0.calibration.json";
import card from "../../models/global@v0.card.json";
import { createOrtSession } from "../../edge/model/ort-runtime.ts";
import { assess } from "../../shared/assess.ts";
import { Calibration } from "../../shared/calibration.ts";
import type { KeptEvent } from "../../shared/event.ts";
import { factsOf, type Facts } from "../../shared/facts.ts";
import { featureVector } from "../../shared/features/features.ts";
import { FOREST_OUTPUT, readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";
import { newMemory, recallAll } from "../../shared/memory.ts";
import { RuleSettings } from "../../shared/rules/settings.ts";

const bytes = new Uint8Array(onnx);
const width = card.features.length;
const { forest } = readForestOnnx(bytes);
const fitted = Calibration.parse(calibration);
const settings = { threshold: 0.7, rules: RuleSettings.parse({}) };
let session: ReturnType<typeof createOrtSession> | undefined;

/** What is measured: each does its part for the same rows or orders, and gives a number that depends on the work. */
const PARTS: Record<string, (input: Input) => number | Promise<number>> = {
  ort: async ({ rows, rowCount }) => {
    const [scores] = await (await (session ??= createOrtSession(bytes, [FOREST_OUTPUT]))).run(rows, rowCount);
    return scores?.[0] ?? 0;
  },
  plain: ({ rows, rowCount }) => scoreForest(forest, rows, rowCount)[0] ?? 0,
  features: ({ facts }) => facts.reduce((sum, one) => sum + (featureVector(one)[0] ?? 0), 0),
  assess: ({ facts, vectors }) =>
    facts.reduce((sum, one, index) => {
      const model = { raw: 0.45, version: card.version };
      const vector = vectors[index] ?? new Float32Array(width);
      return sum + assess(one, vector, model, fitted, settings, []).score;
    }, 0),
};

interface Input {
  rows: Float32Array;
  rowCount: number;
  /** Of orders in a shop that has seen some. */
  facts: Facts[];
  vectors: Float32Array[];
}

let known: Facts[] = [];

/**
 * POST takes the events of a shop, of which the last are assessed. `?part=NAME&rows=N&runs=M` does a part for N rows or orders M times,
 * after which it answers; the caller holds the clock.
 */
export default {
  async fetch(request) {
    if (request.method === "POST") {
      const memory = newMemory();
      const events: KeptEvent[] = await request.json();
      known = events.map((event) => factsOf(event, {}, recallAll(memory, event, {})));
      return new Response(null, { status: 204 });
    }
    const query = new URL(request.url).searchParams;
    const part = PARTS[query.get("part") ?? ""];
    if (part === undefined) return new Response(null, { status: 404 });
    const rowCount = Number(query.get("rows"));
    const facts = known.slice(-rowCount);
    const input = { rows: goldenRows(rowCount), rowCount, facts, vectors: facts.map((one) => featureVector(one)) };
    let sum = 0;
    for (let run = 0; run < Number(query.get("runs")); run++) sum += await part(input);
    return Response.json({ sum });
  },
} satisfies ExportedHandler<object>;

function goldenRows(rowCount: number): Float32Array {
  const golden = card.golden.rows;
  return Float32Array.from(
    { length: rowCount * width },
    (_value, at) => golden[Math.floor(at / width) % golden.length]?.[at % width] ?? 0,
  );
}
