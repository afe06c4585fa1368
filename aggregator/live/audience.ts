import { sha256Hex } from "../../shared/digest.ts";
import { authenticate, isGood, isInForce, requireRole, type ApiKeyRecord } from "../../shared/keys.ts";
import { Problem } from "../../shared/problem.ts";
import { describe } from "../../shared/serve.ts";
import { CLOSINGS, gapFrame, GAP_MESSAGE, PONG, readFrame, readyFrame, type Closing } from "./frames.ts";
import type { KeptMessages } from "./kept-messages.ts";
import type { Listener, Socket } from "./listener.ts";

export interface AudienceServices {
  kept: KeptMessages;
  /** The connections that are open. */
  sockets(): Socket[];
  /** The record under a key's id, or null; throws when the store cannot be read. */
  findKey(id: string): Promise<ApiKeyRecord | null>;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
}

/** A connection shows its key within this time. */
const AUTH_MS = 10_000;
/** How often the keys of all who listen are looked up again. */
export const CHECK_EVERY_MS = 30_000;
const LISTENERS_MOST = 100;
/** Connections that have shown no key yet: the oldest goes for a new one, as a good key is shown at once. */
const STRANGERS_MOST = 50;
/** More than is sent at once to who comes back, unless nearly all of it is Chinese. */
const UNREAD_BYTES_MOST = 4_000_000;

/**
 * All who listen to the feed. What is told goes to each who has shown a key of an analyst, in order; who comes back is first told what
 * it missed. Nothing is held here that a sleep would lose.
 */
export class Audience {
  readonly #services: AudienceServices;

  constructor(services: AudienceServices) {
    this.#services = services;
  }

  /** Makes room for one more connection. */
  makeRoom(): void {
    const strangers = this.#services.sockets().filter(({ listener }) => listener.key === null);
    if (strangers.length < STRANGERS_MOST) return;
    const [oldest] = strangers.toSorted((a, b) => a.listener.sinceMs - b.listener.sinceMs);
    if (oldest !== undefined) this.#close(oldest, "unauthenticated");
  }

  /** A connection says something. Never throws. */
  async hear(socket: Socket, message: string | ArrayBuffer): Promise<void> {
    const frame = readFrame(message);
    if (frame?.type === "ping") return socket.send(PONG);
    if (frame === null || socket.listener.hasAsked) return this.#close(socket, "unreadable");
    socket.keep({ ...socket.listener, hasAsked: true });
    const admitted = await this.#admit(frame.key);
    if (typeof admitted === "string") return this.#close(socket, admitted);
    const listening = this.#services.sockets().filter(({ listener }) => listener.key !== null);
    if (listening.length >= LISTENERS_MOST) return this.#close(socket, "too-many");
    socket.keep({ ...socket.listener, key: { ...admitted, origins: [] } });
    this.#welcome(socket, frame.after);
  }

  /** Tells all who listen. @param isAfterLoss whether something before this could not be told */
  tell(messages: readonly string[], isAfterLoss: boolean): void {
    const numbered = (isAfterLoss ? [GAP_MESSAGE, ...messages] : messages).map((message) =>
      this.#services.kept.add(message),
    );
    const nowMs = this.#services.nowMs();
    for (const socket of this.#services.sockets()) {
      const { key } = socket.listener;
      if (key === null) continue;
      if (!isInForce(key, nowMs)) this.#close(socket, "unauthenticated");
      else this.#send(socket, numbered);
    }
  }

  /**
   * Ends connections that have shown no key in time, or one that is not in force any more. Keys that were good go on to be while they
   * cannot be looked up.
   *
   * @returns whether anybody is left
   */
  async check(): Promise<boolean> {
    const nowMs = this.#services.nowMs();
    const sockets = this.#services.sockets();
    const keys = new Map(sockets.flatMap(({ listener: { key } }) => (key === null ? [] : [[key.id, key] as const])));
    const isGoodById = new Map(
      await Promise.all([...keys].map(async ([id, key]) => [id, await this.#isStillGood(key)] as const)),
    );
    for (const socket of sockets) {
      const isOver = isTooLate(socket.listener, nowMs) || isGoodById.get(socket.listener.key?.id ?? "") === false;
      if (isOver) this.#close(socket, "unauthenticated");
    }
    return this.#services.sockets().length > 0;
  }

  async #admit(text: string): Promise<ApiKeyRecord | Closing> {
    const { findKey, nowMs, log } = this.#services;
    try {
      const key = await authenticate(text, { find: findKey, sha256Hex, nowMs });
      requireRole(key, "analyst");
      return key;
    } catch (error) {
      if (error instanceof Problem && error.slug === "unauthenticated") return "unauthenticated";
      if (error instanceof Problem && error.slug === "forbidden") return "forbidden";
      log({ route: "openLive", cause: describe(error) });
      return "unavailable";
    }
  }

  /** Nothing is told between what was missed and what comes next, as there is no waiting in here. */
  #welcome(socket: Socket, after: number | null): void {
    const { kept } = this.#services;
    const missed = after === null ? [] : kept.after(after);
    socket.send(readyFrame(kept.seq, missed?.length ?? 0));
    this.#send(socket, missed ?? [gapFrame(kept.seq)]);
  }

  /** Who does not read is sent away: the messages would fill the memory that all share. */
  #send(socket: Socket, frames: readonly string[]): void {
    for (const frame of frames) socket.send(frame);
    if (socket.unreadBytes() > UNREAD_BYTES_MOST) this.#close(socket, "too-slow");
  }

  async #isStillGood(key: ApiKeyRecord): Promise<boolean> {
    const { findKey, nowMs, log } = this.#services;
    try {
      const record = await findKey(key.id);
      return record !== null && isGood(record, key.digest, nowMs());
    } catch (error) {
      log({ route: "openLive", keyId: key.id, cause: describe(error) });
      return isInForce(key, nowMs());
    }
  }

  #close(socket: Socket, closing: Closing): void {
    this.#services.log({ route: "openLive", keyId: socket.listener.key?.id ?? null, closed: closing });
    socket.close(CLOSINGS[closing], closing);
  }
}

function isTooLate({ key, sinceMs }: Listener, nowMs: number): boolean {
  return key === null && nowMs - sinceMs >= AUTH_MS;
}
