import * as z from "zod";
import { withDeadline } from "../shared/deadline.ts";
import { Problem } from "../shared/problem.ts";
import { defineRoute } from "../shared/route.ts";
import { operation, type Operation } from "../shared/serve.ts";
import type { Stores } from "./profiles/know.ts";
import { SNIPPET } from "./snippet/served.ts";

export interface SnippetServices {
  /** Where every version that was ever served is kept, as pages may be pinned to it. */
  snippets: {
    get(version: string): Promise<string | null>;
    put(version: string, text: string): Promise<unknown>;
  };
  stores: Stores;
}

const DEADLINE_MS = 3_000;
const FLOATING = "public, max-age=3600";
const FOR_EVER = "public, max-age=31536000, immutable";
const TYPE = "text/javascript";

const getSnippet = defineRoute({
  method: "get",
  path: "/pulse.js",
  operationId: "snippet",
  summary: "The browser snippet, in its latest version.",
  access: "public",
  status: 200,
  output: z.string(),
  outputType: TYPE,
  problems: [],
});

const getPinned = defineRoute({
  method: "get",
  path: "/pulse/{version}/pulse.js",
  operationId: "snippetVersion",
  summary: "The browser snippet in one version, which never changes: for pages that name its hash (SRI).",
  access: "public",
  params: z.object({ version: z.string().regex(/^[0-9a-f]{8}$/, "must be the 8 digits of a version") }),
  status: 200,
  output: z.string(),
  outputType: TYPE,
  problems: ["not-found", "invalid", "unavailable"],
});

export function snippetOperations({ snippets, stores }: SnippetServices): Operation[] {
  let isKept = false;
  return [
    operation(getSnippet, async () => script(SNIPPET.text, FLOATING)),
    operation(getPinned, async (_facts, { params: { version } }) => {
      if (version !== SNIPPET.version) return script(await former(version, snippets), FOR_EVER);
      // Kept for the time after the next deployment; should it fail, the next page tries again.
      if (!isKept)
        stores.waitUntil(
          snippets
            .put(version, SNIPPET.text)
            .then(() => (isKept = true))
            .catch(() => undefined),
        );
      return script(SNIPPET.text, FOR_EVER);
    }),
  ];
}

/** A version of an earlier deployment. @throws Problem `not-found`, or `unavailable` when the store fails or takes over 3 s */
async function former(version: string, snippets: SnippetServices["snippets"]): Promise<string> {
  const text = await withDeadline(snippets.get(version), DEADLINE_MS, "the store of snippets").catch(
    (cause: unknown) => {
      throw new Problem("unavailable", "The version could not be read.", { cause, headers: { "retry-after": "2" } });
    },
  );
  if (text === null) throw new Problem("not-found", "No snippet of this version was served here.");
  return text;
}

/** A script that any page may load, and check by its hash. */
function script(text: string, cacheControl: string): Response {
  return new Response(text, {
    headers: {
      "content-type": `${TYPE}; charset=utf-8`,
      "cache-control": cacheControl,
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    },
  });
}
