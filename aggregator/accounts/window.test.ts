import { describe, expect, it } from "vitest";
import { wholeMinutes } from "./window.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:30.500Z");

describe("wholeMinutes", () => {
  it.each([
    {
      because: "nothing was asked for: the last day, with the minute that runs",
      from: undefined,
      to: undefined,
      window: ["2026-11-20T10:00:00.000Z", "2026-11-21T10:01:00.000Z"],
    },
    {
      because: "whole minutes stay as they are",
      from: "2026-11-21T09:00:00.000Z",
      to: "2026-11-21T09:01:00.000Z",
      window: ["2026-11-21T09:00:00.000Z", "2026-11-21T09:01:00.000Z"],
    },
    {
      because: "what is asked for is part of the window, so it grows outward",
      from: "2026-11-21T09:00:59.999Z",
      to: "2026-11-21T09:01:00.001Z",
      window: ["2026-11-21T09:00:00.000Z", "2026-11-21T09:02:00.000Z"],
    },
    {
      because: "a beginning alone lasts until now",
      from: "2026-11-01T00:00:00.000Z",
      to: undefined,
      window: ["2026-11-01T00:00:00.000Z", "2026-11-21T10:01:00.000Z"],
    },
    {
      because: "an end alone has the day before it",
      from: undefined,
      to: "2026-11-01T00:00:00.000Z",
      window: ["2026-10-31T00:00:00.000Z", "2026-11-01T00:00:00.000Z"],
    },
    {
      because: "neither end leaves the years that can be written",
      from: "0001-01-01T00:00:00.000Z",
      to: "9999-12-31T23:59:59.999Z",
      window: ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:00.000Z"],
    },
    {
      because: "not even when a day is taken off the first",
      from: undefined,
      to: "0001-01-01T00:00:01.000Z",
      window: ["0001-01-01T00:00:00.000Z", "0001-01-01T00:01:00.000Z"],
    },
  ])("gives $window, because $because", ({ from, to, window }) => {
    const { from: start, to: end } = wholeMinutes(from, to, NOW_MS);
    expect([start.toISOString(), end.toISOString()]).toEqual(window);
  });

  it.each([
    { because: "turned round", from: "2026-11-21T09:00:00.000Z", to: "2026-11-21T08:00:00.000Z" },
    { because: "a moment", from: "2026-11-21T09:00:00.000Z", to: "2026-11-21T09:00:00.000Z" },
    { because: "still to come", from: "2026-11-21T10:00:30.500Z", to: undefined },
  ])("refuses a window that is $because, for it holds nothing", ({ from, to }) => {
    expect(() => wholeMinutes(from, to, NOW_MS)).toThrow(
      expect.objectContaining({ slug: "invalid", errors: [{ pointer: "/to", detail: expect.any(String) }] }),
    );
  });
});
