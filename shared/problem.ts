/**
 * Every refusal the product can answer, as RFC 9457 problems.
 *
 * `title` is constant per type; `help` is the text of the page `/problems/<slug>` that `type` points to.
 */
export const PROBLEMS = {
  unreadable: {
    status: 400,
    title: "The request could not be read",
    help: "The body must be UTF-8 JSON, at most 32 levels deep, and good gzip where it says so; credentials must not contradict each other.",
  },
  unauthenticated: {
    status: 401,
    title: "No valid key was given",
    help: "Send a secret key as `Authorization: Bearer sk_…`, or a publishable key as `key` in the body or query. Unknown, expired and revoked keys answer the same.",
  },
  forbidden: {
    status: 403,
    title: "This key may not do this",
    help: "The key is valid but its role, its kind or the page's origin does not allow this route.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing here",
    help: "The path or the id is unknown.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This method is not offered here",
    help: "The `Allow` header names the methods this path answers.",
  },
  "not-acceptable": {
    status: 406,
    title: "No such media type is offered here",
    help: "Ask by `Accept` for a media type that the route answers, or leave the header out.",
  },
  conflict: {
    status: 409,
    title: "The resource is not in a state that allows this",
    help: "Read the resource again and decide anew.",
  },
  "too-large": {
    status: 413,
    title: "The request is too large",
    help: "An event may have 32,000 bytes, a body 500,000 bytes on the wire and 1,000,000 decompressed.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "This content type or encoding is not offered",
    help: "Send `application/json`, or `text/plain` holding JSON from a beacon, or `application/x-ndjson` where a batch is taken; plain or as gzip.",
  },
  invalid: {
    status: 422,
    title: "The request does not match its schema",
    help: "`errors` lists what is wrong by JSON pointer. Unknown fields are refused, because a misspelt field would weaken a score.",
  },
  "upgrade-required": {
    status: 426,
    title: "This path speaks WebSocket only",
    help: "Open it with a WebSocket client, which sends `Upgrade: websocket`.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many requests",
    help: "A publishable key may send 600 events a minute from one address and a secret key 600,000 events, unless set otherwise; an address may show 100 keys that are refused. Wait for the seconds in `Retry-After`.",
  },
  internal: {
    status: 500,
    title: "Something broke on our side",
    help: "The request id in `instance` finds the cause in the logs.",
  },
  unavailable: {
    status: 503,
    title: "The service cannot take this now",
    help: "Do it again after the seconds in `Retry-After`: repeating is always safe, and the same event id is counted once.",
  },
} as const;

export type ProblemSlug = keyof typeof PROBLEMS;

/** One place in the request that is wrong. `pointer` is a JSON pointer (RFC 6901), "" for the whole. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** Of a name in a pointer; only a name that is itself refused can be longer. */
const POINTED_LENGTH = 100;

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: PropertyKey): string {
  return `/${String(key).slice(0, POINTED_LENGTH).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

interface ProblemOptions {
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * An expected refusal. `detail` and `errors` are for the caller and never hold rejected values;
 * `cause` is for the operator's log and is never serialised.
 */
export class Problem extends Error {
  readonly slug: ProblemSlug;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(slug: ProblemSlug, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Problem";
    this.slug = slug;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The body of a problem, as it is answered. */
export function problemBody(problem: Problem, requestId: string) {
  const { status, title } = PROBLEMS[problem.slug];
  return {
    type: `/problems/${problem.slug}`,
    title,
    status,
    detail: problem.message,
    instance: requestId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
}
