import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { servicesOf } from "../services.ts";
import { PING, PONG } from "./frames.ts";
import { AUTH_MS, Session, type Socket } from "./session.ts";
import { newState, StreamState } from "./state.ts";

const NORMAL_CODE = 1000;

/**
 * One WebSocket connection. It may sleep between frames, and its storage holds nothing but the alarm that ends a silent connection;
 * that goes with the connection, so that a closed one costs nothing.
 */
export class EventStream extends DurableObject<Env> {
  #session: Session | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  override async fetch(request: Request): Promise<Response> {
    const { nowMs, streamIdleMs } = servicesOf(this.env);
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    socket.serializeAttachment(newState({ headers: request.headers, cf: request.cf }, nowMs() + AUTH_MS));
    await this.ctx.storage.setAlarm(nowMs() + Math.min(AUTH_MS, streamIdleMs));
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.#sessionOf(socket).hear(message);
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    // The answer to the other side's own close, without which it waits for seconds.
    if (socket.readyState === WebSocket.CLOSING) socket.close(NORMAL_CODE);
    await this.#sessionOf(socket).leave();
    await this.ctx.storage.deleteAll();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.webSocketClose(socket);
  }

  /** Set when the connection is opened, and again only when it is due: frames put off the end, not the alarm. */
  override async alarm(): Promise<void> {
    const [socket] = this.ctx.getWebSockets();
    if (socket === undefined) return this.ctx.storage.deleteAll();
    const pingedMs = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const nextMs = await this.#sessionOf(socket).look(pingedMs);
    if (nextMs !== null) await this.ctx.storage.setAlarm(nextMs);
  }

  #sessionOf(socket: WebSocket): Session {
    return (this.#session ??= new Session(
      StreamState.parse(socket.deserializeAttachment()),
      this.#ownEnd(socket),
      servicesOf(this.env),
    ));
  }

  #ownEnd(socket: WebSocket): Socket {
    const isOpen = () => socket.readyState === WebSocket.OPEN;
    return {
      send: (frame) => {
        if (isOpen()) socket.send(frame);
      },
      close: (code, reason) => {
        if (isOpen()) socket.close(code, reason);
        void this.ctx.storage.deleteAll(); // the other side may never answer
      },
      keep: (state) => {
        if (isOpen()) socket.serializeAttachment(state);
      },
      unreadBytes: () => socket.bufferedAmount,
    };
  }
}
