import { describe, expect, it } from "vitest";
import { LIMITS } from "./limits.ts";
import { Problem } from "./problem.ts";
import { readBody, readBytes, type BodyLimits } from "./read-body.ts";

const limits: BodyLimits = { bodyBytes: 100, mediaTypes: ["application/json"] };

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

function request(body: Body, headers: Record<string, string> = {}): Request {
  const all = { "content-type": "application/json", ...headers };
  const init = { method: "POST", body, headers: all, duplex: "half" } as const; // Node wants `duplex` beside a stream
  return new Request("https://pulse.example/", init);
}

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function gzipped(content: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
const asGzip = (body: Uint8Array<ArrayBuffer>, encoding = "gzip") => request(body, { "content-encoding": encoding });

async function refusal(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("readBody", () => {
  it.each(["gzip", "GZIP", " gzip ", "x-gzip"])("unpacks a body sent as %s", async (encoding) => {
    const bytes = await readBody(asGzip(await gzipped("[1]"), encoding), limits);
    expect(new TextDecoder().decode(bytes)).toBe("[1]");
  });

  it.each(["deflate", "br", "gzip, gzip", "zstd"])(
    "refuses the encoding %s and names the one it takes",
    async (encoding) => {
      const problem = await refusal(readBody(asGzip(await gzipped("[1]"), encoding), limits));
      expect(problem.slug).toBe("unsupported-media-type");
      expect(problem.headers).toEqual({ "accept-encoding": "gzip, identity" });
    },
  );

  it("takes exactly the limit after unpacking and refuses one byte more", async () => {
    expect((await readBody(asGzip(await gzipped(new Uint8Array(100))), limits)).byteLength).toBe(100);
    expect((await refusal(readBody(asGzip(await gzipped(new Uint8Array(101))), limits))).slug).toBe("too-large");
  });

  it("refuses a small body that unfolds into a large one, as soon as it is past the limit", async () => {
    const bomb = await gzipped(new Uint8Array(100_000_000));
    expect(bomb.byteLength).toBeLessThan(LIMITS.bodyBytes);
    const large = { ...limits, bodyBytes: LIMITS.bodyBytesDecompressed };
    expect((await refusal(readBody(asGzip(bomb), large))).slug).toBe("too-large");
  });

  it("counts what is on the wire too, so that bytes that hardly unfold are limited as well", async () => {
    const noise = new Uint8Array(LIMITS.bodyBytes + 1);
    for (let i = 0; i < noise.length; i += 1) noise[i] = (i * 2654435761) >>> 13;
    const large = { ...limits, bodyBytes: LIMITS.bodyBytesDecompressed };
    expect((await refusal(readBody(request(noise), large))).slug).toBe("too-large");
    expect((await refusal(readBody(asGzip(noise), large))).slug).toBe("too-large");
    expect((await readBody(request(noise.slice(1)), large)).byteLength).toBe(LIMITS.bodyBytes);
  });

  it("goes by what came, not by the length that was announced", async () => {
    const lying = { "content-length": "3" };
    expect((await readBody(request("x".repeat(100), lying), limits)).byteLength).toBe(100);
    expect((await refusal(readBody(request("x".repeat(101), lying), limits))).slug).toBe("too-large");
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new TypeError("reset")) });
    expect((await refusal(readBody(request(broken, lying), limits))).slug).toBe("unreadable");
  });

  it.each<{ because: string; spoil: (packed: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> }>([
    { because: "what is no gzip", spoil: () => Uint8Array.of(0x5b, 0x31, 0x5d) },
    { because: "gzip that breaks off", spoil: (packed) => packed.slice(0, -4) },
    {
      because: "gzip with a wrong bit",
      spoil: (packed) => Uint8Array.from(packed, (byte, at) => (at === 12 ? byte ^ 255 : byte)),
    },
    { because: "nothing", spoil: () => new Uint8Array() },
  ])("calls $because unreadable", async ({ spoil }) => {
    expect((await refusal(readBody(asGzip(spoil(await gzipped("[1]"))), limits))).slug).toBe("unreadable");
  });
});

describe("readBytes", () => {
  it("takes exactly the limit and refuses one byte more, however the body is cut", async () => {
    const body = streamOf(new Uint8Array(60), new Uint8Array(40));
    expect((await readBytes({ body }, 100)).byteLength).toBe(100);
    const longer = streamOf(new Uint8Array(60), new Uint8Array(41));
    expect((await refusal(readBytes({ body: longer }, 100))).slug).toBe("too-large");
  });

  it("stops an endless body at the limit, so that it cannot fill the memory", async () => {
    let sent = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 10;
        controller.enqueue(new Uint8Array(10));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect((await refusal(readBytes({ body }, 100))).slug).toBe("too-large");
    expect(cancelled).toBe(true);
    expect(sent).toBeLessThanOrEqual(130);
  });

  it("keeps the order of the chunks", async () => {
    expect([
      ...(await readBytes({ body: streamOf(Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)) }, 10)),
    ]).toEqual([1, 2, 3]);
  });

  it("refuses a body that breaks off as unreadable, because that is the sender's connection and not our fault", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError("reset"));
      },
    });
    expect((await refusal(readBytes({ body }, 10))).slug).toBe("unreadable");
  });
});
