import type { Authenticator } from "../shared/authenticator.ts";
import { bearerToken, originAllowed, type ApiKeyRecord } from "../shared/keys.ts";
import { Problem } from "../shared/problem.ts";

/** Where a key may come from: the header, or `key` in the body or the query for a beacon, which can carry no header. */
export interface Credentials {
  authorization: string | null;
  body: string | null;
  /** Every `key` of the address. */
  query: readonly string[];
  origin: string | null;
}

/**
 * The key a request may write events with.
 *
 * @throws Problem 400 when several credentials disagree, 401 for no or an unknown key, 403 for a key that may not be used here
 */
export async function admit(credentials: Credentials, authenticate: Authenticator): Promise<ApiKeyRecord> {
  const bearer = bearerToken(credentials.authorization);
  if (bearer === "") return authenticate(null); // a header that is there and holds no key
  const { body, query } = credentials;
  if (body?.startsWith("sk_") || query.some((key) => key.startsWith("sk_"))) {
    throw new Problem("forbidden", "A secret key belongs in the Authorization header only.");
  }
  const given = new Set([bearer, body, ...query].filter((key) => key !== null));
  if (given.size > 1) throw new Problem("unreadable", "The request carries several keys that differ.");
  const [text = null] = given;
  const record = await authenticate(text);
  if (record.kind === "secret" && credentials.origin !== null) {
    throw new Problem("forbidden", "A secret key may not be used from a browser.");
  }
  if (
    record.kind === "publishable" &&
    credentials.origin !== null &&
    !originAllowed(credentials.origin, record.origins)
  ) {
    throw new Problem("forbidden", "This origin is not on the key's list.");
  }
  return record;
}
