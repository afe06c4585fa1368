import onnx from "../../models/global@v0.onnx";
import card from "../../models/global@v0.card.json";
import { createOrtSession } from "../../edge/model/ort-runtime.ts";
import { readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";

const bytes = new Uint8Array(onnx);
const width = card.features.length;
const { forest } = readForestOnnx(bytes);
let session: ReturnType<typeof createOrtSession> | undefined;

/** `?reader=ort|plain&rows=N&runs=M`: scores N rows M times, after which it answers; the caller holds the clock. */
export default {
  async fetch(request) {
    const query = new URL(request.url).searchParams;
    const rowCount = Number(query.get("rows"));
    const runs = Number(query.get("runs"));
    const rows = goldenRows(rowCount);
    let sum = 0;
    if (query.get("reader") === "ort") {
      const ort = await (session ??= createOrtSession(bytes));
      for (let run = 0; run < runs; run++) sum += (await ort.run(rows, rowCount))[0] ?? 0;
    } else {
      for (let run = 0; run < runs; run++) sum += scoreForest(forest, rows, rowCount)[0] ?? 0;
    }
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
