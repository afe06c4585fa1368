import type { OpenApiDocument } from "../../shared/openapi.ts";
import { conform } from "../../shared/test-conform.ts";
import type { FuzzRequest } from "./requests.ts";

/** Another seed asks other things; what it finds is found again by the same one. */
export const SEED = 20_261_121;

const ID = /"id":"([^"]{1,100})"/g;
type Ask = (path: string, init: RequestInit) => Response | Promise<Response>;

/** Sends a request and holds the answer against the document. @returns the status, and the ids it tells of @throws Error that names the request */
export async function sent(
  ask: Ask,
  document: OpenApiDocument,
  request: FuzzRequest,
  authorization: string | null,
): Promise<{ status: number; ids: string[] }> {
  const { method, path, body } = request;
  const headers = { ...request.headers, ...(authorization === null ? {} : { authorization }) };
  const response = await ask(path, { method, headers, ...(body === null ? {} : { body }) });
  const text = await response.text();
  try {
    conform(document, { method, path, status: response.status, headers: response.headers, text });
    if (response.status >= 500) throw new Error(`answered ${response.status}: ${text}`);
  } catch (cause) {
    throw new Error(`${method} ${path} ${JSON.stringify(headers)} ${body?.slice(0, 500) ?? ""}`, { cause });
  }
  return { status: response.status, ids: response.ok ? [...text.matchAll(ID)].map(([, id = ""]) => id) : [] };
}
