import * as z from "zod";
import { FEATURES } from "../../shared/features/features.ts";
import { laidEndToEnd } from "../../shared/fit.ts";
import type { LearningRow } from "./row.ts";

const WIDTH = FEATURES.length;
const LENGTH_BYTES = 4;
const FLOAT_BYTES = 4;

/** All of a row but its vector. */
const Kept = z.tuple([
  z.string(),
  z.number(),
  z.boolean(),
  z.record(z.string(), z.number()),
  z.enum(["fraud", "legitimate"]).nullable(),
  z.number().nullable(),
  z.number(),
  z.number().nullable(),
  z.string().nullable(),
]);
type Kept = z.infer<typeof Kept>;

const Head = z.object({ v: z.literal(1), width: z.literal(WIDTH), rows: z.array(Kept) });

/** Rows as one file: how long the head is, the head as JSON padded to whole floats, then the vectors laid end to end. */
export function writePage(rows: readonly LearningRow[]): Uint8Array {
  const kept = rows.map((row): Kept => {
    const { id, atMs, isPayment, rules, label, draw, weight, value, currency } = row;
    return [id, atMs, isPayment, rules, label, draw, weight, value, currency];
  });
  const text = new TextEncoder().encode(JSON.stringify({ v: 1, width: WIDTH, rows: kept }));
  const vectors = laidEndToEnd(
    rows.map(({ vector }) => vector),
    WIDTH,
  );
  const headBytes = Math.ceil(text.length / FLOAT_BYTES) * FLOAT_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + headBytes + vectors.byteLength).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setUint32(0, headBytes, true);
  bytes.set(text, LENGTH_BYTES);
  bytes.set(new Uint8Array(vectors.buffer), LENGTH_BYTES + headBytes);
  return bytes;
}

/** @throws Error when it is no page of these features */
export function readPage(bytes: Uint8Array): LearningRow[] {
  const whole = bytes.slice(); // at the beginning of a buffer of its own, where floats may lie
  const headBytes = new DataView(whole.buffer).getUint32(0, true);
  const text = new TextDecoder().decode(whole.subarray(LENGTH_BYTES, LENGTH_BYTES + headBytes));
  const { rows } = Head.parse(JSON.parse(text));
  const vectors = new Float32Array(whole.buffer, LENGTH_BYTES + headBytes, rows.length * WIDTH);
  return rows.map(([id, atMs, isPayment, rules, label, draw, weight, value, currency], index) => {
    const vector = vectors.subarray(index * WIDTH, (index + 1) * WIDTH);
    return { id, atMs, isPayment, vector, rules, label, draw, weight, value, currency };
  });
}
