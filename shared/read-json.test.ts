import { describe, expect, it } from "vitest";
import { Problem } from "./problem.ts";
import type { BodyLimits } from "./read-body.ts";
import { parseJson, readJson } from "./read-json.ts";

const limits: BodyLimits = { bodyBytes: 100, mediaTypes: ["application/json"] };

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
    { headers: { "content-type": "application/json", "content-encoding": "br" }, because: "an encoding" },
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

describe("readJson, of what cannot be kept", () => {
  it("refuses a body nested 200,000 deep instead of running out of stack", async () => {
    const deep = { ...limits, bodyBytes: 400_000 };
    const body = "[".repeat(200_000) + "]".repeat(200_000);
    expect((await refusal(readJson(request(body), deep))).slug).toBe("unreadable");
  });

  it("points at it", async () => {
    const problem = await refusal(readJson(request('{"a":[0,"\\u0000"]}'), limits));
    expect(problem).toMatchObject({ slug: "invalid", errors: [{ pointer: "/a/1" }] });
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
  ])("refuses $because as unreadable", async ({ text }) => {
    expect((await refusal(() => parseJson(bytes(text)))).slug).toBe("unreadable");
  });

  it.each([
    { text: '"\\ud83d\\ude00"', value: "😀", because: "a pair written as escapes" },
    { text: '"\\\\u0000"', value: "\\u0000", because: "a backslash before u0000" },
    { text: '{"a":"__proto__"}', value: { a: "__proto__" }, because: "__proto__ as a value" },
    { text: '{"a":1,"a":2}', value: { a: 2 }, because: "a key given twice, of which the last counts" },
    { text: "\ufeff[1]", value: [1], because: "a byte order mark" },
  ])("takes $because", ({ text, value }) => {
    expect(parseJson(bytes(text))).toEqual(value);
  });

  it.each([
    [0xff],
    [0x22, 0xc3, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22], // a surrogate encoded as UTF-8
  ])("refuses bytes that are not UTF-8 (%#)", async (...broken) => {
    expect((await refusal(() => parseJson(Uint8Array.from(broken)))).slug).toBe("unreadable");
  });

  it("says nothing of the body in the problem or its cause, so that neither answer nor log can leak it", async () => {
    const problem = await refusal(() => parseJson(bytes('{"card":"4242')));
    expect(`${problem.message} ${String(problem.cause)}`).not.toContain("4242");
  });
});
