import type { RememberingAuthenticator } from "../../shared/authenticator.ts";
import type { ApiKeyRecord } from "../../shared/keys.ts";
import { describe } from "../../shared/serve.ts";

interface KeyCheckServices {
  authenticate: RememberingAuthenticator;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
}

/** While the store of keys is away, it is asked again after this time: it is waited for up to 3 s. */
const RECHECK_MS = 30_000;

/**
 * Whether the key of a connection is still in force; asked before every portion, and answered from memory for up to 30 s.
 *
 * The key was good when it was shown, so while the store of keys is away it goes on to be.
 *
 * @param streamId of the connection, for the log
 */
export function createKeyCheck(
  { authenticate, nowMs, log }: KeyCheckServices,
  streamId: string,
): (key: ApiKeyRecord) => Promise<boolean> {
  let askAtMs = 0;
  return async (key) => {
    if (nowMs() < askAtMs) return true;
    try {
      return await authenticate.recheck(key);
    } catch (error) {
      askAtMs = nowMs() + RECHECK_MS;
      log({ requestId: streamId, route: "openStream", keyId: key.id, cause: describe(error) });
      return true;
    }
  };
}
