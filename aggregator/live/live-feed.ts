import { DurableObject } from "cloudflare:workers";
import { findKey } from "../../shared/find-key.ts";
import type { Env } from "../env.ts";
import { Audience, CHECK_EVERY_MS } from "./audience.ts";
import { PING, PONG } from "./frames.ts";
import { KeptMessages } from "./kept-messages.ts";
import { Listener, newListener, type Socket } from "./listener.ts";

/** The least KV allows. */
const KEY_CACHED_S = 30;
const NORMAL_CODE = 1000;

/**
 * The live feed, one object for all who listen: what is told is kept on disk for a while, and goes to every connection. It may sleep
 * between messages; its alarm rings only while somebody listens.
 */
export class LiveFeed extends DurableObject<Env> {
  readonly #audience: Audience;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#audience = new Audience({
      kept: new KeptMessages(state.storage.sql),
      sockets: () => state.getWebSockets().filter(isOpen).map(ownEnd),
      findKey: (id) => findKey((entry) => env.CONFIG.get(entry, { type: "json", cacheTtl: KEY_CACHED_S }), id),
      nowMs: () => Date.now(),
      // oxlint-disable-next-line no-console -- the object is an entry of the Worker, like its index
      log: (line) => console.log(JSON.stringify({ worker: "aggregator", ...line })),
    });
  }

  override async fetch(): Promise<Response> {
    this.#audience.makeRoom();
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    socket.serializeAttachment(newListener(Date.now()));
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + CHECK_EVERY_MS);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Called by every isolate of the Worker that has something to tell. */
  tell(messages: string[], isAfterLoss: boolean): void {
    this.#audience.tell(messages, isAfterLoss);
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.#audience.hear(ownEnd(socket), message);
  }

  override webSocketClose(socket: WebSocket): void {
    // The answer to the other side's own close, without which it waits for seconds.
    if (socket.readyState === WebSocket.CLOSING) socket.close(NORMAL_CODE);
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket);
  }

  override async alarm(): Promise<void> {
    if (await this.#audience.check()) await this.ctx.storage.setAlarm(Date.now() + CHECK_EVERY_MS);
  }
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}

function ownEnd(socket: WebSocket): Socket {
  return {
    get listener() {
      return Listener.parse(socket.deserializeAttachment());
    },
    keep: (listener) => socket.serializeAttachment(listener),
    send: (frame) => {
      if (isOpen(socket)) socket.send(frame);
    },
    close: (code, reason) => {
      if (isOpen(socket)) socket.close(code, reason);
    },
    unreadBytes: () => socket.bufferedAmount,
  };
}
