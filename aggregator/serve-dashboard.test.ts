import { describe, expect, it } from "vitest";
import { API_ROOTS, serveDashboard } from "./serve-dashboard.ts";
import type { Db } from "./store/db.ts";
import { testApp } from "./test-app.ts";

const FILES = new Map([
  ["/index.html", "<!doctype html>"],
  ["/assets/index-1a2b3c.js", "export {}"],
  ["/favicon.svg", "<svg/>"],
  ["/.built-from", "a digest"],
]);
const assets = {
  fetch: async (request: RequestInfo | URL) => {
    const text = FILES.get(new URL(new Request(request).url).pathname);
    return text === undefined ? new Response(null, { status: 404 }) : new Response(text, { headers: { etag: '"1"' } });
  },
};
const PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

function ask(path: string, { method = "GET", accept = PAGE } = {}): Promise<Response | null> {
  return serveDashboard(new Request(`https://pulse.example${path}`, { method, headers: { accept } }), assets);
}

describe("serveDashboard", () => {
  it.each(["/", "/overview", "/anomalies/ano_evt_00000001?status=all", "/figures?metric=orders"])(
    "answers %s with the page, asked for anew each time and allowed nothing but its own files",
    async (path) => {
      const response = await ask(path);
      expect(await response?.text()).toBe("<!doctype html>");
      expect(Object.fromEntries(response?.headers ?? [])).toMatchObject({
        "cache-control": "no-cache",
        "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        etag: '"1"',
      });
      expect(response?.headers.get("content-security-policy")).not.toContain("unsafe");
    },
  );

  it("lets a file be kept for ever whose name tells what is in it", async () => {
    const response = await ask("/assets/index-1a2b3c.js", { accept: "*/*" });
    expect(response?.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it.each([
    { path: "/v1/events", because: "the API's" },
    { path: "/problems/invalid", because: "the API's" },
    { path: "/metrics", because: "the API's" },
    { path: "/overview", accept: "application/json", because: "asked for by a program" },
    { path: "/overview", method: "POST", because: "no page" },
    { path: "/assets/gone-000000.js", because: "gone" },
    { path: "/.built-from", accept: "*/*", because: "not for the public" },
  ])("leaves $path to the API, which is $because", async ({ path, ...request }) => {
    expect(await ask(path, request)).toBeNull();
  });

  it("knows every route of the API, so that a page never stands before one", async () => {
    const { document } = await testApp({} as Db); // the document is made without a database
    const roots = Object.keys(document.paths).map((path) => path.split("/")[1]);
    expect(roots.filter((root) => !API_ROOTS.includes(root ?? ""))).toEqual([]);
  });
});
