/** A refusal as the API words it (RFC 9457). */
export interface ProblemBody {
  title: string;
  status: number;
  detail: string;
  /** The request id. */
  instance: string;
  errors?: { pointer: string; detail: string }[];
}

/** A request that was refused or did not come through. */
export class RequestFailed extends Error {
  override name = "RequestFailed";
  /** Of the answer; 0 where none came. */
  readonly status: number;
  readonly title: string;
  readonly requestId: string | null;
  readonly errors: readonly { pointer: string; detail: string }[];
  /** How long the server asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(body: Omit<ProblemBody, "instance"> & { instance: string | null }, retryAfterMs: number | null = null) {
    super(body.detail);
    this.status = body.status;
    this.title = body.title;
    this.requestId = body.instance;
    this.errors = body.errors ?? [];
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether asking again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @returns what the field of a form was refused for, by its name in the body */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof RequestFailed)) return undefined;
  return error.errors.find(({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`))?.detail;
}

/** What is thrown for an answer that is no success. */
export async function failureOf(response: Response): Promise<RequestFailed> {
  const text = await response.text().catch(() => "");
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : null;
  return new RequestFailed(parsed(text) ?? wordless(response), retryAfterMs);
}

function parsed(text: string): ProblemBody | null {
  try {
    const body: unknown = JSON.parse(text);
    const isProblem = typeof body === "object" && body !== null && "title" in body && "detail" in body;
    return isProblem ? (body as ProblemBody) : null; // by the API's contract
  } catch {
    return null;
  }
}

/** Of something between us and the API that does not speak its language. */
function wordless(response: Response) {
  return {
    title: "The answer could not be read",
    status: response.status,
    detail: `Something answered ${response.status} without a reason.`,
    instance: response.headers.get("x-request-id"),
  };
}

export function unreachable(): RequestFailed {
  return new RequestFailed({
    title: "PulseEcom cannot be reached",
    status: 0,
    detail: "The connection failed. It is tried again by itself.",
    instance: null,
  });
}
