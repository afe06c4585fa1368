import { withDeadline } from "./deadline.ts";
import { ApiKeyRecord, keyEntry } from "./keys.ts";
import { Problem } from "./problem.ts";

const DEADLINE_MS = 3_000;

/**
 * The record of a key as KV holds it, or null. A key that cannot be looked up answers 503 and not 401, because it may be a good one.
 *
 * @param read gives the parsed entry of that name, or null
 * @throws Problem `unavailable` when the store fails, takes over 3 s, or holds something else
 */
export async function findKey(read: (entry: string) => Promise<unknown>, id: string): Promise<ApiKeyRecord | null> {
  try {
    const entry = await withDeadline(read(keyEntry(id)), DEADLINE_MS, "the key store");
    return entry === null ? null : ApiKeyRecord.parse(entry);
  } catch (cause) {
    throw new Problem("unavailable", "The key could not be looked up.", { cause, headers: { "retry-after": "2" } });
  }
}
