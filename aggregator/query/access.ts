import type { ProblemSlug } from "../../shared/problem.ts";

/** What any route that needs a key and the database may refuse with. */
export const GUARDED = ["unauthenticated", "forbidden", "unavailable"] as const satisfies ProblemSlug[];

/** What a list refuses with: a cursor that is none, and a query that does not match. */
export const LISTED = [...GUARDED, "unreadable", "invalid"] as const satisfies ProblemSlug[];

/** What a list refuses with that is also answered as a file. */
export const EXPORTED = [...LISTED, "not-acceptable"] as const satisfies ProblemSlug[];
