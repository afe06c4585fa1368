import { scoreForest } from "../../shared/forest.ts";
import type { Calibration } from "../../shared/calibration.ts";
import type { Release } from "./active.ts";
import { goldenRows, isGolden, verifyModel, type Artefact, type VerifiedModel } from "./load.ts";
import type { OrtSession } from "./ort-runtime.ts";

export interface Scores {
  /** One per row, 0..1; null when no model could score. */
  raw: Float32Array | null;
  version: string | null;
  calibration: Calibration;
  runtime: "ort" | "plain" | "none";
  degraded: string[];
}

export interface Scorer {
  score(rows: Float32Array, rowCount: number): Promise<Scores>;
  /** Looks for a newer model when it is time to; done beside the answers, never before them. Never throws. */
  refresh(): Promise<void>;
  /** What would score now. */
  status(): Promise<{ model: string | null; calibration: string; runtime: Scores["runtime"] }>;
}

export interface Sources {
  bundled: Artefact;
  /** Calibration to use when not even the bundled model can be read. */
  bundledCalibration: Calibration;
  /** The active model's release, null when none was released. Throws when it cannot be read. */
  fetchActive(): Promise<Release | null>;
  createSession(onnx: Uint8Array): Promise<OrtSession>;
  sha256Hex(bytes: Uint8Array): Promise<string>;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
}

/** A verified model of another release than the one in place. */
interface Newer {
  next: VerifiedModel;
  id: string;
}

/**
 * How often an isolate looks for a newer model, and tries to start ONNX Runtime when it is not up. With KV's own delay a release is
 * everywhere within 2 minutes.
 */
const REFRESH_MS = 30_000;
const ANSWER_FIRST_MS = 10;

/**
 * Holds the model that scores, and swaps it when a newer one was released.
 *
 * The bundled model answers at once through the plain reader; ONNX Runtime takes over when it is up. A model that does not verify is
 * refused: the last good one goes on and its refusal is named in `degraded`; without any, the rules answer alone. A model that
 * cannot be fetched is looked for again: the last good one goes on.
 */
export function createScorer(sources: Sources): Scorer {
  let model: VerifiedModel | null = null;
  let session: OrtSession | null = null;
  let bundled: Promise<VerifiedModel | null> | null = null;
  let checkedMs = -Infinity;
  let releaseId: string | null = null;
  let refused: { id: string; version: string } | null = null;
  let running: Promise<unknown> = Promise.resolve();

  /** Requests may share the reading of the bundled model: it waits for nothing outside this isolate. */
  async function current(): Promise<VerifiedModel | null> {
    if (model !== null) return model;
    bundled ??= readBundled();
    const read = await bundled;
    // A released model may be in place by now.
    model ??= read;
    return model;
  }

  async function readBundled(): Promise<VerifiedModel | null> {
    try {
      return await verifyModel(sources.bundled, sources.sha256Hex);
    } catch (error) {
      sources.log({ event: "model-refused", model: "bundled", reason: reasonOf(error) });
      return null;
    }
  }

  /** A session that gives the golden rows their scores, or null: the plain reader then goes on. */
  async function startSession({ card, onnx }: VerifiedModel): Promise<OrtSession | null> {
    try {
      const started = await sources.createSession(onnx);
      const scores = await runOrt(started, goldenRows(card), card.golden.rows.length).catch(() => null);
      if (scores !== null && isGolden(card, scores)) return started;
      release(started);
      throw new Error("the golden rows do not score as on the card");
    } catch (error) {
      sources.log({ event: "ort-failed", model: card.version, reason: reasonOf(error) });
      return null;
    }
  }

  /** ORT's session takes one run at a time, so runs queue behind each other. */
  function runOrt(ort: OrtSession, rows: Float32Array, rowCount: number): Promise<Float32Array> {
    const run = running.then(() => ort.run(rows, rowCount));
    running = run.catch(() => undefined);
    return run;
  }

  /** Frees a session that no request will pick up any more, behind the runs it still has queued. */
  function release(old: OrtSession): void {
    running = running.then(() => old.release()).catch(() => undefined);
  }

  /** The released model when it is another than the one in place and verifies; else null. Throws when it cannot be fetched. */
  async function newer(): Promise<Newer | null> {
    const active = await sources.fetchActive();
    if (active === null || active.id === releaseId) {
      refused = null;
      return null;
    }
    if (active.id === refused?.id) return null;
    const artefact = await active.artefact();
    try {
      const next = await verifyModel(artefact, sources.sha256Hex);
      if (next.card.version !== active.version) throw new Error("the card names another version");
      return { next, id: active.id };
    } catch (error) {
      refused = { id: active.id, version: active.version };
      sources.log({ event: "model-refused", model: active.version, reason: reasonOf(error) });
      return null;
    }
  }

  /** Model and session change in one step, so that no request meets one without the other. */
  function swap({ next, id }: Newer, nextSession: OrtSession | null): void {
    const previous = session;
    model = next;
    session = nextSession;
    releaseId = id;
    refused = null;
    if (previous !== null) release(previous);
  }

  return {
    async score(rows, rowCount) {
      // Without a wait in between where there is a model: it and its session are taken in one step.
      const verified = model ?? (await current());
      const degraded = refused === null ? [] : [`model:${refused.version}`];
      if (verified === null) {
        return {
          raw: null,
          version: null,
          calibration: sources.bundledCalibration,
          runtime: "none",
          degraded: [...degraded, "model"],
        };
      }
      const { calibration } = verified;
      const { version } = verified.card;
      const ort = model === verified ? session : null;
      if (ort !== null) {
        try {
          return { raw: await runOrt(ort, rows, rowCount), version, calibration, runtime: "ort", degraded };
        } catch (error) {
          // Several runs may fail in a row; the first of them lets the session go.
          if (session === ort) {
            session = null;
            release(ort);
          }
          sources.log({ event: "ort-failed", model: version, reason: reasonOf(error) });
        }
      }
      return { raw: scoreForest(verified.forest, rows, rowCount), version, calibration, runtime: "plain", degraded };
    },

    async refresh() {
      const nowMs = sources.nowMs();
      if (nowMs - checkedMs < REFRESH_MS) return;
      checkedMs = nowMs;
      // Starting ORT holds the isolate's one thread for a good while: the answer that asked for this goes out first.
      await new Promise<void>((resolve) => setTimeout(resolve, ANSWER_FIRST_MS));
      const verified = await current();
      let found: Newer | null = null;
      try {
        found = await newer();
      } catch (error) {
        // KV or R2 cannot be read: what is loaded goes on, the next look is in half a minute.
        sources.log({ event: "model-check-failed", reason: reasonOf(error) });
      }
      if (found !== null) {
        swap(found, await startSession(found.next));
        sources.log({ event: "model-swapped", model: found.next.card.version });
      } else if (verified !== null && session === null) {
        const started = await startSession(verified);
        if (model === verified) session = started;
        else if (started !== null) release(started);
      }
    },

    async status() {
      const verified = await current();
      return {
        model: verified?.card.version ?? null,
        calibration: verified?.calibration.version ?? sources.bundledCalibration.version,
        runtime: verified === null ? "none" : session === null ? "plain" : "ort",
      };
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
