import type { LocalWorkers } from "../local/workers.ts";

const ANSWER_DEADLINE_MS = 30_000;

/** The JavaScript heap of the edge's isolate, Durable Objects included. */
export interface Heap {
  /** What is in use after a garbage collection: what the process holds beyond that is the engine's choice. */
  usedBytes(): Promise<number>;
  close(): void;
}

interface Reply {
  id?: number;
  result?: { usedSize?: number };
}

/** @param workers started with `inspect` */
export async function openHeap({ miniflare }: LocalWorkers): Promise<Heap> {
  const inspector = await miniflare.getInspectorURL();
  const listed = await fetch(new URL(`http://${inspector.host}/json`));
  const targets = (await listed.json()) as { id: string; webSocketDebuggerUrl: string }[]; // the inspector's own list
  const target = targets.find(({ id }) => id.includes("pulseecom-edge"));
  if (target === undefined) throw new Error("the inspector does not list the edge");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the inspector refuses")), { once: true });
  });
  let asked = 0;
  const ask = (method: string) =>
    new Promise<Reply>((resolve, reject) => {
      const id = ++asked;
      const timer = setTimeout(() => reject(new Error(`the inspector does not answer ${method}`)), ANSWER_DEADLINE_MS);
      const listen = ({ data }: MessageEvent) => {
        const reply = JSON.parse(String(data)) as Reply; // of the inspector's protocol
        if (reply.id !== id) return;
        clearTimeout(timer);
        socket.removeEventListener("message", listen);
        resolve(reply);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async usedBytes() {
      await ask("HeapProfiler.collectGarbage");
      const { result } = await ask("Runtime.getHeapUsage");
      if (result?.usedSize === undefined) throw new Error("the inspector does not tell the heap's size");
      return result.usedSize;
    },
    close: () => socket.close(),
  };
}
