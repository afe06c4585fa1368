import { EVENT_NAME, toEventFields } from "./commerce.ts";
import { toJson, type Fields } from "./json.ts";

/** What is known of an event beside its name and parameters. */
export interface Facts {
  /** `page`, `locale` and `screen` of our event's context. */
  context: Fields;
  signals: Fields;
}

/**
 * An event as JSON, before it has its ids; with Segment's `format`, which the edge maps, when its name is in Segment's form (`Order
 * Completed`).
 */
export function toEventText(name: string, params: Fields, { context, signals }: Facts): string {
  const [fields, properties] = EVENT_NAME.test(name)
    ? toEventFields(name, params)
    : [{ format: "segment", user_id: params.user_id }, params];
  return toJson({ ...fields, name, context, properties: { ...properties, _signals: signals } });
}

/** The whole event, when it may have ids. */
export function withIds(text: string, ids: object): string {
  return `${text.slice(0, -1)},${toJson(ids).slice(1)}`;
}
