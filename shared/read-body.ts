import { LIMITS } from "./limits.ts";
import { Problem } from "./problem.ts";

/** What a request's body may be. */
export interface BodyLimits {
  /** Bytes after decompression, counted while they arrive. Those on the wire are limited for every body alike. */
  bodyBytes: number;
  /** Media types taken, in lower case and without parameters; "" stands for a body that names none. */
  mediaTypes: readonly string[];
}

/**
 * The bytes of a request's body, decompressed where it is sent as `Content-Encoding: gzip`.
 *
 * @throws Problem `unsupported-media-type`, `too-large` or `unreadable`; none of them quotes the body
 */
export async function readBody(request: Request, { bodyBytes, mediaTypes }: BodyLimits): Promise<Uint8Array> {
  requireMediaType(request, mediaTypes);
  if (!isGzip(request)) return readPlain(request, Math.min(bodyBytes, LIMITS.bodyBytes));
  return gunzip(await readBytes(request, LIMITS.bodyBytes), bodyBytes);
}

/** A body whose length is announced is read in one go: a server cuts it off at that length, or breaks off before. */
async function readPlain(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? NaN);
  if (!(announced <= maxBytes)) return readBytes(request, maxBytes);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await request.arrayBuffer());
  } catch (cause) {
    throw new Problem("unreadable", "The body could not be read to its end.", { cause });
  }
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** The media type a body is said to have: lower case, without parameters, "" when none is named. */
export function mediaType(request: Request): string {
  const header = request.headers.get("content-type");
  if (header === null) return "";
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** @throws Problem `unsupported-media-type` unless the body is said to be of one of these */
function requireMediaType(request: Request, offered: readonly string[]): void {
  if (offered.includes(mediaType(request))) return;
  const named = offered.filter((type) => type !== "").join(", ");
  throw new Problem("unsupported-media-type", `The body must be sent as ${named}.`);
}

/** @throws Problem `unsupported-media-type` for any other encoding, or several */
function isGzip(request: Request): boolean {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return false;
  if (encoding === "gzip" || encoding === "x-gzip") return true; // RFC 9110 takes the second for the first
  throw new Problem("unsupported-media-type", "The body must be sent plain or as gzip.", {
    headers: { "accept-encoding": "gzip, identity" },
  });
}

/** Stops at the byte past the limit, so that a small body cannot unfold into a large one. */
async function gunzip(packed: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
  return readBytes({ body: stream }, maxBytes);
}

/** A body as it arrives: a Request, or a stream made of one. */
interface Readable {
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * A body's bytes. Reading stops at the byte past the limit, whatever length the sender announced.
 *
 * @throws Problem `too-large`, or `unreadable` when the body breaks off (or, of a decompressed one, when it cannot be unpacked)
 */
export async function readBytes(source: Readable, maxBytes: number): Promise<Uint8Array> {
  if (source.body === null) return new Uint8Array();
  const reader = source.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await next(reader);
    if (done) return joined(chunks, length);
    length += value.byteLength;
    if (length > maxBytes) {
      // The answer does not wait for the sender to take note.
      void reader.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem("too-large", `The body may have at most ${maxBytes} bytes.`);
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new Problem("unreadable", "The body could not be read to its end.", { cause });
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
