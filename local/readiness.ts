import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";

/** How long the Workers may take to answer that they are ready. */
const DEADLINE_MS = 30_000;
/** How long ONNX Runtime is waited for once the edge is ready without it: its first start compiles 14 MB. */
const ORT_DEADLINE_MS = 10_000;
const ASK_DEADLINE_MS = 5_000;
const POLL_MS = 100;

const EdgeReady = z.object({
  status: z.literal("ready"),
  model: z.string().nullable(),
  runtime: z.enum(["ort", "plain", "none"]),
});
export type EdgeReady = z.infer<typeof EdgeReady>;
const AggregatorReady = z.object({ status: z.literal("ready") });

/**
 * Wait until both Workers answer `/readyz`, and the edge until ONNX Runtime scores; after 10 s it goes on with the plain reader.
 *
 * @returns what scores at the edge
 * @throws Error, naming the Worker and its last answer, when one is not ready within 30 s; the signal's reason when it aborts
 */
export async function untilReady(edge: URL, aggregator: URL, signal: AbortSignal): Promise<EdgeReady> {
  const endMs = performance.now() + DEADLINE_MS;
  await poll("aggregator", aggregator, AggregatorReady, endMs, signal);
  let ready = await poll("edge", edge, EdgeReady, endMs, signal);
  const ortEndMs = performance.now() + ORT_DEADLINE_MS;
  while (ready.runtime === "plain" && performance.now() < ortEndMs) {
    await wait(POLL_MS, undefined, { signal });
    ready = await poll("edge", edge, EdgeReady, ortEndMs, signal);
  }
  return ready;
}

async function poll<T>(
  name: string,
  worker: URL,
  schema: z.ZodType<T>,
  endMs: number,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const answer = await ask(new URL("/readyz", worker), signal);
    const ready = schema.safeParse(answer.body);
    if (ready.success) return ready.data;
    if (performance.now() > endMs) throw new Error(`the ${name} did not become ready; at last: ${answer.words}`);
    await wait(POLL_MS, undefined, { signal });
  }
}

/** Never rejects, unless `signal` aborts. */
async function ask(url: URL, signal: AbortSignal): Promise<{ body: unknown; words: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_DEADLINE_MS)]) });
    const text = await response.text();
    return { body: response.ok ? JSON.parse(text) : null, words: `${response.status} ${text}` };
  } catch (error) {
    signal.throwIfAborted();
    return { body: null, words: error instanceof Error ? error.message : "no answer" };
  }
}
