import type * as z from "zod";
import type { ProblemSlug } from "./problem.ts";
import type { Role } from "./keys.ts";

/** Who may call a route: anyone, any key that may write events, or a secret key of at least this role. */
export type Access = "public" | "ingest-any" | Role;

/**
 * One operation of a Worker's surface, as a value: its handler's types, its validation and its OpenAPI entry all come from here.
 * `path` is written as in OpenAPI (`/v1/events/{id}`); every problem the handler may raise is listed in `problems`.
 */
export interface Route {
  method: "get" | "post" | "patch" | "delete";
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  access: Access;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of the body; JSON when not given. */
  bodyTypes?: readonly string[];
  /** The handler reads and parses the body itself; `body` then only documents it. */
  handlerReadsBody?: true;
  /** 101 for a route that answers a WebSocket. */
  status: 101 | 200 | 201 | 202 | 204;
  output?: z.ZodType;
  /** Media type of the answer; JSON when not given. */
  outputType?: string;
  /** What the handler answers as a whole Response when another media type is asked for, by that type; a route that has some declares
   * `not-acceptable`. */
  exports?: Readonly<Record<string, z.ZodType>>;
  problems: readonly ProblemSlug[];
}

/** Keeps the literal types of a route. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

/**
 * Whether the answer carries an ETag and is not kept without asking again: what only a key lets read is private, and may be another a
 * moment later.
 */
export function isRevalidated({ method, access, output }: Route): boolean {
  return method === "get" && access !== "public" && output !== undefined;
}

/** What the handler of a route is given: what its schemas made of the request. */
export interface RouteInput<R extends Route> {
  params: R extends { params: infer Params extends z.ZodObject } ? z.output<Params> : undefined;
  query: R extends { query: infer Query extends z.ZodObject } ? z.output<Query> : undefined;
  body: R extends { handlerReadsBody: true }
    ? undefined
    : R extends { body: infer Body extends z.ZodType }
      ? z.output<Body>
      : undefined;
}

/** What the handler of a route answers; `undefined` for a route without a body. */
export type RouteOutput<R extends Route> = R extends { output: infer Output extends z.ZodType }
  ? z.input<Output>
  : undefined;

/** `/v1/events/{id}` as Hono writes it: `/v1/events/:id`. */
export function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
