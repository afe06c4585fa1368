import type { Markup } from "./html.ts";
import type { Track } from "./tracks.ts";
import type { Visitor } from "./visitors.ts";

/** A request, read. */
export interface Visit {
  /** What the route's path left open, such as a product's id. */
  named: string;
  query: URLSearchParams;
  /** Empty unless something was posted. */
  form: URLSearchParams;
  visitor: Visitor;
  /** What the shop's server knows of who asks. */
  from: { ip: string | undefined; userAgent: string | undefined };
}

/** What a visit is answered with. */
export type Answer =
  | { kind: "page"; page: Page }
  /** By a GET, so that a reload does not post again. */
  | { kind: "see"; path: string }
  | { kind: "json"; value: unknown }
  | { kind: "picture"; svg: string };

export interface Page {
  status?: number;
  title: string;
  main: Markup;
  /** What the page tracks by itself, beside its view. */
  tracks?: readonly Track[];
  /** Of the page's own search, to be shown in the search field. */
  query?: string;
}

export const page = (content: Page): Answer => ({ kind: "page", page: content });
export const see = (path: string): Answer => ({ kind: "see", path });
