import type { RememberingAuthenticator } from "../../shared/authenticator.ts";
import { sha256Hex } from "../../shared/digest.ts";
import { sameDigest, type ApiKeyRecord } from "../../shared/keys.ts";
import { LIMITS } from "../../shared/limits.ts";
import { Problem } from "../../shared/problem.ts";
import { describe } from "../../shared/serve.ts";
import type { Ending } from "../account.ts";
import { addressOf } from "../allowance.ts";
import type { Connection } from "../enrich.ts";
import { admitted, endOf, type EnterServices } from "../enter.ts";
import type { ReadEvent } from "../read-events.ts";
import { idOf } from "../validate.ts";
import { errorFrame, eventIdIn, PONG, readFrame, type Frame } from "./frames.ts";
import { createKeyCheck } from "./key-check.ts";
import { noteFrame, putOff, secondsLeft, type Pace } from "./pace.ts";
import { beforeKey, closeCode, IDLE_CODE, limited } from "./refusals.ts";
import { connectionOf, type StreamState } from "./state.ts";
import { asProblem, takeEvents, type TakeServices } from "./take-events.ts";
import { WaitingLine, type Room } from "./waiting-line.ts";

export interface StreamServices extends TakeServices, EnterServices, Pace {
  authenticate: RememberingAuthenticator;
  newRequestId(): string;
  /** Resolves when frames that are on their way had a chance to arrive. */
  nextTurn(): Promise<void>;
}

/** The connection's own end. */
export interface Socket {
  /** Sends nothing, and does not throw, once the other side is gone. */
  send(frame: string): void;
  close(code: number, reason: string): void;
  /** Keeps the state where it outlives the object's memory. */
  keep(state: StreamState): void;
  /** Bytes sent that the other side has not taken yet. */
  unreadBytes(): number;
}

/** A connection shows its key within this time. */
export const AUTH_MS = 10_000;
/** Frames may wait while others are taken in; sizes in characters. */
const ROOM: Room = { items: 1_000, size: 4_000_000 };
/** Before the key is known, a stranger's frames take less. */
const ROOM_BEFORE_KEY: Room = { items: 1_000, size: 250_000 };
const TOGETHER: Room = { items: LIMITS.batchEvents, size: LIMITS.bodyBytesDecompressed };
/** Who goes on past a limit by this factor is sent away. */
const FLOOD = 2;
const WAITING_RETRY_S = 1;
/** More than the answers to a minute's frames. */
const UNREAD_BYTES_MOST = 10_000_000;
/** Portions in a row that broke on our side. */
const BROKEN_MOST = 3;

/** A frame that came. */
interface Arrived {
  /** Null when it was too long to be kept. */
  text: string | null;
  receivedMs: number;
}

/**
 * One connection: its key, its limits and the frames that wait. While none waits it holds nothing that cannot be lost but its state,
 * which it has its socket keep.
 *
 * Every frame is answered once, except a key that is good: frames that got a place in the line in the order they came, those beyond a
 * limit at once. What still waits when the connection is closed from here is on the books by what closed it, and not taken in.
 */
export class Session {
  readonly #state: StreamState;
  readonly #socket: Socket;
  readonly #services: StreamServices;
  readonly #connection: Connection;
  readonly #address: string;
  readonly #isInForce: (key: ApiKeyRecord) => Promise<boolean>;
  readonly #line: WaitingLine<Arrived>;
  /** What becomes of events that come too late. */
  #ended: Ending | null = null;
  /** Frames there was no room for since the line was last empty. */
  #crowd = 0;
  #brokenInARow = 0;

  constructor(state: StreamState, socket: Socket, services: StreamServices) {
    this.#state = state;
    this.#socket = socket;
    this.#services = services;
    this.#connection = connectionOf(state);
    this.#address = addressOf(this.#connection.headers);
    this.#isInForce = createKeyCheck(services, state.requestId);
    this.#line = new WaitingLine((arrived) => this.#work(arrived), TOGETHER, services.nextTurn);
  }

  /** A frame came. Resolves when it is answered, or at once when work is under way that holds the object in memory anyway. */
  async hear(message: string | ArrayBuffer): Promise<void> {
    if (this.#ended !== null) return;
    const receivedMs = this.#services.nowMs();
    if (noteFrame(this.#state, receivedMs, this.#services)) this.#socket.keep(this.#state);
    if (typeof message !== "string") {
      return this.#turnAway(null, new Problem("unsupported-media-type", "A frame is text."), receivedMs, "close");
    }
    const text = message.length > LIMITS.frameCharacters ? null : message;
    const size = text?.length ?? 0;
    const refusal = this.#refusalOf(size, receivedMs);
    if (refusal !== null) return this.#turnAway(text, refusal.problem, receivedMs, refusal.after);
    const isFirst = this.#line.isIdle;
    this.#line.join({ text, receivedMs }, size);
    if (isFirst) await this.#line.emptied();
  }

  /** The other side has gone. What it sent before is still taken in, although nobody hears the answers. */
  async leave(): Promise<void> {
    await this.#line.emptied();
    this.#ended ??= "unavailable";
  }

  /**
   * Looks whether the connection's time is over, and closes it then.
   *
   * @param pingedMs when the last ping was answered that the object did not hear of; 0 for never
   * @returns when to look again; null when it is closed
   */
  async look(pingedMs: number): Promise<number | null> {
    if (this.#ended !== null) return null;
    const { key, closeAtMs } = this.#state;
    const { nowMs, streamIdleMs, allowance } = this.#services;
    const dueMs = key === null ? closeAtMs : Math.max(closeAtMs, pingedMs + streamIdleMs);
    if (nowMs() < dueMs) return dueMs;
    if (key === null) {
      await allowance.refuse(this.#address).catch(() => undefined); // it is refused already
      this.#end(new Problem("unauthenticated", `No key was shown within ${AUTH_MS / 1000} s.`), null);
    } else {
      this.#dropWaiting("unavailable");
      this.#socket.close(IDLE_CODE, "idle");
    }
    return null;
  }

  /** Why a frame may not wait to be taken in, and what becomes of the connection; null when it may. */
  #refusalOf(size: number, atMs: number): { problem: Problem; after: "stay" | "close" } | null {
    const { streamFramesPerMinute } = this.#services;
    const { frames, key } = this.#state;
    if (this.#socket.unreadBytes() > UNREAD_BYTES_MOST) {
      return { problem: limited("The answers are not read.", WAITING_RETRY_S), after: "close" };
    }
    if (frames > streamFramesPerMinute) {
      const problem = limited("Too many frames came in this minute.", secondsLeft(atMs));
      return { problem, after: frames > streamFramesPerMinute * FLOOD ? "close" : "stay" };
    }
    if (this.#line.isIdle) this.#crowd = 0;
    if (this.#line.hasRoom(size, key === null ? ROOM_BEFORE_KEY : ROOM)) return null;
    const problem = limited("Too many frames wait for their answer.", WAITING_RETRY_S);
    return { problem, after: ++this.#crowd > ROOM.items * FLOOD ? "close" : "stay" };
  }

  /** The frames of one portion, in order: runs of events together, and between them what is no event. Never throws. */
  async #work(arrived: readonly Arrived[]): Promise<void> {
    const receivedMs = arrived.at(-1)?.receivedMs ?? 0;
    let events: ReadEvent[] = [];
    for (const { text } of arrived) {
      const frame = readFrame(text);
      if (frame.kind === "event") {
        events.push(frame.event);
        continue;
      }
      await this.#take(events, receivedMs);
      events = [];
      if (this.#ended === null) await this.#heed(frame);
    }
    await this.#take(events, receivedMs);
  }

  async #heed(frame: Exclude<Frame, { kind: "event" }>): Promise<void> {
    switch (frame.kind) {
      case "ping":
        return this.#socket.send(PONG);
      case "auth":
        return this.#authenticate(frame.key);
      default:
        return frame satisfies never;
    }
  }

  /** The first key that is good is the connection's; shown again it is no news, and another one is refused. */
  async #authenticate(text: string): Promise<void> {
    const { key, origin, requestId } = this.#state;
    if (key !== null) {
      if (sameDigest(await sha256Hex(text), key.digest)) return;
      const problem = new Problem("unreadable", "Another key was shown on this connection before.");
      return this.#socket.send(errorFrame(problem, requestId, null));
    }
    try {
      // The frame stands for the header, which a browser's socket cannot send.
      const credentials = { authorization: `Bearer ${text}`, query: [], body: null, origin };
      const record = await admitted(credentials, this.#address, this.#services);
      this.#state.key = { ...record, origins: [] };
      putOff(this.#state, this.#services.nowMs(), this.#services);
      this.#socket.keep(this.#state);
    } catch (error) {
      this.#end(asProblem(error), null);
    }
  }

  async #take(events: readonly ReadEvent[], receivedMs: number): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    const key = await this.#keyFor(first);
    if (key === null) return this.#tooLate(events.length, receivedMs);
    const answered = await takeEvents(
      {
        events,
        key,
        connection: this.#connection,
        address: this.#address,
        receivedMs,
        requestId: this.#services.newRequestId(),
        streamId: this.#state.requestId,
      },
      this.#services,
    );
    for (const { frame } of answered) this.#socket.send(frame);
    this.#brokenInARow = answered.some(({ ending }) => ending === "internal") ? this.#brokenInARow + 1 : 0;
    if (this.#brokenInARow >= BROKEN_MOST) this.#close(new Problem("internal", "Too much broke."));
  }

  /** The connection's key, when it is still in force; else the connection is ended, and null. */
  async #keyFor(first: ReadEvent): Promise<ApiKeyRecord | null> {
    if (this.#ended !== null) return null;
    const { key } = this.#state;
    if (key === null) this.#end(beforeKey(first), idOf(first.value));
    else if (await this.#isInForce(key)) return key;
    else this.#end(new Problem("unauthenticated", "The key is no longer in force."), idOf(first.value));
    return null;
  }

  /** A frame that nothing is kept of. It counts as one event. */
  #turnAway(text: string | null, problem: Problem, receivedMs: number, after: "stay" | "close"): void {
    this.#services.account.received(receivedMs, 1);
    this.#services.account.ended(receivedMs, endOf(problem), 1);
    this.#socket.send(errorFrame(problem, this.#state.requestId, text === null ? null : eventIdIn(text)));
    if (after === "close") this.#close(problem);
  }

  /** Says why, and closes the connection. */
  #end(problem: Problem, eventId: string | null): void {
    if (this.#ended !== null) return;
    this.#socket.send(errorFrame(problem, this.#state.requestId, eventId));
    this.#close(problem);
  }

  #close(problem: Problem): void {
    if (this.#ended !== null) return;
    this.#dropWaiting(endOf(problem));
    const { slug, cause } = problem;
    const code = closeCode(problem);
    this.#services.log({
      requestId: this.#state.requestId,
      route: "openStream",
      keyId: this.#state.key?.id ?? null,
      closed: code,
      reason: slug,
      ...(cause === undefined ? {} : { cause: describe(cause) }),
    });
    this.#socket.close(code, slug);
  }

  #dropWaiting(ending: Ending): void {
    this.#ended = ending;
    for (const { receivedMs } of this.#line.clear()) this.#tooLate(1, receivedMs);
  }

  #tooLate(events: number, receivedMs: number): void {
    this.#services.account.received(receivedMs, events);
    this.#services.account.ended(receivedMs, this.#ended ?? "internal", events);
  }
}
