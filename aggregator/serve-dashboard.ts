/** Where the files of the dashboard are: Workers' static assets. */
export type Assets = Pick<Fetcher, "fetch">;

/** First parts of paths that are the API's; everything else that a browser goes to is a page of the dashboard. */
export const API_ROOTS = ["v1", "problems", "healthz", "readyz", "metrics", "openapi.json", "docs"];

/** A file whose name changes with what is in it. */
const HASHED = /^\/assets\//;
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";

/** Nothing but the dashboard's own files runs or is loaded, and nobody may frame it. */
const POLICY = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/**
 * What the dashboard answers to a request: one of its files, or its page, which finds out by itself what to show at a path.
 *
 * @returns null for what is the API's to answer
 */
export async function serveDashboard(request: Request, assets: Assets): Promise<Response | null> {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const url = new URL(request.url);
  const file = fileFor(url.pathname, request.headers.get("accept") ?? "");
  if (file === null) return null;
  const found = await assets.fetch(
    new Request(new URL(file, url), { method: request.method, headers: request.headers }),
  );
  if (found.status === 404) return null;
  const response = new Response(found.body, found);
  for (const [name, value] of Object.entries(POLICY)) response.headers.set(name, value);
  response.headers.set("cache-control", HASHED.test(file) ? FOR_EVER : ASK_AGAIN);
  return response;
}

function fileFor(path: string, accept: string): string | null {
  if (HASHED.test(path) || path === "/favicon.svg") return path;
  if (path === "/") return "/index.html";
  const root = path.split("/", 2)[1] ?? "";
  return API_ROOTS.includes(root) || !accept.includes("text/html") ? null : "/index.html";
}
