import { Hono } from "hono";
import type { Context } from "hono";
import type * as z from "zod";
import { docsPage, problemPage } from "./docs/page.ts";
import { PAGE_HEADERS } from "./docs/html.ts";
import { STYLE } from "./docs/style.ts";
import { sha256Hex } from "./digest.ts";
import { negotiate } from "./negotiate.ts";
import { openApi, type OpenApiDocument } from "./openapi.ts";
import { pointerStep, Problem, PROBLEMS, problemBody, type FieldError, type ProblemSlug } from "./problem.ts";
import { isRevalidated, routerPath, type Route, type RouteInput, type RouteOutput } from "./route.ts";

/** What a request carries through the handlers; set before any of them runs. */
export interface RequestFacts {
  requestId: string;
  request: Request;
  /** What to answer as, of the media types the route offers: JSON, unless it has `exports` and one of them was asked for. */
  answerType: string;
  /** Id of the key that was admitted; set by `admit`, so a public route has none. */
  keyId?: string;
}

/** A route with what answers it. `handle` may answer a whole Response where the route's form is not enough. */
export interface Operation {
  route: Route;
  handle(facts: RequestFacts, input: RouteInput<Route>): Promise<unknown>;
}

/** Binds a handler to its route, with the input and output the route declares. */
export function operation<R extends Route>(
  route: R,
  handle: (facts: RequestFacts, input: RouteInput<R>) => Promise<RouteOutput<R> | Response>,
): Operation {
  // The input is parsed by this very route's schemas before `handle` is called, so the narrower type holds.
  return { route, handle };
}

interface Surface {
  info: { title: string; version: string; description: string };
  operations: readonly Operation[];
  /** Runs before every handler: keys and roles. */
  admit(route: Route, facts: RequestFacts): Promise<void>;
  /** Reads a JSON body within the limits. @throws Problem */
  readJson(request: Request): Promise<unknown>;
  newRequestId(): string;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
  /** Looks at every answer before it goes out, and may add headers to it. */
  answering?(request: Request, response: Response): void;
  /** Where true, requests answered well are not logged: what is counted elsewhere need not be written a line each. */
  quiet?: boolean;
}

/** What a path is asked with that it does not offer; a method beside these is answered as an unknown path. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/**
 * A Hono app that answers a list of operations, `/openapi.json`, the same to read at `/docs`, and the pages of the problems.
 * Every request meets one handler, so that Hono need not compose any.
 * Everything that is refused is a problem; a problem that its route does not declare becomes a 500, so the document cannot drift.
 */
export function serve(surface: Surface, app: Hono = new Hono()): Hono {
  const routes = surface.operations.map(({ route }) => route);
  let document: OpenApiDocument | undefined;
  const documented = () => (document ??= openApi(surface.info, routes));

  const refuseOthers = (path: string, offered: string[]) => {
    const others = METHODS.filter((method) => !offered.includes(method));
    app.on(others, path, (context) => answer(surface, null, context, () => refuseMethod(offered)));
  };

  const always = {
    "/openapi.json": (context: Context) => context.json(documented()),
    "/docs": () => page(docsPage(documented())),
    "/docs/style.css": () => new Response(STYLE, { headers: { "content-type": "text/css; charset=utf-8" } }),
    "/problems/:slug": (context: Context) => page(problemPage(knownProblem(context))),
  };
  for (const [path, give] of Object.entries(always)) {
    app.get(path, (context) => answer(surface, null, context, async () => give(context)));
    refuseOthers(path, ["GET"]);
  }

  for (const { route, handle } of surface.operations) {
    app.on(route.method.toUpperCase(), routerPath(route.path), (context) =>
      answer(surface, route, context, async (facts) => {
        await surface.admit(route, facts);
        facts.answerType = answerType(route, facts.request);
        const input = await parseInput(surface, route, context);
        const output = await handle(facts, input);
        if (output instanceof Response) return output;
        if (route.output === undefined) return context.body(null, route.status);
        return isRevalidated(route)
          ? revalidated(facts.request, JSON.stringify(output))
          : context.json(output, route.status as 200);
      }),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    refuseOthers(routerPath(path), allow);
  }
  app.notFound((context) =>
    answer(surface, null, context, async () => {
      throw new Problem("not-found", "No route has this path.");
    }),
  );
  app.onError((error, context) =>
    answer(surface, null, context, async () => {
      throw error;
    }),
  );
  return app;
}

async function refuseMethod(offered: readonly string[]): Promise<never> {
  const allow = offered.join(", ");
  throw new Problem("method-not-allowed", `This path answers ${allow}.`, { headers: { allow } });
}

async function answer(
  surface: Surface,
  route: Route | null,
  context: Context,
  run: (facts: RequestFacts) => Promise<Response>,
): Promise<Response> {
  const facts: RequestFacts = { requestId: surface.newRequestId(), request: context.req.raw, answerType: JSON_TYPE };
  const startMs = surface.nowMs();
  let response: Response;
  let cause: unknown;
  try {
    response = await run(facts);
  } catch (error) {
    const problem = declared(error, route);
    cause = problem.cause;
    response = problemResponse(problem, facts.requestId);
  }
  response.headers.set("x-request-id", facts.requestId);
  if (route?.exports !== undefined) response.headers.append("vary", "accept");
  surface.answering?.(facts.request, response);
  if (!surface.quiet || response.status >= 400) {
    surface.log({
      requestId: facts.requestId,
      route: route?.operationId ?? "none",
      status: response.status,
      totalMs: surface.nowMs() - startMs,
      ...(cause === undefined ? {} : { cause: describe(cause) }),
    });
  }
  return response;
}

const JSON_TYPE = "application/json";

/** @throws Problem `not-acceptable` where the route offers several media types and none of them is asked for */
function answerType({ exports }: Route, request: Request): string {
  if (exports === undefined) return JSON_TYPE;
  const offered = [JSON_TYPE, ...Object.keys(exports)];
  const type = negotiate(request.headers.get("accept"), offered);
  if (type === null) throw new Problem("not-acceptable", `This is answered as ${offered.join(" or ")}.`);
  return type;
}

/** Nobody may keep it for others, or use it again without asking whether it is still so. */
export const PRIVATE = "private, no-cache";

/** JSON under a tag that is the digest of it, or only the word that it is what the client has. */
async function revalidated(request: Request, text: string): Promise<Response> {
  // Weak, as it may be compressed on its way.
  const etag = `W/"${(await sha256Hex(text)).slice(0, 32)}"`;
  const headers = { etag, "cache-control": PRIVATE };
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  const isKnown = known.some((tag) => tag === "*" || `W/${tag}` === etag);
  if (isKnown) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, "content-type": JSON_TYPE } });
}

/** A thrown value as the problem that may be answered for it. */
function declared(error: unknown, route: Route | null): Problem {
  if (!(error instanceof Problem))
    return new Problem("internal", "The request could not be completed.", { cause: error });
  const allowed: readonly ProblemSlug[] = route?.problems ?? ["not-found", "method-not-allowed"];
  if (error.slug === "internal" || allowed.includes(error.slug)) return error;
  return new Problem("internal", "The request could not be completed.", {
    cause: new Error(`undeclared problem ${error.slug}: ${error.message}`),
  });
}

export function problemResponse(problem: Problem, requestId: string): Response {
  const { status } = PROBLEMS[problem.slug];
  return new Response(JSON.stringify(problemBody(problem, requestId)), {
    status,
    headers: { ...problem.headers, "content-type": "application/problem+json", "x-request-id": requestId },
  });
}

/**
 * An error for the log: names, codes and first lines down the chain of causes.
 * A database's own message may quote a row, drizzle's holds the parameters and a JSON parser's quotes the text: of those only the
 * name or code is told.
 */
export function describe(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 4; at = at.cause) {
    if ("code" in at && typeof at.code === "string") parts.push(`${at.name} ${at.code}`);
    else if ("query" in at || at instanceof SyntaxError) parts.push(at.name);
    else parts.push(`${at.name}: ${at.message.split("\n", 1)[0]?.slice(0, 200)}`);
  }
  return parts.length === 0 ? typeof error : parts.join(" <- ");
}

async function parseInput(surface: Surface, route: Route, context: Context): Promise<RouteInput<Route>> {
  return {
    params: route.params === undefined ? undefined : parse(route.params, context.req.param()),
    query: route.query === undefined ? undefined : parse(route.query, context.req.query()),
    body:
      route.body === undefined || route.handlerReadsBody
        ? undefined
        : parse(route.body, await surface.readJson(context.req.raw)),
  } as RouteInput<Route>; // each part was parsed by the schema its type is inferred from
}

/** @throws Problem `invalid` with a pointer for every field that is wrong, never its value */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Problem("invalid", "Some fields do not match; see errors.", { errors: fieldErrors(result.error) });
}

const ERRORS_SHOWN = 20;
/** zod's issues as JSON pointers and words; unknown keys are pointed at one by one. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const flat = error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: "is not a known field" }));
    }
    return [{ pointer: pointer(issue.path), detail: issueWords(issue) }];
  });
  return flat.slice(0, ERRORS_SHOWN);
}

const TYPE_WORDS: Partial<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** zod's own words for a missing or mistyped value speak of its parser; the schemas' words are kept. */
function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type" || !issue.message.startsWith("Invalid input")) return issue.message;
  if (issue.message.endsWith("received undefined")) return "is required";
  return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map(pointerStep).join("");
}

function page(html: string): Response {
  return new Response(html, { headers: PAGE_HEADERS });
}

/** @throws Problem `not-found` */
function knownProblem(context: Context): ProblemSlug {
  const slug = context.req.param("slug") ?? "";
  if (!Object.hasOwn(PROBLEMS, slug)) throw new Problem("not-found", "No problem has this name.");
  return slug as ProblemSlug; // just checked to be one of its keys
}
