import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import type { ReadEvent } from "../read-events.ts";

/** Codes of RFC 6455 by the problem that ends a connection; any other is against our policy. The reason is the problem's name. */
const CLOSE_CODES: Partial<Record<ProblemSlug, number>> = {
  "unsupported-media-type": 1003,
  internal: 1011,
  unavailable: 1013,
};
const POLICY_CODE = 1008;
export const IDLE_CODE = 1001;

export function closeCode({ slug }: Problem): number {
  return CLOSE_CODES[slug] ?? POLICY_CODE;
}

/** Whatever comes before the key ends the connection; who misspelt it learns how. */
export function beforeKey({ fault }: ReadEvent): Problem {
  if (fault === null) return new Problem("unauthenticated", "The first frame has to show a key.");
  return new Problem(fault.slug, "The first frame has to show a key; see errors.", { errors: fault.errors });
}

export function limited(detail: string, seconds: number): Problem {
  return new Problem("rate-limited", detail, { headers: { "retry-after": String(seconds) } });
}
