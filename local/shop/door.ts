import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { BodyTooLarge, readBody } from "../http-body.ts";
import { page, type Answer, type Visit } from "./answer.ts";
import type { Asset } from "./assets.ts";
import { layout, type Frame, type PanelState } from "./pages/layout.ts";
import { brokenPage, missingPage } from "./pages/missing.ts";
import type { Route } from "./routes.ts";
import type { Visitor, Visitors } from "./visitors.ts";

const FORM_BYTES_MAX = 10_000;
const USER_AGENT_LENGTH = 2_000;
const A_YEAR = "public, max-age=31536000, immutable";

export interface DoorOptions {
  /** The port the shop is reached at. */
  port: number;
  routes: readonly Route[];
  files: readonly Asset[];
  frame: Frame;
  visitors: Visitors;
}

/** Reads requests, has the routes answer them, and writes their answers. Nothing a browser sends makes it throw. */
export function createDoor({ port, routes, files, frame, visitors }: DoorOptions): RequestListener {
  const ownHosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Cookies do not heed ports: two shops on one machine would share theirs.
  const cookieName = `shop_${port}`;
  const policy = policyFor(frame.edge);
  const assets = new Map(files.map((file) => [file.path, file]));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name that leads here is not ours: another site's page could use it to read the shop's.
    if (!ownHosts.includes(request.headers.host ?? "")) return plain(response, 421, "This is not a name of the shop.");
    const url = URL.parse(request.url ?? "/", `http://${ownHosts[0]}`);
    if (url === null) return plain(response, 400, "This is no address.");
    const asset = assets.get(url.pathname);
    if (asset !== undefined) return sendAsset(response, asset);

    const visitor = visitors.of(request.method === "HEAD" ? undefined : cookieOf(request, cookieName));
    const show = (content: Answer) => write(response, content, visitor, panelOf(request));
    const route = routes.find(({ path }) => path.test(url.pathname));
    if (route === undefined) return show(page(missingPage()));
    const isPost = request.method === "POST";
    const handler = isPost ? route.POST : /^(GET|HEAD)$/.test(request.method ?? "") ? route.GET : undefined;
    if (handler === undefined) return plain(response, 405, "Not in this way.", { allow: methodsOf(route) });
    if (isPost && !isOwnForm(request)) return plain(response, 403, "This form is another site's.");

    const visit: Visit = {
      named: route.path.exec(url.pathname)?.[1] ?? "",
      query: url.searchParams,
      form: new URLSearchParams(isPost ? (await readBody(request, FORM_BYTES_MAX)).toString("utf8") : ""),
      visitor,
      from: {
        ip: request.socket.remoteAddress,
        userAgent: request.headers["user-agent"]?.slice(0, USER_AGENT_LENGTH),
      },
    };
    if (isPost) {
      visitors.keep(visitor);
      response.setHeader("set-cookie", `${cookieName}=${visitor.id}; Path=/; HttpOnly; SameSite=Lax`);
    }
    show(await handler(visit));
  }

  function write(response: ServerResponse, content: Answer, visitor: Visitor, panel: PanelState): void {
    switch (content.kind) {
      case "see":
        response.writeHead(303, { location: content.path }).end();
        return;
      case "json":
        response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
        response.end(JSON.stringify(content.value));
        return;
      case "picture":
        response.writeHead(200, { "content-type": "image/svg+xml", "cache-control": A_YEAR }).end(content.svg);
        return;
      case "page": {
        const { tracks = [], status = 200 } = content.page;
        const whole = { ...content.page, tracks: [...visitor.tracks, ...tracks] };
        const text = layout(whole, frame, visitor, panel).text;
        visitor.tracks = [];
        visitor.notice = null;
        response.writeHead(status, {
          "content-type": "text/html; charset=utf-8",
          "cache-control": "private, no-cache",
        });
        response.end(text);
        return;
      }
      default:
        content satisfies never;
    }
  }

  /** Browsers say where a form comes from; what is no browser need not. */
  function isOwnForm({ headers: { origin } }: IncomingMessage): boolean {
    return origin === undefined || ownHosts.some((host) => origin === `http://${host}`);
  }

  return (request, response) => {
    response.setHeader("content-security-policy", policy);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "strict-origin-when-cross-origin");
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof BodyTooLarge) plain(response, 413, "This is too much.", { connection: "close" });
      else write(response, page(brokenPage()), visitors.of(undefined), "closed");
    });
  };
}

/** Scripts of the shop and of the edge, styles and pictures of the shop, nothing inline. */
function policyFor(edge: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${edge}`,
    `connect-src 'self' ${edge}`,
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function sendAsset(response: ServerResponse, { type, text }: Asset): void {
  response.writeHead(200, { "content-type": type, "cache-control": A_YEAR }).end(text);
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`);
}

function methodsOf({ GET, POST }: Route): string {
  return [...(GET ? ["GET", "HEAD"] : []), ...(POST ? ["POST"] : [])].join(", ");
}

function cookieOf({ headers: { cookie = "" } }: IncomingMessage, name: string): string | undefined {
  const found = cookie.split(/; */).find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

function panelOf(request: IncomingMessage): PanelState {
  const state = cookieOf(request, "shop_panel");
  return state === "open" || state === "closed" ? state : "auto";
}
