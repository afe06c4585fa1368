import { describe, expect, it } from "vitest";
import { Problem } from "./problem.ts";
import { parseJson, readBytes, readJson, type JsonLimits } from "./read-json.ts";

const limits: JsonLimits = { bodyBytes: 100, jsonDepth: 3, mediaTypes: ["application/json"] };

const JSON_HEADERS: Record<string, string> = { "content-type": "application/json" };

function request(body: string | ReadableStream<Uint8Array> | null, headers = JSON_HEADERS): Request {
  const init = { method: "POST", body, headers, duplex: "half" } as const; // Node wants `duplex` beside a stream
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

const bytes = (text: string) => new TextEncoder().encode(text);

async function refusal(work: Promise<unknown> | (() => unknown)): Promise<Problem> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("readJson", () => {
  it("gives the value of a JSON body", async () => {
    expect(await readJson(request('{"a":[1,"ü",null]}'), limits)).toEqual({ a: [1, "ü", null] });
  });

  it.each(["application/json; charset=utf-8", "Application/JSON"])(
    "takes %s, because parameters and case do not matter",
    async (type) => {
      expect(await readJson(request("1", { "content-type": type }), limits)).toBe(1);
    },
  );

  it.each([
    { headers: { "content-type": "text/plain" }, because: "another type" },
    { headers: { "content-type": "application/jsonp" }, because: "a type that only begins alike" },
    { headers: { "content-type": "application/json", "content-encoding": "gzip" }, because: "an encoding" },
  ])("refuses $because as unsupported", async ({ headers }) => {
    expect((await refusal(readJson(request("1", headers), limits))).slug).toBe("unsupported-media-type");
  });

  it("takes a body without a type only where that is offered", async () => {
    const untyped = () => request(streamOf(bytes("1")), {});
    expect((await refusal(readJson(untyped(), limits))).slug).toBe("unsupported-media-type");
    expect(await readJson(untyped(), { ...limits, mediaTypes: ["application/json", ""] })).toBe(1);
  });

  it("refuses a request without a body as unreadable", async () => {
    expect((await refusal(readJson(request(null), limits))).slug).toBe("unreadable");
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

describe("parseJson", () => {
  it.each([
    { text: "", because: "nothing" },
    { text: "  ", because: "only space" },
    { text: "{", because: "half an object" },
    { text: "NaN", because: "what JSON does not know" },
    { text: '{"a":1}{"b":2}', because: "two values" },
    { text: '"a\u0000b"', because: "a raw NUL" },
    { text: '"a\\u0000b"', because: "an escaped NUL" },
    { text: '{"a\\u0000":1}', because: "a NUL in a key" },
    { text: '"\\ud83d"', because: "a lone high surrogate" },
    { text: '"\\uDE00"', because: "a lone low surrogate" },
    { text: '{"\\ud83d":1}', because: "a lone surrogate in a key" },
    { text: '{"__proto__":{}}', because: "a key __proto__" },
    { text: '[{"__\\u0070roto__":1}]', because: "an escaped key __proto__" },
    { text: "[[[[1]]]]", because: "four levels of three" },
    { text: '{"a":{"b":[{}]}}', because: "an empty object on the fourth level" },
  ])("refuses $because as unreadable", async ({ text }) => {
    expect((await refusal(() => parseJson(bytes(text), 3))).slug).toBe("unreadable");
  });

  it.each([
    { text: '"\\ud83d\\ude00"', value: "😀", because: "a pair written as escapes" },
    { text: '"\\\\u0000"', value: "\\u0000", because: "a backslash before u0000" },
    { text: '{"a":"__proto__"}', value: { a: "__proto__" }, because: "__proto__ as a value" },
    { text: "[[[1]]]", value: [[[1]]], because: "exactly three levels" },
    { text: "\ufeff[1]", value: [1], because: "a byte order mark" },
  ])("takes $because", ({ text, value }) => {
    expect(parseJson(bytes(text), 3)).toEqual(value);
  });

  it.each([
    [0xff],
    [0x22, 0xc3, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22], // a surrogate encoded as UTF-8
  ])("refuses bytes that are not UTF-8 (%#)", async (...broken) => {
    expect((await refusal(() => parseJson(Uint8Array.from(broken)))).slug).toBe("unreadable");
  });

  it("refuses a body nested 200,000 deep instead of running out of stack", async () => {
    expect((await refusal(() => parseJson(bytes("[".repeat(200_000) + "]".repeat(200_000))))).slug).toBe("unreadable");
  });

  it("says nothing of the body in the problem or its cause, so that neither answer nor log can leak it", async () => {
    const problem = await refusal(() => parseJson(bytes('{"card":"4242')));
    expect(`${problem.message} ${String(problem.cause)}`).not.toContain("4242");
  });
});
