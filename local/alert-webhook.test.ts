import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { provideWebhook } from "./alert-webhook.ts";
import { listen } from "./listen.ts";

const Body = z.object({
  url: z.string().optional(),
  description: z.string().optional(),
  enabled: z.boolean().optional(),
});
interface Stored {
  id: string;
  url: string;
  description: string | null;
  enabled: boolean;
}

/** As much of the aggregator's API as is used here; `refuse` answers everything with its status. */
let webhooks: Stored[];
let refuse: number | undefined;
let server: Server;
let aggregator: URL;
beforeEach(async () => {
  webhooks = [];
  refuse = undefined;
  let made = 0;
  server = createServer((request, response) => {
    void (async () => {
      const { method, url: path = "" } = request;
      const answer = (status: number, body?: unknown) => response.writeHead(status).end(body && JSON.stringify(body));
      if (request.headers.authorization !== "Bearer sk_operator" || refuse !== undefined) return answer(refuse ?? 401);
      const id = path.split("/")[3];
      const found = webhooks.find((webhook) => webhook.id === id);
      if (method === "GET") return answer(200, { data: webhooks, next_cursor: null });
      if (method === "POST") {
        const { url = "", description = null } = Body.parse(await json(request));
        const webhook = { id: `wh_${(made += 1)}`, url, description, enabled: true };
        webhooks.push(webhook);
        return answer(201, { ...webhook, secret: `whsec_${webhook.id}` });
      }
      if (found === undefined) return answer(404);
      if (method === "DELETE") webhooks = webhooks.filter((webhook) => webhook !== found);
      else Object.assign(found, Body.parse(await json(request)));
      return answer(200, found);
    })();
  });
  aggregator = new URL(`http://127.0.0.1:${await listen(server, 0)}`);
});
afterEach(() => void server.close());

const provide = (saved: { id: string; secret: string } | null, port = 1, description = "mine") =>
  provideWebhook(saved, {
    url: new URL(`http://127.0.0.1:${port}`),
    description,
    aggregator,
    operatorKey: "sk_operator",
  });

describe("provideWebhook", () => {
  it("makes a webhook at the first start, and keeps the secret only its making shows", async () => {
    expect(await provide(null)).toEqual({ id: "wh_1", secret: "whsec_wh_1" });
    expect(webhooks).toMatchObject([{ url: "http://127.0.0.1:1/", enabled: true }]);
  });

  it("leads the same webhook to the new port at the next, so that what waits for it arrives, even when it was disabled", async () => {
    const saved = await provide(null, 1);
    Object.assign(webhooks[0] ?? {}, { enabled: false });
    expect(await provide(saved, 2)).toEqual(saved);
    expect(webhooks).toMatchObject([{ id: "wh_1", url: "http://127.0.0.1:2/", enabled: true }]);
  });

  it("takes the place of its own webhook whose secret is lost, and leaves other receivers' alone", async () => {
    await provide(null, 1, "another's");
    await provide(null, 2);
    expect(await provide({ id: "wh_of_another_database", secret: "whsec_x" }, 3)).toMatchObject({ id: "wh_3" });
    expect(webhooks.map(({ id }) => id)).toEqual(["wh_1", "wh_3"]);
  });

  it("says what the aggregator answered when it refuses, as no alert would arrive", async () => {
    refuse = 503;
    await expect(provide(null)).rejects.toThrow("503");
    await expect(provide({ id: "wh_1", secret: "whsec_x" })).rejects.toThrow("503");
  });
});
