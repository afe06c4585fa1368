import { describe, expect, it } from "vitest";
import { planIncidents, type Alarmed, type Incident, type Signal } from "./incidents.ts";

const AT_MS = Date.parse("2026-11-21T14:00:00Z");
const MINUTE_MS = 60_000;

function signal(over: Partial<Signal> = {}): Signal {
  const started_at = new Date(AT_MS - 10 * MINUTE_MS).toISOString();
  return { metric: "orders", dimension: "all", member: "", side: "down", started_at, ...over };
}

const began = (minutesAgo: number) => ({ started_at: new Date(AT_MS - minutesAgo * MINUTE_MS).toISOString() });
const fresh = (over: Partial<Signal> = {}): Alarmed => ({ signal: signal(over), isFresh: true });
const old = (over: Partial<Signal> = {}): Alarmed => ({ signal: signal(over), isFresh: false });

function incident(over: Partial<Incident> = {}): Incident {
  const times = { startedMs: AT_MS - 10 * MINUTE_MS, openedMs: AT_MS - 2 * MINUTE_MS, lastMs: AT_MS - MINUTE_MS };
  return { id: "inc_1", status: "open", ...times, closedMs: null, isClosedByHand: false, signals: [signal()], ...over };
}

function plan(known: readonly Incident[], alarmed: readonly Alarmed[], atMs = AT_MS): Incident[] {
  let ids = 1;
  return planIncidents(known, alarmed, atMs, () => `inc_${++ids}`);
}

describe("planIncidents", () => {
  it("opens one incident for revenue, orders and sessions that drop together, named after the first", () => {
    const [opened, ...others] = plan(
      [],
      [fresh(), fresh({ metric: "revenue" }), fresh({ metric: "sessions", ...began(3) })],
    );
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ id: "inc_2", status: "open", startedMs: AT_MS - 10 * MINUTE_MS, openedMs: AT_MS });
    expect(opened?.signals.map(({ metric }) => metric)).toEqual(["orders", "revenue", "sessions"]);
  });

  it.each([
    {
      alarm: fresh({ dimension: "country", member: "DE", ...began(4) }),
      because: "a country is part of what shows in everything",
    },
    { alarm: fresh({ metric: "revenue", ...began(60) }), because: "a loss in everything has one cause with another" },
    {
      alarm: fresh({ metric: "payment_decline_rate", side: "up", ...began(60) }),
      because: "declined payments are a loss as well",
    },
    {
      alarm: fresh({ metric: "conversion_rate", side: "up", ...began(12) }),
      because: "what begins together has one cause",
    },
  ])("adds to an open incident, as $because", ({ alarm }) => {
    const [changed, ...others] = plan([incident()], [old(), alarm]);
    expect(others).toEqual([]);
    expect(changed).toMatchObject({ id: "inc_1", status: "open", signals: [signal(), alarm.signal] });
  });

  it.each([
    {
      known: incident(),
      alarm: fresh({ metric: "sessions", side: "up", ...began(120) }),
      because: "a gain long before is no part of a loss",
    },
    {
      known: incident({ signals: [signal({ dimension: "country", member: "DE" })] }),
      alarm: fresh({ dimension: "country", member: "FR", ...began(120) }),
      because: "two countries apart in time are two causes",
    },
  ])("opens another incident, as $because", ({ known, alarm }) => {
    const [own] = known.signals;
    const planned = plan([known], [{ signal: own ?? signal(), isFresh: false }, alarm]);
    expect(planned.map(({ id }) => id)).toEqual(["inc_1", "inc_2"]);
  });

  it("closes what shows nowhere any more, and only then", () => {
    const known = incident({ signals: [signal(), signal({ metric: "revenue" })] });
    expect(plan([known], [old({ metric: "revenue" })])).toMatchObject([{ status: "open", lastMs: AT_MS }]);
    expect(plan([known], [])).toMatchObject([{ status: "closed", closedMs: AT_MS, lastMs: AT_MS - MINUTE_MS }]);
  });

  it("goes on with an incident that comes back within an hour, and opens another after that", () => {
    const known = incident({ status: "closed", closedMs: AT_MS - 59 * MINUTE_MS });
    expect(plan([known], [fresh(began(3))])).toMatchObject([{ id: "inc_1", status: "open", closedMs: null }]);
    const earlier = incident({ status: "closed", closedMs: AT_MS - 61 * MINUTE_MS });
    expect(plan([earlier], [fresh(began(3))])).toMatchObject([{ id: "inc_2", status: "open" }]);
  });

  it("opens nothing for an alarm that was found before, so that what somebody closed stays closed", () => {
    expect(plan([], [old()])).toEqual([]);
  });

  it("tells nothing more of what somebody closed while it goes on, and of the next again", () => {
    const closed = { status: "closed", closedMs: AT_MS - 5 * MINUTE_MS, isClosedByHand: true } as const;
    const more = fresh({ metric: "revenue", ...began(3) });
    expect(plan([incident(closed)], [old(), more])).toEqual([]);
    expect(plan([incident(closed)], [more])).toMatchObject([{ id: "inc_2", status: "open" }]);
  });

  it("changes nothing while nothing is unusual", () => {
    expect(plan([], [])).toEqual([]);
  });
});
