import { describe, expect, it } from "vitest";
import { LIMITS } from "../../shared/limits.ts";
import { Problem } from "../../shared/problem.ts";
import { ackFrame, errorFrame, eventIdIn, PING, PONG, readFrame } from "./frames.ts";

const event = { id: "evt_00000001", name: "page_view" };

/** What is wrong with a frame. */
function faultOf(text: string | null) {
  const frame = readFrame(text);
  return frame.kind === "event" ? frame.event.fault : null;
}

describe("readFrame", () => {
  it.each([
    { text: '{"type":"auth","key":"sk_x"}', frame: { kind: "auth", key: "sk_x" }, because: "a key" },
    {
      text: ' { "type" : "ping" } ',
      frame: { kind: "ping" },
      because: "a ping with spaces, which the platform does not know",
    },
    {
      text: JSON.stringify({ event, type: "event" }),
      frame: { kind: "event", event: { value: event, fault: null } },
      because: "an event, whatever the order",
    },
    {
      text: '{"type":"event","event":null}',
      frame: { kind: "event", event: { value: null, fault: null } },
      because: "an event that is none, which is for its own check to say",
    },
  ])("reads $because", ({ text, frame }) => {
    expect(readFrame(text)).toEqual(frame);
  });

  it.each([
    { text: null, slug: "too-large", at: [""], because: "it was too long to be kept" },
    { text: "", slug: "unreadable", at: [""], because: "it is empty" },
    { text: "{", slug: "unreadable", at: [""], because: "it is not JSON" },
    { text: "undefined", slug: "unreadable", at: [""], because: "it is JavaScript" },
    { text: "null", slug: "invalid", at: [""], because: "it is no object" },
    { text: "[]", slug: "invalid", at: [""], because: "it is a list" },
    { text: "{}", slug: "invalid", at: ["/type"], because: "it says not what it is" },
    { text: '{"type":"hello"}', slug: "invalid", at: ["/type"], because: "its type is unknown" },
    { text: '{"type":"toString"}', slug: "invalid", at: ["/type"], because: "its type is the name of a method" },
    { text: '{"type":"event"}', slug: "invalid", at: ["/event"], because: "it has no event" },
    { text: '{"type":"event","event":{},"id":"x"}', slug: "invalid", at: ["/id"], because: "it has a field more" },
    { text: '{"type":"auth"}', slug: "invalid", at: ["/key"], because: "it has no key" },
    { text: '{"type":"auth","key":7}', slug: "invalid", at: ["/key"], because: "its key is no text" },
    { text: '{"type":"ping","at":1}', slug: "invalid", at: ["/at"], because: "its ping says more" },
    { text: '{"__proto__":{"type":"ping"}}', slug: "invalid", at: ["/type"], because: "its type is inherited" },
  ])("refuses a frame because $because", ({ text, slug, at }) => {
    const fault = faultOf(text);
    expect(fault?.slug).toBe(slug);
    expect(fault?.errors.map(({ pointer }) => pointer)).toEqual(at);
  });

  it("holds an event to the limits of the other doors: 32,000 bytes without white space, and 32 levels", () => {
    const sized = (bytes: number) => {
      const bare = JSON.stringify({ id: "evt_00000001", properties: { t: "" } }).length;
      return { id: "evt_00000001", properties: { t: "x".repeat(bytes - bare) } };
    };
    const deep = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`) as unknown;
    const fault = (value: unknown, indent?: number) =>
      faultOf(JSON.stringify({ type: "event", event: value }, undefined, indent))?.slug;
    expect(fault(sized(LIMITS.eventBytes), 8)).toBeUndefined();
    expect(fault(sized(LIMITS.eventBytes + 1))).toBe("too-large");
    expect(fault(deep(LIMITS.jsonDepth))).toBeUndefined();
    expect(fault(deep(LIMITS.jsonDepth + 1))).toBe("unreadable");
  });

  it("has room for the largest event with each of its letters escaped", () => {
    const bare = JSON.stringify({ id: "evt_00000001", properties: { t: "" } }).length;
    const value = { id: "evt_00000001", properties: { t: "ü".repeat((LIMITS.eventBytes - bare) / 2) } };
    const text = JSON.stringify({ type: "event", event: value }).replaceAll("ü", String.raw`\u00fc`);
    expect(text.length).toBeLessThan(LIMITS.frameCharacters);
    expect(readFrame(text)).toEqual({ kind: "event", event: { value, fault: null } });
  });

  it("knows its own ping", () => {
    expect(readFrame(PING)).toEqual({ kind: "ping" });
    expect(JSON.parse(PONG)).toEqual({ type: "pong" });
  });
});

describe("eventIdIn", () => {
  it.each([
    { text: JSON.stringify({ type: "event", event }), id: event.id, because: "an event" },
    {
      text: JSON.stringify({ type: "evnt", event, more: 1 }),
      id: event.id,
      because: "a frame that is otherwise wrong",
    },
    { text: JSON.stringify({ type: "event", event: { id: "short" } }), id: null, because: "an id of the wrong form" },
    { text: JSON.stringify({ type: "auth", key: "x" }), id: null, because: "another frame" },
    { text: "{", id: null, because: "no JSON" },
  ])("gives $id for $because", ({ text, id }) => {
    expect(eventIdIn(text)).toBe(id);
  });
});

describe("the frames that are answered", () => {
  it("ack an event by its id", () => {
    expect(JSON.parse(ackFrame(JSON.stringify({ id: event.id, status: "accepted" })))).toEqual({
      type: "ack",
      id: event.id,
      status: "accepted",
    });
  });

  it("carry a problem with the seconds after which to come again, and never its cause", () => {
    const problem = new Problem("unavailable", "The queue is away.", {
      headers: { "retry-after": "2" },
      cause: new Error("hunter2"),
    });
    expect(JSON.parse(errorFrame(problem, "req_1", event.id))).toEqual({
      type: "error",
      id: event.id,
      problem: {
        type: "/problems/unavailable",
        title: "The service cannot take this now",
        status: 503,
        detail: "The queue is away.",
        instance: "req_1",
        retry_after: 2,
      },
    });
  });

  it("leave out what there is not: an id, seconds", () => {
    const frame = JSON.parse(errorFrame(new Problem("unreadable", "No."), "req_1", null)) as Record<string, object>;
    expect(Object.keys(frame)).toEqual(["type", "problem"]);
    expect(frame["problem"]).not.toHaveProperty("retry_after");
  });
});
