import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import clientGolden from "./client-model.v1.numpy.json" with { type: "json" };
import { scoreClient } from "../shared/client-model.ts";
import { readClientOnnx, writeClientOnnx } from "../shared/client-model-onnx.ts";
import forestGolden from "./forest.v1.numpy.json" with { type: "json" };
import { scoreForest } from "../shared/forest.ts";
import { readForestOnnx, writeForestOnnx } from "../shared/forest-onnx.ts";

const fileOf = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const laidOut = (rows: number[][]) => Float32Array.from(rows.flat());

/** Largest difference between scores of ours and of numpy's, which read the same file by ONNX's own definitions (score-onnx.py). */
function distance(ours: Float32Array, golden: readonly number[]): number {
  expect(ours).toHaveLength(golden.length);
  return Math.max(...golden.map((score, row) => Math.abs(score - (ours[row] ?? NaN))));
}

describe("client-model.v1.onnx", () => {
  const file = fileOf("client-model.v1.onnx");

  it("is scored as by a reader that shares no code with ours, to 1e-5", () => {
    const { rows, logistic, boosted } = clientGolden;
    const scores = scoreClient(readClientOnnx(file).model, laidOut(rows), rows.length);
    expect(distance(scores.logistic, logistic)).toBeLessThan(1e-5);
    expect(distance(scores.boosted, boosted)).toBeLessThan(1e-5);
  });

  it("is still written byte for byte as it was first written, because released files are verified by their hash", () => {
    const { model, meta } = readClientOnnx(file);
    expect(writeClientOnnx(model, meta)).toEqual(file);
  });
});

describe("forest.v1.onnx", () => {
  const file = fileOf("forest.v1.onnx");

  it("is scored as by a reader that shares no code with ours, to 1e-6", () => {
    const { rows, score } = forestGolden;
    const scores = scoreForest(readForestOnnx(file).forest, laidOut(rows), rows.length);
    expect(distance(scores, score)).toBeLessThan(1e-6);
  });

  it("is still written byte for byte as it was first written, because released files are verified by their hash", () => {
    const { forest, meta } = readForestOnnx(file);
    expect(writeForestOnnx(forest, meta)).toEqual(file);
  });
});
