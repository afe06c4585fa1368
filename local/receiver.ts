import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { BodyTooLarge, readBody } from "./http-body.ts";
import { listen, stopListening } from "./listen.ts";

const BODY_BYTES_MAX = 1_000_000;
const KEPT_MAX = 1_000;
/** How long a sender may take to send its request. */
const REQUEST_DEADLINE_MS = 15_000;
const CLOSE_GRACE_MS = 1_000;
const SIGNED_HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

export interface ReceivedWebhook {
  /** RFC 3339, UTC, with milliseconds. */
  received_at: string;
  headers: Record<(typeof SIGNED_HEADERS)[number], string>;
  /** The JSON that was sent. */
  body: unknown;
}

export interface ReceiverOptions {
  /** Any free one when undefined. */
  port?: number | undefined;
  /** The secrets (`whsec_…`) that are valid now; asked for each request. */
  secrets(): string[];
  /** Called for each verified request, before it is answered. */
  onWebhook?(webhook: ReceivedWebhook): void;
}

export interface Receiver {
  /** Where webhooks go; any path will do. */
  url: URL;
  /**
   * Answer verified requests with `status` from now on, still keeping them, so that a test can see
   * what a failing endpoint is sent; null for the usual 204.
   */
  respondWith(status: number | null): void;
  close(): Promise<void>;
}

/**
 * An endpoint for alerts on this machine, which checks signatures as a shop's would: by the
 * Standard Webhooks library, tolerating a clock that is 5 minutes off.
 *
 * `POST` to any path: 204, 401 for a wrong signature (nothing is kept), 400 for a body that is not
 * JSON, 413 over 1 MB. `GET /received`: the last 1,000 verified, newest last, as `{ data }`.
 *
 * @throws PortTakenError
 */
export async function openReceiver(options: ReceiverOptions): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  let status = 204;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = REQUEST_DEADLINE_MS;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST") {
      response.writeHead(await take(request)).end();
    } else if (request.method === "GET" && request.url === "/received") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: received }));
    } else {
      response.writeHead(404).end();
    }
  }

  /** @returns the status to answer with */
  async function take(request: IncomingMessage): Promise<number> {
    const body = await readBody(request, BODY_BYTES_MAX).catch((error: unknown) => {
      if (error instanceof BodyTooLarge) return undefined;
      throw error;
    });
    if (body === undefined) return 413;
    const headers = signedHeadersOf(request);
    const text = body.toString("utf8");
    if (!options.secrets().some((secret) => isSignedWith(secret, text, headers))) return 401;
    const json = jsonOf(text);
    if (json === undefined) return 400;

    const webhook = { received_at: new Date().toISOString(), headers, body: json };
    received.push(webhook);
    if (received.length > KEPT_MAX) received.shift();
    options.onWebhook?.(webhook);
    return status;
  }

  const port = await listen(server, options.port ?? 0);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    respondWith(chosen) {
      status = chosen ?? 204;
    },
    close: () => stopListening(server, CLOSE_GRACE_MS),
  };
}

function signedHeadersOf({ headers }: IncomingMessage): ReceivedWebhook["headers"] {
  const valueOf = (name: (typeof SIGNED_HEADERS)[number]) => String(headers[name] ?? "");
  return {
    "webhook-id": valueOf("webhook-id"),
    "webhook-timestamp": valueOf("webhook-timestamp"),
    "webhook-signature": valueOf("webhook-signature"),
  };
}

function isSignedWith(secret: string, text: string, headers: ReceivedWebhook["headers"]): boolean {
  try {
    new Webhook(secret).verify(text, headers, { jsonParse: false });
    return true;
  } catch {
    return false; // its only way to say so
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
