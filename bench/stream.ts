import { ratioRow } from "./beside-floor.ts";
import { openFrames, type FrameSocket } from "./frames.ts";
import { load, median, requireAll, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { sized } from "./sizes.ts";
import { startEdgeAlone, untilOrt, type EdgeAlone } from "./stand.ts";
import { traffics, type Bodies } from "./traffic.ts";

const ROUNDS = sized("ROUNDS", 9);
const ROUND_MS = 3_000;
const WARM_UP_MS = 4_000;
const STREAMS = 8;
/** Events that a stream has sent and no ack of: it sends the next when an ack comes. */
const UNACKED_MOST = 100;
/** By default a connection may send 100 frames a second: many shoppers on few streams are a server's. */
const VARS = { STREAM_FRAMES_PER_MINUTE: "1000000" };
const HTTP_CONNECTIONS = 32;
const LEAST = 2;

/** Events a second over open WebSockets, beside single events over HTTP in turns, of the same edge. */
export async function stream(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const { what, bodies } of await traffics()) {
    const { http, streamed } = await measure(folder, bodies);
    const ratios = streamed.map((perSecond, round) => perSecond / (http[round] ?? NaN));
    rows.push(
      { what: `${what}, single events over HTTP`, figure: `${median(http).toFixed(0)} events/s` },
      { what: `${what}, WebSocket`, figure: `${median(streamed).toFixed(0)} events/s` },
      ratioRow(`${what}, WebSocket over HTTP`, ratios, LEAST),
    );
  }
  return {
    name: "stream",
    about: `GET /v1/stream, ${STREAMS} connections with at most ${UNACKED_MOST} events unacked each, beside POST /v1/events over ${HTTP_CONNECTIONS}, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
    rows,
  };
}

/** Events a second by round. */
async function measure(folder: string, bodies: Bodies): Promise<{ http: number[]; streamed: number[] }> {
  const edge = await startEdgeAlone(folder, { edgeVars: VARS });
  try {
    await untilOrt(edge.workers.edge);
    let sent = 0;
    const next = () => bodies(sent++);
    await post(edge, next, WARM_UP_MS);
    await push(edge, next, WARM_UP_MS);
    const http: number[] = [];
    const streamed: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      http.push(await post(edge, next, ROUND_MS));
      streamed.push(await push(edge, next, ROUND_MS));
    }
    return { http, streamed };
  } finally {
    await edge.stop();
  }
}

async function post({ workers, key }: EdgeAlone, next: () => string, durationMs: number): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const connections = HTTP_CONNECTIONS;
  const result = await load({ url: workers.edge, path: "/v1/events", headers, body: next, connections, durationMs });
  requireAll(result, "202");
  return result.requestsPerSecond;
}

/** @throws Error when a stream ends early, or anything but an ack of an accepted event comes */
async function push({ workers, key }: EdgeAlone, next: () => string, durationMs: number): Promise<number> {
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => openStream(workers.edge, key, next)));
  const startMs = performance.now();
  await Promise.race([sleep(durationMs), ...streams.map(({ failed }) => failed)]);
  const seconds = (performance.now() - startMs) / 1000;
  const acks = streams.reduce((sum, { acked }) => sum + acked(), 0);
  await Promise.race([Promise.all(streams.map((each) => each.finish())), ...streams.map(({ failed }) => failed)]);
  return acks / seconds;
}

interface Stream {
  acked(): number;
  /** Rejects when something goes wrong. */
  failed: Promise<never>;
  /** Sends no more, and closes when all that was sent is acked. */
  finish(): Promise<void>;
}

async function openStream(edge: URL, key: string, next: () => string): Promise<Stream> {
  const failing = Promise.withResolvers<never>();
  failing.promise.catch(() => undefined); // it may fail while nobody waits for it yet
  const finished = Promise.withResolvers<void>();
  const state = { acked: 0, sent: 0, isOver: false };
  const socket: FrameSocket = await openFrames(new URL("/v1/stream", edge), {
    onText(frame) {
      if (!frame.startsWith('{"type":"ack"') || !frame.includes('"status":"accepted"')) {
        failing.reject(new Error(`a stream was answered ${frame.slice(0, 500)}`));
        return;
      }
      state.acked += 1;
      if (!state.isOver) sendNext();
      else if (state.acked === state.sent) finished.resolve();
    },
    onEnd: (why) => failing.reject(why),
  });
  const sendNext = () => {
    state.sent += 1;
    socket.send(`{"type":"event","event":${next()}}`);
  };
  socket.send(JSON.stringify({ type: "auth", key }));
  for (let count = 0; count < UNACKED_MOST; count++) sendNext();
  return {
    acked: () => state.acked,
    failed: failing.promise,
    async finish() {
      state.isOver = true;
      await finished.promise;
      socket.close();
    },
  };
}
