import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import { acquireFileLock, type FileLock } from "./file-lock.ts";
import { CLOSE, CONNECTED, READY } from "./pglite-messages.ts";

/** How long PGlite may take to close its files before its thread is ended anyway. */
const CLOSE_DEADLINE_MS = 3_000;

/** First byte of the message a client takes its leave with. */
const TERMINATE = "X".charCodeAt(0);

export interface Pglite {
  /** A socket in the eyes of `pg`. PGlite has one session: a new socket takes it from the old one. */
  socket(): Duplex;
  close(): Promise<void>;
}

/**
 * PGlite in a thread of its own.
 *
 * A socket destroyed while its statement runs (a deadline) ends the thread, as nothing else stops
 * PGlite; the write-ahead log makes that safe, and the next socket opens the folder again. In
 * memory that would lose the data, so there the next socket waits for the statement instead.
 *
 * @param dataDir folder of the database, created when missing; in memory when undefined
 * @throws FileLockedError when another process has the folder open
 */
export async function openPglite(dataDir: string | undefined): Promise<Pglite> {
  const lock = dataDir === undefined ? undefined : lockFolder(dataDir);
  const first = startThread(dataDir);
  try {
    await first.ready;
  } catch (cause) {
    lock?.release();
    throw new Error(`PGlite cannot open ${dataDir ?? "a database in memory"}`, { cause });
  }

  let thread = Promise.resolve(first);
  /** The thread, or the one after it once it has ended: two never have the folder open. */
  const runningThread = () => {
    if (dataDir !== undefined) thread = thread.then((last) => (last.ended() ? startThread(dataDir) : last));
    return thread;
  };
  const endRunaway = (runaway: Worker) => {
    if (dataDir === undefined) return;
    thread = thread.then(async (last) => {
      await runaway.terminate();
      return last;
    });
  };
  return {
    socket: () => new PgliteSocket(runningThread(), endRunaway),
    async close() {
      const { worker, exit } = await thread;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(CLOSE);
      await Promise.race([exit, sleep(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
      await worker.terminate();
      lock?.release();
    },
  };
}

function lockFolder(dataDir: string): FileLock {
  mkdirSync(dirname(dataDir), { recursive: true });
  return acquireFileLock(`${dataDir}.lock`);
}

interface Thread {
  worker: Worker;
  ready: Promise<void>;
  exit: Promise<void>;
  ended(): boolean;
}

function startThread(dataDir: string | undefined): Thread {
  const worker = new Worker(new URL("pglite-thread.ts", import.meta.url), {
    workerData: { dataDir },
  });
  let ended = false;
  const exit = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      ended = true;
      resolve();
    });
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.on("message", (message) => message === READY && resolve());
    // Stays for the thread's life: a later failure must end its sockets, not this process.
    worker.on("error", reject);
    void exit.then(() => reject(new Error("the PGlite thread has ended")));
  });
  ready.catch(() => {});
  return { worker, ready, exit, ended: () => ended };
}

/** What `pg` needs of a `net.Socket`, over a MessagePort to the thread. */
class PgliteSocket extends Duplex {
  readonly #thread: Promise<Thread>;
  readonly #endRunaway: (worker: Worker) => void;
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #answersDue = 0;

  constructor(thread: Promise<Thread>, endRunaway: (worker: Worker) => void) {
    super();
    this.#thread = thread;
    this.#endRunaway = endRunaway;
  }

  connect(): this {
    this.#thread
      .then(({ worker }) => this.#connectTo(worker))
      .catch((error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))));
    return this;
  }

  #connectTo(worker: Worker): void {
    if (this.destroyed) return;
    const { port1, port2 } = new MessageChannel();
    this.#worker = worker;
    this.#port = port1;
    port1.on("message", (message: unknown) => this.#receive(message));
    port1.on("close", () => this.destroy(new Error("PGlite closed the connection")));
    worker.postMessage(port2, [port2]);
    worker.once("exit", this.#threadEnded);
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#port?.ref();
    return this;
  }

  unref(): this {
    this.#port?.unref();
    return this;
  }

  readonly #threadEnded = () => {
    this.destroy(new Error("the PGlite thread has ended"));
  };

  #receive(message: unknown): void {
    if (message === CONNECTED) {
      this.emit("connect");
    } else if (message instanceof Uint8Array) {
      this.#answersDue -= 1;
      this.push(message);
    }
  }

  override _read(): void {
    // Answers are pushed when they come; there is no way to hold PGlite back.
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#worker?.off("exit", this.#threadEnded);
    this.#port?.close();
    if (this.#answersDue > 0 && this.#worker !== undefined) this.#endRunaway(this.#worker);
    done(error);
  }

  #send(bytes: Buffer): void {
    // The session outlives its sockets, so a client's goodbye is not for PGlite.
    if (bytes[0] === TERMINATE) return;
    this.#answersDue += 1;
    // Node's small buffers share one pool, which must not travel: copy, then hand the copy over.
    const copy = new Uint8Array(bytes);
    this.#port?.postMessage(copy, [copy.buffer]);
  }
}
