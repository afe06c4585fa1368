import { describe, expect, it } from "vitest";
import { SNIPPET } from "./snippet/served.ts";
import { edge } from "./test-edge.ts";

const OTHER = SNIPPET.version === "00000000" ? "00000001" : "00000000";
const pinned = (version: string) => `/pulse/${version}/pulse.js`;

function shelf(held: Record<string, string> = {}) {
  return {
    held,
    get: async (version: string) => held[version] ?? null,
    put: async (version: string, text: string) => void (held[version] = text),
  };
}

describe("GET /pulse.js", () => {
  it("answers the snippet to any page, to be asked for again within the hour", async () => {
    const response = await edge().app.request("/pulse.js");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(SNIPPET.text);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=3600",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
    });
  });
});

describe("GET /pulse/{version}/pulse.js", () => {
  it("answers this version for ever, with the bytes its hash stands for", async () => {
    const response = await edge().app.request(pinned(SNIPPET.version));
    const text = await response.text();
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const digest = await crypto.subtle.digest("SHA-384", new TextEncoder().encode(text));
    expect(`sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`).toBe(SNIPPET.integrity);
  });

  it("keeps this version for the time after the next deployment, and answers those of earlier ones", async () => {
    const snippets = shelf({ [OTHER]: "// former" });
    const { app, later } = edge({ snippets });
    await app.request(pinned(SNIPPET.version));
    await Promise.all(later);
    expect(snippets.held[SNIPPET.version]).toBe(SNIPPET.text);
    const response = await app.request(pinned(OTHER));
    expect([response.status, await response.text()]).toEqual([200, "// former"]);
  });

  it.each([
    { because: "a version that never was", path: pinned(OTHER), snippets: shelf(), status: 404 },
    { because: "what is no version", path: pinned("..%2Fmodel"), snippets: shelf(), status: 422 },
    {
      because: "a store that is away",
      path: pinned(OTHER),
      snippets: { ...shelf(), get: () => Promise.reject(new Error("away")) },
      status: 503,
    },
  ])("refuses $because", async ({ path, snippets, status }) => {
    expect((await edge({ snippets }).app.request(path)).status).toBe(status);
  });
});
