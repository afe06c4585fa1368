import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openGate, type Gate } from "./gate.ts";
import { PortTakenError, listen } from "./listen.ts";

/** Waits `?ms` before it answers; `/arrived` tells which other paths it was asked for. */
const WORKER = `
  let arrived = [];
  export default {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/arrived") return Response.json(arrived);
      if (pathname === "/forget") return Response.json(arrived.splice(0));
      arrived.push(pathname);
      if (request.headers.get("upgrade") === "websocket") {
        const [client, server] = Object.values(new WebSocketPair());
        server.accept();
        server.addEventListener("message", ({ data }) => server.send("you said " + data));
        return new Response(null, { status: 101, webSocket: client });
      }
      await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms"))));
      return new Response(request.body ?? "hello");
    },
  };`;

let miniflare: Miniflare;
let worker: URL;
let gate: Gate;

beforeAll(async () => {
  const unsafeDirectSockets = [{ host: "127.0.0.1", port: 0 }];
  const workers = [{ name: "worker", modules: true, script: WORKER, unsafeDirectSockets }];
  miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, workers }));
  await miniflare.ready;
  worker = await miniflare.unsafeGetDirectURL("worker");
});
beforeEach(async () => {
  await fetch(new URL("/forget", worker));
  gate = await openGate({ port: 0, target: worker });
});
afterEach(() => gate.close());
afterAll(() => miniflare.dispose());

const get = (path: string) => fetch(new URL(path, gate.url)).then((response) => response.text());
/** What has reached the Worker in this test. */
const arrived = async () => (await fetch(new URL("/arrived", worker))).json();
const untilArrived = (...paths: string[]) => expect.poll(arrived, { interval: 10 }).toEqual(paths);

describe("openGate", () => {
  it("relays requests and answers of any size", async () => {
    const body = "0123456789".repeat(500_000);
    const answer = await fetch(gate.url, { method: "POST", body });
    expect(await answer.text()).toBe(body);
  });

  it("relays a WebSocket both ways", async () => {
    const socket = new WebSocket(gate.url.href.replace("http", "ws"));
    await once(socket, "open");
    socket.send("ping");
    const [message] = await once(socket, "message");
    expect(message).toMatchObject({ data: "you said ping" });
    socket.close();
  });

  it("ends the client's connection when the target refuses one", async () => {
    const closed = createServer();
    const port = await listen(closed, 0);
    closed.close();
    const nowhere = await openGate({ port: 0, target: new URL(`http://127.0.0.1:${port}`) });
    await expect(fetch(nowhere.url)).rejects.toThrow();
    await nowhere.close();
  });

  it("says which port is taken and what to set", async () => {
    const port = Number(gate.url.port);
    const second = openGate({ port, target: worker, portSetting: "EDGE_PORT" });
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(second).rejects.toThrow(`Port ${port} is taken by another program; set EDGE_PORT to use another.`);
  });
});

describe("Gate.close", () => {
  it("lets answers going on come through, and no new connection in", async () => {
    const answers = [get("/a?ms=400")];
    await untilArrived("/a");
    answers.push(get("/b?ms=400"));
    await untilArrived("/a", "/b");
    const closed = gate.close();
    await expect(get("/late")).rejects.toThrow();
    expect(await Promise.all(answers)).toEqual(["hello", "hello"]);
    await closed;
    expect(await arrived()).toEqual(["/a", "/b"]);
  });

  it("lets nothing more in on a connection that is already open", async () => {
    const client = connect(Number(gate.url.port), "127.0.0.1");
    const answers = text(client);
    client.write("GET /first?ms=300 HTTP/1.1\r\nhost: x\r\n\r\n");
    await untilArrived("/first");
    const closed = gate.close();
    client.write("GET /second HTTP/1.1\r\nhost: x\r\n\r\n");
    await closed;
    expect(await answers).toMatch(/hello$/);
    expect(await arrived()).toEqual(["/first"]);
  });

  it("ends at once when nothing is going on, idle connections notwithstanding", async () => {
    await get("/kept-alive");
    const startMs = performance.now();
    await gate.close();
    expect(performance.now() - startMs).toBeLessThan(800);
  });

  it("ends a WebSocket, so that a client knows to connect anew", async () => {
    const socket = new WebSocket(gate.url.href.replace("http", "ws"));
    await once(socket, "open");
    const ended = once(socket, "close");
    await gate.close();
    expect((await ended)[0]).toMatchObject({ code: 1006 });
  });

  it("ends after about 1 s when an answer does not come", async () => {
    const answer = get("/never?ms=20000").catch(() => "ended");
    await untilArrived("/never");
    const startMs = performance.now();
    await gate.close();
    expect(await answer).toBe("ended");
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(3_000);
  });
});
