import { newFields, toJson } from "./json.ts";
import type { Ledger } from "./ledger.ts";
import { BACKOFF_MS, CHUNK_BYTES, CHUNK_EVENTS, HOUR_MS } from "./limits.ts";
import { happenedMs, type Entry } from "./queue.ts";
import type { Store } from "./store.ts";
import type { Transport } from "./transport.ts";
import type { Clock, TakeTurn } from "./turn.ts";
import type { Voice } from "./voice.ts";

export interface DeliveryServices {
  ledger: Ledger;
  store: Store;
  transport: Transport;
  takeTurn: TakeTurn;
  voice: Pick<Voice, "say" | "fail">;
  /** Tells the time, chance, and when it is time. */
  host: Clock & { Math: Pick<Math, "random"> } & Pick<Window, "setTimeout" | "clearTimeout">;
}

export interface DeliverySettings {
  key: string;
  batch_ms: number;
  batch_events: number;
  retry_ms: number;
}

export interface Delivery {
  /** An event of this page was put on the queue. */
  added(name: string, isUrgent: boolean): void;
  /** Sends what waits, other pages' events too, unless the edge asked to wait. */
  flush(): Promise<void>;
  /** The page may be going: hands over what this page has not. */
  hide(): void;
  /** The page is seen again, or the network is back: sends what waits, and what was handed over without an answer. */
  show(): Promise<void>;
  /** Whether the edge refuses this page for good. */
  isStopped(): boolean;
}

/**
 * Sends the queue in chunks until each event is settled: accepted, known already, or refused for what it is. Whatever fails is tried
 * again with growing pauses. What a beacon took stays in the queue, as nobody can know whether it arrived; when it is sent
 * again, its id makes it a duplicate.
 */
export function createDelivery(
  { ledger, store, transport, takeTurn, voice, host }: DeliveryServices,
  settings: DeliverySettings,
): Delivery {
  let fresh = 0;
  let failures = 0;
  let timer = 0;
  let isResting = false;
  let isBusy = false;
  let isStopped = false;

  function wake(afterMs: number): void {
    host.clearTimeout(timer);
    timer = host.setTimeout(flush, afterMs);
  }

  function rest(afterMs: number): void {
    isResting = true;
    wake(afterMs);
  }

  /** @returns false, as there is no going on */
  function later(afterMs: number, because: string): boolean {
    const backoffMs = Math.min(settings.retry_ms * 2 ** failures++, BACKOFF_MS) * (0.5 + host.Math.random());
    if (afterMs) store.save("wait", String(host.Date.now() + afterMs));
    voice.fail(`later: ${because}`);
    rest(Math.max(afterMs, backoffMs));
    return false;
  }

  /** @returns whether to go on with the next chunk */
  async function send(chunk: Entry[], keepalive: boolean): Promise<boolean> {
    const { status, results, afterMs } = await transport.post(toBody(chunk, settings.key, host), keepalive);
    voice.say(`${chunk.length} sent: ${status}`);
    if (results) {
      const left = chunk.filter((entry, index) => {
        const { status: ending } = newFields(results[index]);
        if (ending === "rejected") voice.fail(toJson(results[index]));
        if (ending !== "rejected" && ending !== "accepted" && ending !== "duplicate") return true;
        ledger.settle([entry]);
        return false;
      });
      if (left.length) return later(0, "retry");
      failures = 0;
      return true;
    }
    const code = String(status);
    if (/400|413|422/.test(code)) {
      // Halves, until the one that spoils it is alone: it does not keep the others from being sent.
      const middle = chunk.length >> 1;
      if (middle) return (await send(chunk.slice(0, middle), keepalive)) && send(chunk.slice(middle), keepalive);
      ledger.settle(chunk);
      voice.fail(`refused: ${code}`);
      return true;
    }
    if (!/4(?!08|29)../.test(code)) return later(afterMs, code);
    isStopped = true;
    voice.fail(`stopped: ${code}`);
    return false;
  }

  async function sendAll(): Promise<void> {
    let chunk: Entry[];
    do chunk = firstChunk(ledger.pending());
    // Where a request failed, the next is tried without outliving the page, which browsers limit.
    while (chunk.length && (await send(chunk, failures % 2 === 0)));
  }

  async function flush(): Promise<void> {
    host.clearTimeout(timer);
    timer = 0;
    if (isBusy || isStopped) return;
    isResting = false;
    const leftMs = waitMs(store, host);
    if (leftMs > 0) return rest(leftMs);
    isBusy = true;
    fresh = 0;
    try {
      await takeTurn("send", sendAll);
    } catch (error) {
      later(0, String(error));
    }
    isBusy = false;
    // What came in meanwhile, or what another tab is sending.
    if (!timer && !isStopped && ledger.pending().length) wake(settings.batch_ms);
  }

  return {
    added(name, isUrgent) {
      ledger.note(name);
      if (isResting) return;
      if (isUrgent || ++fresh >= settings.batch_events) wake(0);
      else if (!timer) wake(settings.batch_ms);
    },
    flush,
    hide() {
      // Where the edge asked to wait, the device keeps the events.
      if (isStopped || (waitMs(store, host) > 0 && store.isDurable())) return;
      let left = ledger.own();
      while (left.length) {
        const chunk = firstChunk(left);
        left = left.slice(chunk.length);
        if (transport.beacon(toBody(chunk, settings.key, host))) ledger.hand(chunk);
        else void send(chunk, true);
      }
    },
    show() {
      ledger.recall();
      return flush();
    },
    isStopped: () => isStopped,
  };
}

/** How long the edge asked all tabs to wait. */
function waitMs(store: Store, { Date }: Clock): number {
  const leftMs = Number(store.load("wait")) - Date.now();
  // A longer wait was written before the clock was set back.
  return leftMs > HOUR_MS ? 0 : leftMs;
}

/** No event may be later than `sent_at`, though the clock was set back since. */
function toBody(chunk: Entry[], key: string, { Date: clock }: Clock): string {
  const sentMs = Math.max(clock.now(), ...chunk.map(({ name }) => happenedMs(name)));
  const sentAt = new Date(sentMs).toISOString();
  return `{"key":${toJson(key)},"sent_at":"${sentAt}","events":[${chunk.map(({ text }) => text).join()}]}`;
}

/** As many of the first events as one request may carry; at least one, as each is small enough. */
function firstChunk(entries: Entry[]): Entry[] {
  let bytes = 200; // what stands around the events
  const end = entries.findIndex(
    ({ text }, index) => (bytes += text.length + 1) > CHUNK_BYTES || index === CHUNK_EVENTS,
  );
  return end < 0 ? entries : entries.slice(0, end);
}
