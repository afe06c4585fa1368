import type { LiveAnomaly, LiveEvent, LiveMessage } from "./live-messages.ts";

/** How the feed is doing, as it is shown. */
export type LiveState =
  | { kind: "off" }
  | { kind: "connecting" }
  | { kind: "live"; sinceMs: number }
  /** The connection was lost or could not be made. */
  | { kind: "waiting"; retryAtMs: number; lost: boolean }
  | { kind: "refused"; reason: string };

export interface LiveSnapshot {
  state: LiveState;
  /** Newest first. */
  events: readonly LiveEvent[];
  anomalies: readonly LiveAnomaly[];
  /** Events that came since the page was opened, also those that were only counted. */
  seen: number;
}

/** As much of a WebSocket as the feed needs. */
export type Socket = Pick<WebSocket, "addEventListener" | "send" | "close">;

interface Services {
  connect(): Socket;
  key(): string | null;
  nowMs(): number;
  random(): number;
  onMessage(message: LiveMessage): void;
}

const KEPT = 100;
const BACKOFF_MS = 1_000;
const BACKOFF_MOST_MS = 30_000;
const PING_MS = 20_000;
/** Without a word for this long the connection is taken for dead: a ping would have been answered. */
const SILENCE_MS = 45_000;
const BAD_KEY = 4401;
const ROLE_TOO_LOW = 4403;
const EMPTY: LiveSnapshot = { state: { kind: "off" }, events: [], anomalies: [], seen: 0 };

/**
 * What happens in the shop, as it happens: one WebSocket that comes back by itself and then asks for what it missed.
 *
 * The key is sent as the first message, so that it stands in no URL.
 */
export class LiveFeed {
  readonly #services: Services;
  readonly #listeners = new Set<() => void>();
  #snapshot = EMPTY;
  #socket: Socket | null = null;
  #after: number | null = null;
  #failures = 0;
  #heardMs = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): LiveSnapshot => this.#snapshot;

  start(): void {
    this.stop();
    if (this.#services.key() !== null) this.#connect();
  }

  /** Forgets what came: the next who signs in may not be allowed to see it. */
  stop(): void {
    this.#close();
    this.#after = null;
    this.#failures = 0;
    this.#set(EMPTY);
  }

  /** Now rather than when it is due. */
  readonly retryNow = (): void => {
    if (this.#snapshot.state.kind === "waiting") this.#connect();
  };

  /** The network is gone: waits for no silence to tell so. */
  readonly interrupt = (): void => {
    const { kind } = this.#snapshot.state;
    if (kind === "live" || kind === "connecting") this.#ended(0);
  };

  #connect(): void {
    this.#close();
    this.#set({ state: { kind: "connecting" } });
    const { connect, key, nowMs } = this.#services;
    const socket = connect();
    this.#socket = socket;
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener("open", () => {
      this.#heardMs = nowMs();
      socket.send(JSON.stringify({ type: "auth", key: key(), after: this.#after }));
      this.#timers.push(setInterval(() => this.#beat(socket), PING_MS));
    });
    socket.addEventListener("message", ({ data }) => {
      if (isCurrent() && typeof data === "string") this.#take(JSON.parse(data) as LiveMessage); // by the feed's contract
    });
    socket.addEventListener("close", ({ code }) => isCurrent() && this.#ended(code));
  }

  #beat(socket: Socket): void {
    if (this.#services.nowMs() - this.#heardMs > SILENCE_MS) this.#ended(0);
    else socket.send('{"type":"ping"}');
  }

  #take(message: LiveMessage): void {
    this.#heardMs = this.#services.nowMs();
    if (message.type === "pong") return;
    this.#after = message.seq;
    if (message.type === "ready") {
      this.#failures = 0;
      this.#set({ state: { kind: "live", sinceMs: this.#heardMs } });
    } else if (message.type === "stored") {
      const { events, anomalies, seen } = this.#snapshot;
      this.#set({
        events: [...message.events.toReversed(), ...events].slice(0, KEPT),
        anomalies: [...message.anomalies.toReversed(), ...anomalies].slice(0, KEPT),
        seen: seen + message.events.length + message.more,
      });
    }
    this.#services.onMessage(message);
  }

  #ended(code: number): void {
    const wasLive = this.#snapshot.state.kind === "live";
    this.#close();
    if (code === BAD_KEY || code === ROLE_TOO_LOW) {
      const reason = code === BAD_KEY ? "the key is no longer taken" : "the key’s role may not read";
      this.#set({ state: { kind: "refused", reason } });
      return;
    }
    const { nowMs, random } = this.#services;
    const waitMs = Math.min(BACKOFF_MS * 2 ** this.#failures++, BACKOFF_MOST_MS) * (0.8 + 0.4 * random());
    this.#set({ state: { kind: "waiting", retryAtMs: nowMs() + waitMs, lost: wasLive } });
    this.#timers.push(setTimeout(() => this.#connect(), waitMs));
  }

  #close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #set(change: Partial<LiveSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
