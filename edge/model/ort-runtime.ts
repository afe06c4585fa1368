import * as ort from "onnxruntime-web/wasm";
import { WASM_MARKER, withCompiledWasm } from "./compiled-wasm.ts";
import ortModule from "../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm";

/**
 * ONNX Runtime inside a Worker, where WebAssembly may not be compiled at run time.
 *
 * The wasm is imported as a compiled module. ORT has no way to be given one: it is handed a marker for its binary, which
 * `withCompiledWasm` answers with the imported module while ORT makes its first session.
 */

export interface OrtSession {
  /** What each output is for rows laid end to end, in the order in which they were named. One run at a time. */
  run(rows: Float32Array, rowCount: number): Promise<Float32Array[]>;
  release(): Promise<void>;
}

let initialised = false;
let initialising = false;

/**
 * @param outputs names of the model's outputs that are wanted, each one number a row
 * @throws Error when ORT cannot start, does not take the model, or is starting already
 */
export async function createOrtSession(onnx: Uint8Array, outputs: readonly string[]): Promise<OrtSession> {
  if (initialised) return wrap(await ort.InferenceSession.create(onnx, SESSION_OPTIONS), outputs);
  if (initialising) throw new Error("ONNX Runtime is being started by another request");
  initialising = true;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = WASM_MARKER;
  try {
    const create = () => ort.InferenceSession.create(onnx, SESSION_OPTIONS);
    return wrap(await withCompiledWasm(ortModule, create, () => (initialised = true)), outputs);
  } finally {
    initialising = false;
  }
}

const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ["wasm"],
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};

function wrap(session: ort.InferenceSession, outputs: readonly string[]): OrtSession {
  const [input] = session.inputNames;
  if (input === undefined) throw new Error("the model has no input");
  return {
    async run(rows, rowCount) {
      const tensor = new ort.Tensor("float32", rows, [rowCount, rows.length / rowCount]);
      const results = await session.run({ [input]: tensor }, outputs);
      return outputs.map((output) => {
        const scores = results[output];
        if (scores?.type !== "float32" || scores.size !== rowCount)
          throw new Error("the model gave no number for each row");
        return scores.data as Float32Array; // the type was just checked
      });
    },
    release: () => session.release(),
  };
}
