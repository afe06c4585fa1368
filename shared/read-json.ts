import { LIMITS } from "./limits.ts";
import { findUnkeepable } from "./keepable.ts";
import { Problem } from "./problem.ts";
import { readBody, type BodyLimits } from "./read-body.ts";

const JSON_ONLY: BodyLimits = { bodyBytes: LIMITS.bodyBytesDecompressed, mediaTypes: ["application/json"] };

/**
 * The JSON value in a request's body, as it can be kept.
 *
 * @throws Problem `unsupported-media-type`, `too-large`, `unreadable` or `invalid`; none of them quotes the body
 */
export async function readJson(request: Request, limits: BodyLimits = JSON_ONLY): Promise<unknown> {
  const value = parseJson(await readBody(request, limits));
  const found = findUnkeepable(value);
  if (found === null) return value;
  const { slug, pointer, detail } = found;
  throw new Problem(slug, `The body cannot be kept: ${detail}.`, { errors: [{ pointer, detail }] });
}

/** The JSON value of a body that may be missing altogether: an empty object then. @throws as `readJson` */
export async function readOptionalJson(request: Request): Promise<unknown> {
  const isMissing = request.body === null || request.headers.get("content-length") === "0";
  return isMissing ? {} : readJson(request);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * The value of a JSON text. Of a key given twice the last counts, as everywhere.
 *
 * @throws Problem `unreadable` for nothing at all, bytes that are not UTF-8 and text that is not JSON
 */
export function parseJson(bytes: Uint8Array): unknown {
  return parseText(readText(bytes));
}

/** The text of a body. @throws Problem `unreadable` for nothing at all and bytes that are not UTF-8 */
export function readText(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) throw new Problem("unreadable", "The body is empty.");
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Problem("unreadable", "The body is not valid UTF-8.");
  }
}

/** The value of a JSON text. @throws Problem `unreadable` for text that is not JSON */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error would quote the body, so it is not passed on as the cause.
    throw new Problem("unreadable", "The body is not valid JSON.");
  }
}
