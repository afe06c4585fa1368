import type { Authenticator } from "../shared/authenticator.ts";
import { originAllowed } from "../shared/keys.ts";

const METHODS = "POST";
const HEADERS = "authorization, content-type, content-encoding, idempotency-key";
const EXPOSED = "retry-after, x-request-id";
const PREFLIGHT_KEPT_S = "86400";

/** The page that posted may read the answer, a refusal and its waiting time too, unless it was refused for where it comes from. */
export function letPageRead(request: Request, { headers, status }: Response): void {
  if (request.method !== "POST") return;
  headers.append("vary", "origin");
  const from = request.headers.get("origin");
  if (from === null || status === 403) return;
  headers.set("access-control-allow-origin", from);
  // A beacon is always sent with the page's credentials; none of them is looked at.
  headers.set("access-control-allow-credentials", "true");
  headers.set("access-control-expose-headers", EXPOSED);
}

/**
 * Whether a page may post. The question carries no key unless the address does: where it does, its list of origins answers; where it
 * does not, any page may ask, for the origin is checked on the post itself, which a page can also send without asking.
 */
export async function preflight(request: Request, authenticate: Authenticator): Promise<Response> {
  const from = request.headers.get("origin");
  const headers = new Headers({ vary: "origin", allow: "POST, OPTIONS" });
  if (from !== null && (await mayAsk(request, from, authenticate))) {
    headers.set("access-control-allow-origin", from);
    headers.set("access-control-allow-credentials", "true");
    headers.set("access-control-allow-methods", METHODS);
    headers.set("access-control-allow-headers", HEADERS);
    headers.set("access-control-max-age", PREFLIGHT_KEPT_S);
  }
  return new Response(null, { status: 204, headers });
}

async function mayAsk(request: Request, from: string, authenticate: Authenticator): Promise<boolean> {
  const key = new URL(request.url).searchParams.get("key");
  if (key === null) return true;
  try {
    return originAllowed(from, (await authenticate(key)).origins);
  } catch {
    // An unknown key, or one that cannot be looked up: the post will say which.
    return true;
  }
}
