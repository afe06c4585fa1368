import { connect, type Socket } from "node:net";
import { percentileOf } from "../local/percentile.ts";

/** What a load run found. Times in milliseconds. */
export interface LoadResult {
  requests: number;
  requestsPerSecond: number;
  latencyMsP50: number;
  latencyMsP95: number;
  latencyMsP99: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

interface Load {
  url: URL;
  path: string;
  headers: Record<string, string>;
  /** The nth request's body. Bytes are not written to before its answer is there. */
  body(index: number): string | Buffer;
  connections: number;
  durationMs: number;
  /** No more than so many. */
  requests?: number;
  /** Requests a second to keep to; as fast as answers come when not given. */
  rate?: number;
  /** Whether the body of an answer is what it should be: asked of one in 16, as reading them all would be the client's load. */
  isGood?(answer: string): boolean;
}

const LOOKED_AT = 16;

/**
 * Posts bodies over keep-alive connections, one request at a time on each, until the time is up.
 *
 * Speaks HTTP/1.1 on bare sockets, so that the client costs little beside the server it shares the machine with. With a rate, a
 * request's latency counts from the time it was due, so a stall is not hidden by sending less.
 *
 * @throws Error for an answer that is not good
 */
export async function load(run: Load): Promise<LoadResult> {
  const startMs = performance.now();
  const endMs = startMs + run.durationMs;
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const client = async () => {
    const connection = await openConnection(run.url);
    for (;;) {
      const index = next++;
      const dueMs = run.rate === undefined ? performance.now() : startMs + (index * 1000) / run.rate;
      if (dueMs >= endMs || index >= (run.requests ?? Infinity)) break;
      if (dueMs > performance.now()) await sleep(dueMs - performance.now());
      const fromMs = Math.min(dueMs, performance.now()); // a timer may go off a little early
      const { status, text } = await connection.request(run.path, run.headers, run.body(index));
      latencies.push(performance.now() - fromMs);
      if (index % LOOKED_AT === 0 && run.isGood?.(text()) === false)
        throw new Error(`an answer of ${run.path} is not good: ${text().slice(0, 500)}`);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: run.connections }, client));
  const seconds = (performance.now() - startMs) / 1000;
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    latencyMsP50: quantile(latencies, 0.5),
    latencyMsP95: quantile(latencies, 0.95),
    latencyMsP99: quantile(latencies, 0.99),
    statuses,
  };
}

/** @throws Error for any other answer: a path that refuses is fast, so such a run is worth nothing */
export function requireAll({ statuses }: LoadResult, expected: string): void {
  const others = Object.entries(statuses).filter(([status]) => status !== expected);
  if (others.length > 0)
    throw new Error(`unexpected answers: ${others.map(([status, count]) => `${count} × ${status}`).join(", ")}`);
}

/** NaN of an empty list, which no figure may hide. */
export function quantile(values: readonly number[], share: number): number {
  return percentileOf(values, share) ?? NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface Answer {
  status: number;
  /** The body, when it is asked for: most are not read. */
  text(): string;
}

export interface Connection {
  /** One at a time. */
  request(path: string, headers: Record<string, string>, body: string | Buffer): Promise<Answer>;
  close(): void;
}

/** An answer that takes longer fails the run: a bench must not hang. */
const ANSWER_DEADLINE_MS = 30_000;

/** A keep-alive connection. @throws Error when it cannot be made */
export async function openConnection(url: URL): Promise<Connection> {
  const socket = await dial(url);
  let received = Buffer.alloc(0);
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;
  const fail = (error: Error) => waiting?.reject(error);
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = completeAnswer(received);
    if (answer === null) return;
    received = received.subarray(answer.length);
    waiting?.resolve(answer);
  });
  return {
    request(path, headers, body) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
      const head = `POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\n${lines.join("")}${length}\r\n`;
      if (typeof body === "string") socket.write(head + body);
      else {
        socket.cork();
        socket.write(head);
        socket.write(body);
        socket.uncork();
      }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("no answer in time")), ANSWER_DEADLINE_MS);
        waiting = {
          resolve: (answer) => (clearTimeout(timer), resolve(answer)),
          reject: (error) => (clearTimeout(timer), reject(error)),
        };
      });
    },
    close() {
      waiting = null;
      socket.destroy();
    },
  };
}

function dial(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** The answer at the head of a buffer and its length, or null while it is not whole. */
function completeAnswer(buffer: Buffer): (Answer & { length: number }) | null {
  const headEnd = buffer.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const head = buffer.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + 4;
  if (head.includes("transfer-encoding: chunked")) {
    const end = buffer.indexOf("0\r\n\r\n", bodyStart);
    return end < 0 ? null : { status, length: end + 5, text: () => unchunked(buffer.subarray(bodyStart, end)) };
  }
  const length = bodyStart + Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  return buffer.length < length ? null : { status, length, text: () => buffer.toString("utf8", bodyStart, length) };
}

/** A body of parts, each after a line with its length. */
function unchunked(body: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf("\r\n", at);
    const end = lineEnd + 2 + Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    parts.push(body.subarray(lineEnd + 2, end));
    at = end + 2;
  }
  return Buffer.concat(parts).toString("utf8");
}
