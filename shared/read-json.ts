import { LIMITS } from "./limits.ts";
import { Problem } from "./problem.ts";

/** What a JSON body may be. */
export interface JsonLimits {
  /** Bytes of the body, counted while they arrive. */
  bodyBytes: number;
  /** Arrays and objects inside one another; the outermost is the first. */
  jsonDepth: number;
  /** Media types taken, in lower case and without parameters; "" stands for a body that names none. */
  mediaTypes: readonly string[];
}

const JSON_ONLY: JsonLimits = {
  bodyBytes: LIMITS.bodyBytes,
  jsonDepth: LIMITS.jsonDepth,
  mediaTypes: ["application/json"],
};

/**
 * The JSON value in a request's body.
 *
 * @throws Problem `unsupported-media-type`, `too-large` or `unreadable`; none of them quotes the body
 */
export async function readJson(request: Request, limits: JsonLimits = JSON_ONLY): Promise<unknown> {
  return (await readSizedJson(request, limits)).value;
}

/** `readJson`, with the size of the body as it came. */
export async function readSizedJson(request: Request, limits: JsonLimits): Promise<{ value: unknown; bytes: number }> {
  requireMediaType(request, limits.mediaTypes);
  requirePlainEncoding(request);
  const bytes = await readBytes(request, limits.bodyBytes);
  return { value: parseJson(bytes, limits.jsonDepth), bytes: bytes.byteLength };
}

/** The media type a body is said to have: lower case, without parameters, "" when none is named. */
export function mediaType(request: Request): string {
  const header = request.headers.get("content-type");
  if (header === null) return "";
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** @throws Problem `unsupported-media-type` unless the body is said to be of one of these */
export function requireMediaType(request: Request, offered: readonly string[]): void {
  if (offered.includes(mediaType(request))) return;
  const named = offered.filter((type) => type !== "").join(", ");
  throw new Problem("unsupported-media-type", `The body must be sent as ${named}.`);
}

function requirePlainEncoding(request: Request): void {
  const encoding = request.headers.get("content-encoding");
  if (encoding === null || encoding.trim().toLowerCase() === "identity") return;
  throw new Problem("unsupported-media-type", "The body must be sent without a content encoding.");
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
      throw new Problem("too-large", `The body may have at most ${maxBytes} bytes.`);
    }
    chunks.push(value);
  }
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

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * JSON that can be kept and passed on as it is: UTF-8, at most `maxDepth` levels, no NUL and no lone surrogate in a string
 * (Postgres keeps neither), no key `__proto__`.
 *
 * @throws Problem `unreadable`
 */
export function parseJson(bytes: Uint8Array, maxDepth: number = LIMITS.jsonDepth): unknown {
  if (bytes.byteLength === 0) throw new Problem("unreadable", "The body is empty.");
  const text = decode(bytes);
  const value = parseText(text);
  // Text decoded from UTF-8 and taken by JSON.parse holds a NUL or a lone surrogate only where it is written as an escape.
  const escaped = text.includes("\\u");
  inspect(value, maxDepth, escaped, escaped || text.includes("__proto__"));
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Problem("unreadable", "The body is not valid UTF-8.");
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error would quote the body, so it is not passed on as the cause.
    throw new Problem("unreadable", "The body is not valid JSON.");
  }
}

/** One pass over a value fresh from JSON.parse; strings and keys are only looked into when the text gives reason to. */
function inspect(value: unknown, levels: number, strings: boolean, keys: boolean): void {
  if (typeof value === "string") {
    if (strings) requireKeepable(value);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (levels === 0) throw new Problem("unreadable", "The body is nested too deeply.");
  if (Array.isArray(value)) {
    for (const element of value) inspect(element, levels - 1, strings, keys);
    return;
  }
  for (const key in value) {
    if (keys) requireKeepableKey(key);
    inspect(value[key as keyof typeof value], levels - 1, strings, keys); // a key just read from this very object
  }
}

function requireKeepable(text: string): void {
  if (text.includes("\u0000")) throw new Problem("unreadable", "The body holds a NUL character.");
  if (!text.isWellFormed()) throw new Problem("unreadable", "The body holds half of a surrogate pair.");
}

function requireKeepableKey(key: string): void {
  requireKeepable(key);
  if (key === "__proto__") throw new Problem("unreadable", "The body holds a key that is not taken: __proto__.");
}
