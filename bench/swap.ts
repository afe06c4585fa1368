import { ACTIVE_ENTRY, type ReleasePointer } from "../shared/release-pointer.ts";
import { testRelease, type TestRelease } from "../shared/test-release.ts";
import type { LocalWorkers } from "../local/workers.ts";
import { openHeap } from "./heap.ts";
import { median, quantile, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { startEdgeAlone, untilOrt } from "./stand.ts";
import { traffic } from "./traffic.ts";
import { residentBytes } from "./processes.ts";

export const SWAPS = 20;
const SENDERS = 4;
/** What the isolates look for a release by: a swap is waited for, not the time until the next look. */
export const SWAP_VARS = { MODEL_REFRESH_MS: "100" };
const QUIET_MS = 5_000;
/** After the first answer by a new release: what waited for it is answered by then. */
const AFTER_MS = 300;
const SWAP_DEADLINE_MS = 30_000;
const POLL_MS = 20;
/** Caches and compiled code fill in the first few swaps. */
const FILLING_SWAPS = 4;
const MORE_MOST = 1.1;
/** As large as those that are trained: see shared/forest-train.ts and shared/client-train.ts. */
const SIZE = { trees: 100, depth: 8, rows: 2_000 };

interface Answer {
  atMs: number;
  tookMs: number;
  isFailed: boolean;
  model: string | null;
  /** Forest, client model and calibration. */
  names: string;
}

interface Uploaded {
  pointer: ReleasePointer;
  calibration: string;
}

/** Releases that are swapped while requests come in: what a swap costs whoever asks meanwhile, and what is left of it in memory. */
export async function swap(folder: string): Promise<Report> {
  const { workers, key, stop } = await startEdgeAlone(folder, { inspect: true, edgeVars: SWAP_VARS });
  try {
    await untilOrt(workers.edge);
    const releases = await uploadReleases(workers);
    const ask = asking(workers.edge, key);
    return {
      name: "swap",
      about: `${SWAPS} swaps between two releases of ${SIZE.trees} trees and a client model, ${SENDERS} requests at a time; as many again for memory`,
      rows: [...(await underLoad(workers, releases, ask)), ...(await inMemory(workers, releases, ask))],
    };
  } finally {
    await stop();
  }
}

type Rows = Report["rows"];

/** What those are answered who ask around a swap. */
async function underLoad(
  workers: LocalWorkers,
  releases: readonly Uploaded[],
  ask: () => Promise<Answer>,
): Promise<Rows> {
  const answers: Answer[] = [];
  const load = { isOver: false };
  const sender = async () => {
    while (!load.isOver) answers.push(await ask());
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, sender));
  const quiet = await during(answers, () => sleep(QUIET_MS));
  const tookMs: number[] = [];
  const around: Answer[] = [];
  for (let turn = 0; turn < SWAPS; turn++) {
    const { pointer } = turnOf(releases, turn);
    const swapping = await during(answers, async () => {
      const startMs = performance.now();
      await point(workers, pointer);
      await until(async () => {
        await sleep(POLL_MS);
        return answers.at(-1)?.model === pointer.version;
      });
      tookMs.push(performance.now() - startMs);
      await sleep(AFTER_MS);
    });
    around.push(...swapping);
  }
  load.isOver = true;
  await senders;
  return [
    countRow("answers, of which failed", answers, ({ isFailed }) => isFailed),
    countRow("answers, of which unscored", answers, ({ model }) => model === null),
    countRow("answers, of which by no release as it was made", answers, ({ names }) => !isWhole(names, releases)),
    {
      what: "from pointer to first answer by it, median and longest",
      figure: `${median(tookMs).toFixed(0)} ms, ${Math.max(...tookMs).toFixed(0)} ms`,
    },
    { what: "answers while nothing is swapped, P99 and longest", figure: slowest(quiet) },
    { what: "answers around a swap, P99 and longest", figure: slowest(around) },
  ];
}

/** What is left of each swap. Hardly anything else is asked meanwhile: what traffic leaves behind would hide it. */
export async function inMemory(
  workers: LocalWorkers,
  releases: readonly Uploaded[],
  ask: () => Promise<Answer>,
): Promise<Rows> {
  const heap = await openHeap(workers);
  const heaps: number[] = [];
  const residents: number[] = [];
  try {
    for (let turn = 0; turn < SWAPS; turn++) {
      const { pointer } = turnOf(releases, turn);
      await point(workers, pointer);
      await until(async () => {
        await sleep(POLL_MS);
        return (await ask()).model === pointer.version;
      });
      heaps.push((await heap.usedBytes()) / 2 ** 20);
      residents.push(residentBytes() / 2 ** 20);
    }
  } finally {
    heap.close();
  }
  return [
    memoryRow("heap of the edge after a collection", heaps),
    memoryRow("memory of the runtime's process, ONNX Runtime's included", residents),
  ];
}

function turnOf(releases: readonly Uploaded[], turn: number): Uploaded {
  return releases[turn % releases.length] as Uploaded; // there are some
}

/** One order after the other, each sent when it is called for. */
export function asking(edge: URL, key: string): () => Promise<Answer> {
  const body = traffic();
  let sent = 0;
  return () => send(edge, key, body(sent++));
}

/** Two releases to swap between. */
export function uploadReleases(workers: LocalWorkers): Promise<Uploaded[]> {
  return Promise.all([1, 2].map((seed) => uploadRelease(workers, seed)));
}

/** Puts a release as large as those that are trained where the edge finds it. */
async function uploadRelease(workers: LocalWorkers, seed: number): Promise<Uploaded> {
  const release = await testRelease({ version: `global@v${seed}`, client: `client@v${seed}`, seed, ...SIZE });
  const client = release.client as NonNullable<TestRelease["client"]>; // it was asked for
  const file = (name: string) => `${seed}/${name}`;
  const models = await workers.miniflare.getR2Bucket("MODELS", "pulseecom-edge");
  await models.put(file("model.onnx"), release.onnx);
  await models.put(file("model.json"), JSON.stringify(release.card));
  await models.put(file("calibration.json"), JSON.stringify(release.calibration));
  await models.put(file("client.onnx"), client.onnx);
  await models.put(file("client.json"), JSON.stringify(client.card));
  return {
    calibration: release.calibration.version,
    pointer: {
      v: 2,
      release: `rel_${seed}`,
      version: release.card.version,
      onnx: file("model.onnx"),
      card: file("model.json"),
      calibration: file("calibration.json"),
      client: { version: client.card.version, onnx: file("client.onnx"), card: file("client.json") },
    },
  };
}

async function point(workers: LocalWorkers, pointer: ReleasePointer): Promise<void> {
  const config = await workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  await config.put(ACTIVE_ENTRY, JSON.stringify(pointer));
}

interface Taken {
  assessment?: { model: string | null; client_model: string | null; calibration: string };
}

async function send(edge: URL, key: string, body: string): Promise<Answer> {
  const atMs = performance.now();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(new URL("/v1/events", edge), { method: "POST", headers, body });
  const { assessment } = (await answer.json()) as Taken; // the form of the route's answer
  const { model = null, client_model = null, calibration = "" } = assessment ?? {};
  return {
    atMs,
    tookMs: performance.now() - atMs,
    isFailed: answer.status !== 202,
    model,
    names: namesOf(model, client_model, calibration),
  };
}

function namesOf(model: string | null, client: string | null, calibration: string): string {
  return [model, client, calibration].join(" | ");
}

/** Whether an answer's parts are those of one release; a client model is only asked of payments. */
function isWhole(names: string, releases: readonly Uploaded[]): boolean {
  const whole = releases.flatMap(({ pointer: { version, client }, calibration }) =>
    [client?.version ?? null, null].map((asked) => namesOf(version, asked, calibration)),
  );
  return [namesOf("global@v0", null, "global@v0"), ...whole].includes(names);
}

/** The answers to what was asked or waited while something was done. */
async function during(answers: readonly Answer[], work: () => Promise<unknown>): Promise<Answer[]> {
  const startMs = performance.now();
  await work();
  return answers.filter(({ atMs, tookMs }) => atMs + tookMs >= startMs);
}

/** @throws Error when it does not come */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + SWAP_DEADLINE_MS;
  while (!(await isSo())) if (performance.now() > endMs) throw new Error("the edge does not swap");
}

function countRow(
  what: string,
  answers: readonly Answer[],
  counts: (answer: Answer) => boolean,
): Report["rows"][number] {
  const counted = answers.filter(counts).length;
  return { what, figure: `${answers.length}, ${counted}`, target: "0", met: counted === 0 };
}

function slowest(answers: readonly Answer[]): string {
  const tookMs = answers.map((answer) => answer.tookMs);
  return `${quantile(tookMs, 0.99).toFixed(1)} ms, ${Math.max(...tookMs).toFixed(0)} ms`;
}

/** The first half of what comes after the filling beside the second. */
function memoryRow(what: string, megabytes: readonly number[]): Rows[number] {
  const filled = megabytes.slice(FILLING_SWAPS);
  const middle = Math.floor(filled.length / 2);
  const [early, late] = [median(filled.slice(0, middle)), median(filled.slice(middle))];
  return {
    what: `${what}, medians of the first and the last ${middle} swaps`,
    figure: `${early.toFixed(1)} MB, ${late.toFixed(1)} MB`,
    target: "at most 10 % more",
    met: late <= early * MORE_MOST,
  };
}
