import { describe, expect, it } from "vitest";
import { LIMITS } from "../shared/limits.ts";
import { Problem } from "../shared/problem.ts";
import { NDJSON, readBatch, readEvent } from "./read-events.ts";

function request(body: string | Uint8Array<ArrayBuffer>, type = "application/json"): Request {
  return new Request("https://edge.example/", { method: "POST", body, headers: { "content-type": type } });
}

const single = (body: unknown) => readEvent(request(JSON.stringify(body)));
const batch = (body: unknown) => readBatch(request(JSON.stringify(body)));
const lines = (...texts: string[]) => readBatch(request(texts.join("\n"), NDJSON));

async function refusal(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** An event of so many bytes of JSON, filled up with a character of so many. */
function eventOf(bytes: number, character = "a"): Record<string, unknown> {
  const event = { id: "evt_00000001", name: "page_view", properties: { text: "" } };
  const room = bytes - JSON.stringify(event).length;
  const width = new TextEncoder().encode(character).byteLength;
  event.properties.text = character.repeat(Math.floor(room / width)) + "a".repeat(room % width);
  return event;
}

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`);
/** What no door takes, each in one event; and what it is called. */
const UNKEEPABLE = [
  { json: '{"a":"\\u0000"}', because: "a NUL", slug: "invalid" },
  { json: '{"a":"\\ud83d"}', because: "half of a pair", slug: "invalid" },
  { json: '{"__proto__":1}', because: "a key __proto__", slug: "invalid" },
  { json: '{"a":{"constructor":1}}', because: "a key constructor", slug: "invalid" },
  { json: '{"a":1e400}', because: "a number beyond all numbers", slug: "invalid" },
  { json: '{"a":9007199254740993}', because: "a number that is rounded", slug: "invalid" },
  { json: JSON.stringify(nested(33)), because: "33 levels", slug: "unreadable" },
];

describe("the size of an event", () => {
  it.each(["a", "ü", "€", "😀"])("may be 32,000 bytes of %s at every door, and not one more", async (character) => {
    const [fits, above] = [eventOf(LIMITS.eventBytes, character), eventOf(LIMITS.eventBytes + 1, character)];
    expect((await single(fits)).events).toMatchObject([{ fault: null }]);
    expect((await refusal(single(above))).slug).toBe("too-large");
    expect((await batch({ events: [fits, above, {}] })).events).toMatchObject([
      { fault: null },
      { value: { id: "evt_00000001" }, fault: { slug: "too-large", errors: [{ pointer: "" }] } },
      { fault: null },
    ]);
    expect((await lines(JSON.stringify(fits), JSON.stringify(above), "{}")).events).toMatchObject([
      { fault: null },
      { fault: { slug: "too-large" } },
      { fault: null },
    ]);
  });

  it("does not count a key beside its fields", async () => {
    const key = `pk_${"a".repeat(16)}_${"b".repeat(32)}`;
    expect((await single({ key, ...eventOf(LIMITS.eventBytes) })).key).toBe(key);
    expect((await refusal(single({ ...eventOf(LIMITS.eventBytes + 1), key }))).slug).toBe("too-large");
  });

  it("counts in a batch as it will be written on, because short numbers may write long", async () => {
    const text = `{"id":"evt_00000001","name":"page_view","properties":{"n":[${Array(6_000).fill("1e15").join()}]}}`;
    expect(text.length).toBeLessThan(LIMITS.eventBytes);
    const { events } = await readBatch(request(`{"events":[${text}]}`));
    expect(events).toMatchObject([{ fault: { slug: "too-large" } }]);
  });
});

describe("readEvent and readBatch", () => {
  it.each(UNKEEPABLE)("find $because in one event and leave the others alone", async ({ json, slug }) => {
    const found = { fault: { slug, errors: [{ detail: expect.any(String) }] } };
    expect((await readEvent(request(json))).events).toMatchObject([found]);
    expect((await readBatch(request(`{"events":[{},${json},{}]}`))).events).toMatchObject([
      { fault: null },
      found,
      { fault: null },
    ]);
    expect((await lines("{}", json, "{}")).events).toMatchObject([{ fault: null }, found, { fault: null }]);
  });

  it("count the depth of each event from itself, so that every door takes the same 32 levels", async () => {
    expect((await single(nested(32))).events).toMatchObject([{ fault: null }]);
    expect((await batch({ events: [nested(32)] })).events).toMatchObject([{ fault: null }]);
    expect((await lines(JSON.stringify(nested(32)))).events).toMatchObject([{ fault: null }]);
  });

  it("take the key that lies beside the events, and nothing else", async () => {
    expect(await batch({ events: [{}], key: "pk_1", sent_at: "2026-11-21T10:00:00Z" })).toMatchObject({
      key: "pk_1",
      sentAt: "2026-11-21T10:00:00Z",
      events: [{ value: {} }],
    });
  });

  it.each([
    { body: { events: [] }, pointer: "/events" },
    { body: { events: Array.from({ length: 101 }, () => ({})) }, pointer: "/events" },
    { body: { events: {} }, pointer: "/events" },
    { body: {}, pointer: "/events" },
    { body: [{}], pointer: "" },
    { body: null, pointer: "" },
    { body: { events: [{}], event: 1 }, pointer: "/event" },
    { body: { events: [{}], sent_at: "now" }, pointer: "/sent_at" },
    { body: { events: [{}], key: 7 }, pointer: "/key" },
  ])("refuse the envelope %j as a whole", async ({ body, pointer }) => {
    expect(await refusal(batch(body))).toMatchObject({ slug: "invalid", errors: [{ pointer }] });
  });
});

describe("events as lines", () => {
  it("are one event a line, whatever ends the line, and empty lines are none", async () => {
    expect((await lines('{"n":1}\r', "", "  ", '{"n":2}')).events).toEqual([
      { value: { n: 1 }, fault: null },
      { value: { n: 2 }, fault: null },
    ]);
    expect((await readBatch(request('{"n":1}\n', NDJSON))).events.length).toBe(1);
  });

  it("spoil no other line where one is no JSON or no UTF-8", async () => {
    const broken = Uint8Array.from([...new TextEncoder().encode('{}\n{"a":\n"'), 0xff, 0x22, 10, 0x7b, 0x7d]);
    expect((await readBatch(request(broken, NDJSON))).events).toMatchObject([
      { fault: null },
      { value: undefined, fault: { slug: "unreadable" } },
      { fault: { slug: "unreadable" } },
      { fault: null },
    ]);
  });

  it("are 1 to 100", async () => {
    expect((await lines(...Array<string>(100).fill("{}"))).events.length).toBe(100);
    expect((await refusal(lines(...Array<string>(101).fill("{}")))).slug).toBe("invalid");
    expect((await refusal(lines("", " "))).slug).toBe("unreadable");
  });

  it("are no single event", async () => {
    expect((await refusal(readEvent(request("{}", NDJSON)))).slug).toBe("unsupported-media-type");
  });
});
