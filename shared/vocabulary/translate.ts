import type { FieldError } from "../problem.ts";
import { settle, type Source } from "./collect.ts";
import { isGiven, isObject, own, type JsonObject } from "./paths.ts";
import { readSegment, SEGMENT_CALLS } from "./segment.ts";
import { readShopify } from "./shopify.ts";
import { FORMATS, type Format } from "./vocabulary.ts";

export { FORMATS, type Format };

/** An event in our terms; what names no format comes back as it is. */
export type Translated = { kind: "event"; event: unknown } | { kind: "rejected"; errors: FieldError[] };

const READERS: Record<Format, (sent: JsonObject, source: Source) => JsonObject> = {
  segment: readSegment,
  shopify: readShopify,
};

/** Parts that are looked into; the schema would not see what else stood there. */
const OBJECTS: Record<Format, readonly string[]> = {
  segment: ["properties", "context"],
  shopify: ["data", "context", "properties", "customData"],
};

/**
 * An event written in Segment's or Shopify's terms, in ours. It is not yet checked: what has no sense in our terms is
 * passed on for the schema to refuse, whose pointers then speak of our fields. Never throws, changes nothing it is given.
 *
 * @param raw plain JSON, as it passed the door
 * @param source a browser's words on address, user agent and place are left out, as the connection tells them
 */
export function translate(raw: unknown, source: Source): Translated {
  if (!isObject(raw) || !Object.hasOwn(raw, "format")) return { kind: "event", event: raw };
  const format = FORMATS.find((known) => known === raw["format"]);
  if (format === undefined) {
    return { kind: "rejected", errors: [{ pointer: "/format", detail: `must be ${FORMATS.join(" or ")}` }] };
  }
  const errors = errorsOf(raw, format);
  if (errors.length > 0) return { kind: "rejected", errors };
  return { kind: "event", event: settle(READERS[format](raw, source)) };
}

function errorsOf(raw: JsonObject, format: Format): FieldError[] {
  const errors = OBJECTS[format]
    .filter((key) => isGiven(own(raw, key)) && !isObject(raw[key]))
    .map((key) => ({ pointer: `/${key}`, detail: "must be an object" }));
  const type = own(raw, "type");
  if (format === "segment" && isGiven(type) && !SEGMENT_CALLS.includes(type)) {
    errors.push({ pointer: "/type", detail: `must be ${SEGMENT_CALLS.join(" or ")}: no other call is an event` });
  }
  return errors;
}
