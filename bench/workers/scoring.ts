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

/** Events that are scored together. */
interface Batch {
  /** Of events in a shop that has seen some. */
  facts: Facts[];
  /** Their feature vectors, one after the other. */
  rows: Float32Array;
  /** What the forest says of them. */
  raw: Float32Array;
}

/** What is measured: each does its part for the same batch, and gives a number that depends on the work. */
const PARTS: Record<string, (batch: Batch) => number | Promise<number>> = {
  ort: async ({ rows, facts }) => (await scores(rows, facts.length))[0] ?? 0,
  plain: ({ rows, facts }) => scoreForest(forest, rows, facts.length)[0] ?? 0,
  features: ({ facts }) => matrix(facts)[0] ?? 0,
  assess: ({ facts, rows, raw }) => assessAll(facts, rows, raw),
  all: async ({ facts }) => {
    const rows = matrix(facts);
    return assessAll(facts, rows, await scores(rows, facts.length));
  },
};

function matrix(facts: readonly Facts[]): Float32Array {
  const rows = new Float32Array(facts.length * width);
  for (const [index, one] of facts.entries()) featureVector(one, rows.subarray(index * width, (index + 1) * width));
  return rows;
}

async function scores(rows: Float32Array, rowCount: number): Promise<Float32Array> {
  const [raw] = await (await (session ??= createOrtSession(bytes, [FOREST_OUTPUT]))).run(rows, rowCount);
  if (raw === undefined) throw new Error("ONNX Runtime gave no scores");
  return raw;
}

function assessAll(facts: readonly Facts[], rows: Float32Array, raw: Float32Array): number {
  return facts.reduce((sum, one, index) => {
    const vector = rows.subarray(index * width, (index + 1) * width);
    const model = { raw: raw[index] ?? 0, version: card.version };
    return sum + assess(one, vector, model, fitted, settings, []).score;
  }, 0);
}

let known: Facts[] = [];

/**
 * POST takes the events of a shop, of which the last are assessed. `?part=NAME&batch=N&events=N&runs=M` does a part for the last events,
 * so many at a time, M times, after which it answers; the caller holds the clock.
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
    const batches = await batchesOf(known.slice(-Number(query.get("events"))), Number(query.get("batch")));
    let sum = 0;
    for (let run = 0; run < Number(query.get("runs")); run++) for (const batch of batches) sum += await part(batch);
    return Response.json({ sum });
  },
} satisfies ExportedHandler<object>;

async function batchesOf(facts: readonly Facts[], size: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let at = 0; at < facts.length; at += size) {
    const part = facts.slice(at, at + size);
    const rows = matrix(part);
    batches.push({ facts: part, rows, raw: await scores(rows, part.length) });
  }
  return batches;
}
