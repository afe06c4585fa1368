import { describe, expect, it } from "vitest";
import { balance, type Counted } from "./balance.ts";

function counted(counts: Partial<Counted>): Counted {
  return {
    received: 0,
    accepted: 0,
    duplicate: 0,
    limited: 0,
    rejectedBy: {},
    stored: 0,
    storedRepeated: 0,
    storedAgain: 0,
    failed: 0,
    ...counts,
  };
}

describe("balance", () => {
  it("is even where nothing happened", () => {
    expect(balance(counted({}))).toEqual({
      accepted: 0,
      duplicate: 0,
      rejected: 0,
      inFlight: 0,
      uncounted: 0,
      isEven: true,
    });
  });

  it.each([
    {
      because: "everything ended in a way of its own",
      counts: {
        received: 10,
        accepted: 4,
        duplicate: 1,
        limited: 2,
        rejectedBy: { invalid: 2, forbidden: 1 },
        stored: 3,
        failed: 1,
      },
      sides: { accepted: 4, duplicate: 1, rejected: 3, inFlight: 0, uncounted: 0, isEven: true },
    },
    {
      because: "an accepted event is on its way",
      counts: { received: 2, accepted: 2, stored: 1 },
      sides: { accepted: 2, inFlight: 1, uncounted: 0, isEven: true },
    },
    {
      because: "the database saw two copies the edge did not know for duplicates",
      counts: { received: 3, accepted: 3, stored: 1, storedAgain: 2 },
      sides: { accepted: 1, duplicate: 2, inFlight: 0, isEven: true },
    },
    {
      because: "the copy called a duplicate came to the row in this window, and the accepted one stands in another",
      counts: { received: 1, duplicate: 1, stored: 1, storedRepeated: 1 },
      sides: { accepted: 1, duplicate: 0, inFlight: 0, uncounted: 0, isEven: true },
    },
    {
      because: "and in that other window nothing became a row",
      counts: { received: 1, accepted: 1, storedAgain: 1 },
      sides: { accepted: 0, duplicate: 1, inFlight: 0, uncounted: 0, isEven: true },
    },
  ])("stays even when $because", ({ counts, sides }) => {
    expect(balance(counted(counts))).toMatchObject(sides);
  });

  it.each([
    {
      because: "an event came in whose end nobody counted",
      counts: { received: 2, accepted: 1, stored: 1 },
      sides: { inFlight: 0, uncounted: 0 },
    },
    { because: "an end has no beginning", counts: { received: 0, limited: 1 }, sides: { inFlight: 0, uncounted: 0 } },
    {
      because: "the counts of an isolate are lost while its events are stored",
      counts: { received: 1, accepted: 1, stored: 4, failed: 1 },
      sides: { accepted: 1, inFlight: 0, uncounted: 4 },
    },
    {
      because: "the database saw duplicates of which no count has come yet, which makes no side less than nothing",
      counts: { stored: 1, storedAgain: 2 },
      sides: { accepted: 0, duplicate: 0, uncounted: 1 },
    },
    {
      because: "nor do rows of repeated copies",
      counts: { stored: 2, storedRepeated: 2 },
      sides: { accepted: 0, duplicate: 0, uncounted: 2 },
    },
  ])("is not even when $because", ({ counts, sides }) => {
    expect(balance(counted(counts))).toMatchObject({ ...sides, isEven: false });
  });
});
