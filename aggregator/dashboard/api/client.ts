import type { Paths } from "./paths.ts";
import { failureOf, unreachable } from "./problem.ts";
import { currentKey, signOut } from "./session.ts";

type Method = "get" | "post" | "patch" | "delete";

/** The paths that answer to a method. */
export type PathOf<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<M, unknown> ? P : never;
}[keyof Paths];

interface Shape {
  params: object | undefined;
  query: object | undefined;
  body: unknown;
  answer: unknown;
}

type ShapeOf<M extends Method, P extends PathOf<M>> = Paths[P] extends Record<M, infer S extends Shape> ? S : never;

/** What a route answers: `Answer<"get", "/v1/anomalies">`. */
export type Answer<M extends Method, P extends PathOf<M>> = ShapeOf<M, P>["answer"];
/** One row of what a list answers. */
export type RowOf<P extends PathOf<"get">> = Answer<"get", P> extends { data: (infer Row)[] } ? Row : never;
export type Body<M extends Method, P extends PathOf<M>> = ShapeOf<M, P>["body"];

type Loose<T> = { [K in keyof T]: T[K] | null | undefined };
type Part<Name extends string, T> = undefined extends T
  ? { [K in Name]?: T | undefined }
  : Partial<T> extends T
    ? { [K in Name]?: Loose<T> | undefined }
    : { [K in Name]: Name extends "query" ? Loose<T> : T };

/** What a request to a route needs. Of a query, what is null, undefined or empty is left out. */
export type Input<M extends Method, P extends PathOf<M>> = Part<"params", ShapeOf<M, P>["params"]> &
  Part<"query", ShapeOf<M, P>["query"]> &
  Part<"body", ShapeOf<M, P>["body"]>;

interface AnyInput {
  params?: object | undefined;
  query?: object | undefined;
  body?: unknown;
  /** Media type of the answer, where it is not JSON. */
  accept?: string;
}

/**
 * Asks the API.
 *
 * @throws RequestFailed, or the signal's reason when it was aborted. A key that is no longer taken signs out.
 */
export async function request<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  input: Input<M, P>,
  signal?: AbortSignal,
): Promise<Answer<M, P>> {
  const response = await send(method, pathTo(path, input), input, signal);
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as Answer<M, P>; // by the route's own schema, which the API holds its answers to
}

/** The answer as it comes, for downloads. */
export async function send(
  method: string,
  url: string,
  { body, accept = "application/json" }: AnyInput,
  signal?: AbortSignal,
): Promise<Response> {
  const key = currentKey();
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: {
      accept,
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable();
  });
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (response.status === 401 && key === currentKey()) signOut();
  throw failure;
}

/** `/v1/anomalies/{id}` with its parameters and query. */
export function pathTo(path: string, { params = {}, query = {} }: AnyInput): string {
  const given = new Map<string, string>(Object.entries(params));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.get(name) ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
}
