import type { IncomingMessage } from "node:http";

export class BodyTooLarge extends Error {
  override name = "BodyTooLarge";
}

/**
 * Read a request's body to its end.
 *
 * @throws BodyTooLarge as soon as more than `limitBytes` have come; the rest is left unread
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a body is read as bytes");
    bytes += chunk.length;
    if (bytes > limitBytes) throw new BodyTooLarge(`the body exceeds ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
