import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createPost } from "./post.ts";
import { RUNTIME } from "./runtime.ts";
import { KEY } from "./test-client.ts";

interface Sent {
  headers: Headers;
  body: Uint8Array;
}

/** A post whose requests are kept and answered by the test. */
function post(answer: () => Promise<Response> = async () => Response.json({})) {
  const sent: Sent[] = [];
  const sender = createPost({
    endpoint: new URL("https://edge.test"),
    key: KEY,
    runtime: {
      ...RUNTIME,
      fetch: async (url, init) => {
        const request = new Request(url, init);
        sent.push({ headers: request.headers, body: new Uint8Array(await request.arrayBuffer()) });
        return answer();
      },
    },
  });
  return { send: (text: string) => sender.send("/v1/events", text, { deadlineMs: 10_000 }), sent };
}

describe("createPost", () => {
  it("packs a body that is worth it, and sends a small one as it is", async () => {
    const { send, sent } = post();
    const text = `{"note":"${"abc ü ".repeat(1_000)}"}`;
    await send(text);
    await send("{}");
    const [large, small] = sent;
    expect(large?.headers.get("content-encoding")).toBe("gzip");
    expect(large?.body.byteLength).toBeLessThan(200);
    expect(gunzipSync(large?.body ?? "").toString()).toBe(text);
    expect(small?.headers.get("content-encoding")).toBeNull();
    expect(new TextDecoder().decode(small?.body)).toBe("{}");
  });

  it("sends nothing that the edge would refuse for its size on the wire, and says so as the edge would", async () => {
    const { send, sent } = post();
    expect(await send(randomBytes(600_000).toString("base64"))).toMatchObject({ kind: "answer", status: 413 });
    expect(sent).toHaveLength(0);
    expect(await send("x".repeat(800_000))).toMatchObject({ kind: "answer", status: 200 });
    expect(sent).toHaveLength(1);
  });

  it("reads no more of an answer than any of the edge's can have, so that a wrong address cannot fill the memory", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100_000));
      },
    });
    const { send } = post(async () => new Response(endless));
    expect(await send("{}")).toEqual({ kind: "silence", because: "cannot be reached" });
    expect(pulled).toBeLessThan(50);
  });

  it.each([
    {
      because: "its code says why",
      error: new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }),
      says: "cannot be reached (ECONNREFUSED)",
    },
    {
      because: "its code is no code",
      error: new TypeError("fetch failed", { cause: { code: "a text: with more" } }),
      says: "cannot be reached",
    },
    { because: "it is nothing at all", error: undefined, says: "cannot be reached" },
  ])("tells of a failed request without quoting it, when $because", async ({ error, says }) => {
    const { send } = post(() => Promise.reject(error));
    expect(await send("{}")).toEqual({ kind: "silence", because: says });
  });
});
