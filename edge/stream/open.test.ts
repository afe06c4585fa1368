import { describe, expect, it } from "vitest";
import { edge } from "../test-edge.ts";

const upgrade = { upgrade: "WebSocket", connection: "upgrade" };

describe("GET /v1/stream", () => {
  it.each([{}, { upgrade: "h2c" }])("says that it speaks WebSocket only to who asks with %o", async (headers) => {
    const response = await edge().app.request("/v1/stream", { headers });
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await response.json()).toMatchObject({ type: "/problems/upgrade-required", status: 426 });
  });

  it("hands the request on under its own request id, whatever id the sender chose", async () => {
    const ids: (string | null)[] = [];
    const openStream = async ({ headers }: Request) => {
      ids.push(headers.get("x-request-id"));
      return new Response(null);
    };
    const response = await edge({ openStream }).app.request("/v1/stream", {
      headers: { ...upgrade, "x-request-id": "chosen" },
    });
    expect(ids).toEqual([response.headers.get("x-request-id")]);
    expect(ids).not.toContain("chosen");
  });

  it("costs an address nothing more to us once too many of its keys were refused", async () => {
    let opened = 0;
    const openStream = async () => (opened++, new Response(null));
    const allowance = { ...edge().services.allowance, isBarred: (address: string) => address === "203.0.113.7" };
    const { app } = edge({ openStream, allowance });
    const from = (address: string) =>
      app.request("/v1/stream", { headers: { ...upgrade, "cf-connecting-ip": address } });
    const [barred, other] = await Promise.all([from("203.0.113.7"), from("203.0.113.8")]);
    expect([barred.status, barred.headers.get("retry-after")]).toEqual([429, "60"]);
    expect([other.status, opened]).toEqual([200, 1]);
  });

  it("answers 503 when no object can be had, and tells the operator why", async () => {
    const { app, lines } = edge({ openStream: () => Promise.reject(new Error("overloaded")) });
    const response = await app.request("/v1/stream", { headers: upgrade });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response.text()).not.toContain("overloaded");
    expect(lines).toMatchObject([{ route: "openStream", cause: "Error: overloaded" }]);
  });
});
