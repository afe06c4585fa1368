/**
 * The thread PGlite runs in, so that a long statement does not hold up the process that relays
 * traffic. Its parent asks for a connection by sending one end of a MessageChannel, over which the
 * bytes of the Postgres wire protocol then go both ways. pglite.ts holds the parent's end.
 */
import { PGlite } from "@electric-sql/pglite";
import { MessagePort, parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { CLOSE, CONNECTED, READY } from "./pglite-messages.ts";

const FromParent = z.union([z.literal(CLOSE), z.instanceof(MessagePort)]);
const Bytes = z.instanceof(Uint8Array);

const parent = parentPort;
if (parent === null) throw new Error("pglite-thread.ts only runs as a worker thread");
const { dataDir } = z.object({ dataDir: z.string().optional() }).parse(workerData);
const database = await (dataDir === undefined ? PGlite.create() : PGlite.create({ dataDir }));

let previous: Promise<void> = Promise.resolve();
/** One thing at a time. A failure is left unhandled: it ends the thread, and the parent is told. */
const next = (work: () => Promise<void>) => {
  previous = previous.then(work);
};

let connection: MessagePort | undefined;

const connect = async (port: MessagePort) => {
  // PGlite has a single session for ever; each connection must find it as a new one would be.
  connection?.close();
  connection = port;
  await database.exec("ROLLBACK");
  await database.exec("DISCARD ALL");
  let open = true;
  port.on("close", () => {
    open = false;
  });
  port.on("message", (message: unknown) =>
    next(async () => {
      if (!open) return;
      const answer = (await database.execProtocolRaw(Bytes.parse(message))).slice();
      port.postMessage(answer, [answer.buffer]);
    }),
  );
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage(CONNECTED);
};

const close = async () => {
  connection?.close();
  await database.close();
  parent.close();
};

parent.on("message", (message: unknown) => {
  const request = FromParent.parse(message);
  next(() => (request === CLOSE ? close() : connect(request)));
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parent.postMessage(READY);
