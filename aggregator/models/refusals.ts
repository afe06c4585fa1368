import { Problem } from "../../shared/problem.ts";
import { FileDamaged, ModelStoreAway } from "./bucket.ts";
import { ReleaseRefused } from "./load-release.ts";

const RETRY_AFTER_S = "5";

/** What the registry refuses, as routes answer it. @throws Problem `conflict` or `unavailable`, or whatever else the work throws */
export async function withProblems<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ReleaseRefused) throw new Problem("conflict", cause.message, { cause });
    if (cause instanceof ModelStoreAway || cause instanceof FileDamaged) {
      throw new Problem("unavailable", "The store of models does not give what it should.", {
        cause,
        headers: { "retry-after": RETRY_AFTER_S },
      });
    }
    throw cause;
  }
}
