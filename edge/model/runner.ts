import { isGolden } from "../../shared/verify-release.ts";
import type { OrtSession } from "./ort-runtime.ts";

/** Measured by `npm run bench -- scoring`: a call to ONNX Runtime costs 11 µs and saves some 0.4 a row on the plain reader. */
export const DIRECT_ROWS = 16;

/** A verified model as it can be run. */
export interface Runnable {
  version: string;
  onnx: Uint8Array;
  /** Names of its outputs, each a number a row. */
  outputs: readonly string[];
  /** Rows laid end to end, and what each output is for them. */
  golden: { rows: Float32Array; rowCount: number; outputs: readonly (readonly number[])[] };
  /** The plain reader. */
  score(rows: Float32Array, rowCount: number): Float32Array[];
}

export interface Run {
  /** One array for each output, in their order. */
  outputs: Float32Array[];
  by: "ort" | "plain";
}

/**
 * A model that scores: by ONNX Runtime while that is up, by the plain reader whenever it is not, and for up to `directRows` rows at a
 * time: what a call to ONNX Runtime costs, so few rows do not win back. Both are held to the golden rows of the model's card.
 */
export interface Runner {
  run(rows: Float32Array, rowCount: number): Promise<Run>;
  isUp(): boolean;
  /** Starts ONNX Runtime where it is not up. Never throws: the plain reader goes on. */
  start(): Promise<void>;
  /** Lets ONNX Runtime's session go, behind the runs it still has queued. Whoever still runs the model has the plain reader. */
  stop(): void;
}

export interface Runtime {
  /** So many rows or fewer go to the plain reader although ONNX Runtime is up; 0 for none. */
  directRows: number;
  /** @throws Error when ONNX Runtime cannot start or does not take the model */
  createSession(onnx: Uint8Array, outputs: readonly string[]): Promise<OrtSession>;
  log(line: Record<string, unknown>): void;
}

/** Makes runners that share the one thread there is. */
export function createRunners({ directRows, createSession, log }: Runtime): (model: Runnable) => Runner {
  let running: Promise<unknown> = Promise.resolve();

  /** ONNX Runtime takes one run at a time, so runs queue behind each other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = running.then(work);
    running = done.catch(() => undefined);
    return done;
  }

  function release(session: OrtSession): void {
    void inTurn(() => session.release()).catch(() => undefined);
  }

  /** A session that gives the golden rows their outputs. */
  async function golden({ onnx, outputs, golden: { rows, rowCount, outputs: promised } }: Runnable) {
    const session = await createSession(onnx, outputs);
    const scored = await inTurn(() => session.run(rows, rowCount)).catch(() => []);
    if (promised.every((numbers, output) => isGolden(numbers, scored[output] ?? new Float32Array()))) return session;
    release(session);
    throw new Error("the golden rows do not score as on the card");
  }

  return (model) => {
    let session: OrtSession | null = null;
    let isStopped = false;

    function fail(error: unknown): void {
      log({ event: "ort-failed", model: model.version, reason: error instanceof Error ? error.message : "unknown" });
    }

    return {
      async run(rows, rowCount) {
        const ort = session;
        if (ort !== null && rowCount > directRows) {
          try {
            const outputs = await inTurn(() => ort.run(rows, rowCount));
            if (!outputs.every((output) => output.every(Number.isFinite))) throw new Error("a score is no number");
            return { outputs, by: "ort" };
          } catch (error) {
            // Several runs may fail in a row; the first of them lets the session go.
            if (session === ort) {
              session = null;
              release(ort);
            }
            fail(error);
          }
        }
        return { outputs: model.score(rows, rowCount), by: "plain" };
      },
      isUp: () => session !== null,
      async start() {
        if (session !== null || isStopped) return;
        try {
          const started = await golden(model);
          // It may have been stopped, or started by another, meanwhile.
          if (session === null && !isStopped) session = started;
          else release(started);
        } catch (error) {
          fail(error);
        }
      },
      stop() {
        isStopped = true;
        if (session !== null) release(session);
        session = null;
      },
    };
  };
}
