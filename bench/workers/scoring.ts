import onnx from "../../models/global@v0.onnx";
import calibration from "../../models/global@v0.calibration.json";
import card from "../../models/global@v0.card.json";
import { DistinctRows } from "../../edge/distinct-rows.ts";
import { createOrtSession } from "../../edge/model/ort-runtime.ts";
import { DIRECT_ROWS } from "../../edge/model/runner.ts";
import { Verdicts, type Look } from "../../edge/verdicts.ts";
import { assessExamined, examine, type Examined } from "../../shared/assess.ts";
import { Calibration } from "../../shared/calibration.ts";
import type { KeptEvent } from "../../shared/event.ts";
import { factsOf } from "../../shared/facts.ts";
import { featureVector } from "../../shared/features/features.ts";
import { FOREST_OUTPUT, readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";
import { newMemory, recallAll } from "../../shared/memory.ts";
import { sightingOf, type Knowledge, type Sighting } from "../../shared/observe.ts";
import { RuleSettings } from "../../shared/rules/settings.ts";

const bytes = new Uint8Array(onnx);
const width = card.features.length;
const { forest } = readForestOnnx(bytes);
const fitted = Calibration.parse(calibration);
const settings = { threshold: 0.7, rules: RuleSettings.parse({}) };
let session: ReturnType<typeof createOrtSession> | undefined;

/** An event in a shop that has seen some, with what was known before it. */
interface Happened {
  event: KeptEvent;
  known: Knowledge;
  sighting: Sighting;
}

/** Events that are scored together. */
interface Batch {
  events: readonly Happened[];
  /** Their feature vectors, one after the other. */
  rows: Float32Array;
  examined: Examined[];
  /** What the forest says of them. */
  raw: Float32Array;
}

/** What is measured, the last of it as the edge does it: each does its part for the same batch, and gives a number that depends on the work. */
const PARTS: Record<string, (batch: Batch) => number | Promise<number>> = {
  ort: async ({ rows, events }) => (await scores(rows, events.length))[0] ?? 0,
  plain: ({ rows, events }) => scoreForest(forest, rows, events.length)[0] ?? 0,
  examine: ({ events }) => examineAll(events).examined.length,
  assess: ({ examined, raw }) => assessAll(examined, raw),
  all: async ({ events }) => {
    const distinct = new DistinctRows(width, events.length);
    const looks = events.map(({ event, known, sighting }): Look => {
      const facts = factsOf(event, {}, known, sighting);
      const row = distinct.add(facts.seen.act, (vector) => featureVector(facts, vector));
      return { row, examined: examine(facts, distinct.vectorAt(row), settings.rules) };
    });
    const { rows, acts } = distinct;
    const isDirect = acts.length <= DIRECT_ROWS;
    const raw = isDirect ? scoreForest(forest, rows, acts.length) : await scores(rows, acts.length);
    const runtime = isDirect ? "plain" : "ort";
    const release = { raw, version: card.version, calibration: fitted, client: null };
    const verdicts = new Verdicts({ ...release, runtime, degraded: [], shadow: null }, settings);
    let sum = 0;
    for (const look of looks) sum += verdicts.of(look, [], null).text.length;
    return sum;
  },
};

/** Each event's facts, features and rules in turn, before any is scored. */
function examineAll(events: readonly Happened[]): Pick<Batch, "rows" | "examined"> {
  const rows = new Float32Array(events.length * width);
  const examined = events.map(({ event, known: before, sighting }, index) => {
    const facts = factsOf(event, {}, before, sighting);
    const vector = featureVector(facts, rows.subarray(index * width, (index + 1) * width));
    return examine(facts, vector, settings.rules);
  });
  return { rows, examined };
}

async function scores(rows: Float32Array, rowCount: number): Promise<Float32Array> {
  const [raw] = await (await (session ??= createOrtSession(bytes, [FOREST_OUTPUT]))).run(rows, rowCount);
  if (raw === undefined) throw new Error("ONNX Runtime gave no scores");
  return raw;
}

function assessAll(examined: readonly Examined[], raw: Float32Array): number {
  let sum = 0;
  for (const [index, one] of examined.entries()) {
    const model = { raw: raw[index] ?? 0, version: card.version };
    sum += assessExamined(one, model, fitted, settings, []).score;
  }
  return sum;
}

let happened: Happened[] = [];

/**
 * POST takes the events of a shop, of which the last are assessed. `?part=NAME&batch=N&events=N&runs=M` does a part for the last events,
 * so many at a time, M times, after which it answers; the caller holds the clock.
 */
export default {
  async fetch(request) {
    if (request.method === "POST") {
      const memory = newMemory();
      const events: KeptEvent[] = await request.json();
      happened = events.map((event) => ({
        event,
        known: recallAll(memory, event, {}),
        sighting: sightingOf(event, {}),
      }));
      return new Response(null, { status: 204 });
    }
    const query = new URL(request.url).searchParams;
    const part = PARTS[query.get("part") ?? ""];
    if (part === undefined) return new Response(null, { status: 404 });
    const batches = await batchesOf(happened.slice(-Number(query.get("events"))), Number(query.get("batch")));
    let sum = 0;
    for (let run = 0; run < Number(query.get("runs")); run++) for (const batch of batches) sum += await part(batch);
    return Response.json({ sum });
  },
} satisfies ExportedHandler<object>;

async function batchesOf(all: readonly Happened[], size: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let at = 0; at < all.length; at += size) {
    const events = all.slice(at, at + size);
    const { rows, examined } = examineAll(events);
    batches.push({ events, rows, examined, raw: await scores(rows, events.length) });
  }
  return batches;
}
