import { randomBytes } from "node:crypto";
import { connect } from "node:net";

/** The client's end of a WebSocket. */
export interface FrameSocket {
  send(text: string): void;
  close(): void;
}

interface Listeners {
  onText(text: string): void;
  /** Called once, when the connection is lost or the other side ends it. */
  onEnd(why: Error): void;
}

const TEXT = 0x81;
const CLOSE = 0x8;
/** A client has to mask what it sends. By zeros, which cost nothing: that is for proxies on the way, and there is none. */
const MASK = Buffer.alloc(4);

/**
 * Opens a WebSocket on a bare socket (RFC 6455), for text frames in one piece, without packing: as with HTTP in load.ts, the client
 * must cost little beside the server it shares the machine with.
 *
 * @throws Error when the upgrade is refused
 */
export async function openFrames(url: URL, { onText, onEnd }: Listeners): Promise<FrameSocket> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  const key = randomBytes(16).toString("base64");
  socket.write(
    `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  let received = Buffer.alloc(0);
  const state = { isOpen: false, isOver: false };
  return new Promise((resolve, reject) => {
    const end = (why: Error) => {
      if (state.isOver) return;
      state.isOver = true;
      socket.destroy();
      if (state.isOpen) onEnd(why);
      else reject(why);
    };
    socket.on("error", end);
    socket.on("close", () => end(new Error("the server closed the stream")));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!state.isOpen) {
        const headEnd = received.indexOf("\r\n\r\n");
        if (headEnd < 0) return;
        const head = received.toString("latin1", 0, headEnd);
        if (!head.startsWith("HTTP/1.1 101")) return end(new Error(`the upgrade was answered ${head.slice(0, 40)}`));
        state.isOpen = true;
        received = received.subarray(headEnd + 4);
        resolve({
          send: (text) => void socket.write(framed(text)),
          close() {
            state.isOver = true;
            socket.destroy();
          },
        });
      }
      for (let frame = firstFrame(received); frame !== null && !state.isOver; frame = firstFrame(received)) {
        received = received.subarray(frame.length);
        if (frame.code === CLOSE) end(new Error("the server ended the stream"));
        else onText(frame.text);
      }
    });
  });
}

function framed(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([TEXT, 0x80 | body.length])
      : body.length < 65_536
        ? Buffer.from([TEXT, 0x80 | 126, body.length >> 8, body.length & 255])
        : longHead(body.length);
  return Buffer.concat([head, MASK, body]);
}

function longHead(length: number): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt8(TEXT, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** The frame at the head of a buffer, or null while it is not whole. */
function firstFrame(buffer: Buffer): { code: number; text: string; length: number } | null {
  if (buffer.length < 2) return null;
  const short = buffer.readUInt8(1) & 127;
  const bodyStart = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < bodyStart) return null;
  const size = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  const length = bodyStart + size;
  if (buffer.length < length) return null;
  return { code: buffer.readUInt8(0) & 15, text: buffer.toString("utf8", bodyStart, length), length };
}
