import { describe, expect, it } from "vitest";
import type { Change } from "./find-changes.ts";
import { groupChanges } from "./group-changes.ts";

/** `orders country FR 12 96`: what is changed, whose, the value and what is usual. */
function change(text: string): Change {
  const [metric, dimension, member, value, usual] = text.split(" ");
  const [now, before] = [Number(value), Number(usual)];
  return {
    metric: metric as Change["metric"], // as it is written here
    dimension: dimension as Change["dimension"],
    member: member === "-" ? "" : (member ?? ""),
    side: now < before ? "down" : "up",
    value: now,
    usual: before,
    ratio: now / before,
    difference: metric === "decline_rate" || metric === "conversion" ? 1_000 * (now - before) : now - before,
    p: 1e-6,
  };
}
const name = ({ metric, dimension, member }: Change) => [metric, dimension, member].filter(Boolean).join(" ");
const grouped = (...texts: string[]) =>
  groupChanges(texts.map(change)).map(({ lead, others }) => [name(lead), ...others.map(name).toSorted()]);

describe("groupChanges", () => {
  it("makes one of an outage that shows in revenue, orders and conversion, in everything and in its members", () => {
    expect(
      grouped(
        "orders all - 500 1000",
        "conversion all - 0.01 0.02",
        "revenue all - 40000 80000",
        "orders country FR 0 300",
        "revenue device mobile 9000 40000",
      ),
    ).toEqual([["revenue all", "conversion all", "orders all", "orders country FR", "revenue device mobile"]]);
  });

  it("makes one of a country's orders and of the devices and categories they are missing from", () => {
    expect(
      grouped("orders category shoes 70 110", "orders country FR 10 70", "conversion country FR 0.01 0.07"),
    ).toEqual([["orders country FR", "conversion country FR", "orders category shoes"]]);
  });

  it("keeps apart what is larger than that, and what is in two countries", () => {
    expect(grouped("orders country FR 10 70", "orders category shoes 100 300")).toHaveLength(2);
    expect(grouped("orders country FR 10 70", "orders country AT 5 50")).toHaveLength(2);
  });

  it("keeps a rise and a fall apart", () => {
    expect(grouped("orders country FR 10 70", "orders country AT 150 50")).toHaveLength(2);
  });

  it("takes fewer orders per session for the other side of more sessions", () => {
    expect(grouped("sessions all - 9000 3000", "conversion all - 0.01 0.03")).toEqual([
      ["sessions all", "conversion all"],
    ]);
  });

  it("makes declined payments the cause of the orders that are missing there", () => {
    expect(
      grouped("orders country FR 10 70", "decline_rate country FR 0.06 0.005", "decline_rate all - 0.03 0.01"),
    ).toEqual([["orders country FR", "decline_rate all", "decline_rate country FR"]]);
  });

  it("keeps declined payments apart from orders that are missing elsewhere, or that they are too few for", () => {
    expect(grouped("orders country FR 10 70", "decline_rate country AT 0.06 0.005")).toHaveLength(2);
    expect(grouped("orders country FR 10 700", "decline_rate country FR 0.06 0.005")).toHaveLength(2);
  });

  it("makes a category's price the cause of what it brings in less, and of what everything does", () => {
    expect(grouped("piece_price category hats 5 25", "revenue category hats 700 3500", "revenue all - 20 30")).toEqual([
      ["piece_price category hats", "revenue all", "revenue category hats"],
    ]);
    expect(grouped("piece_price category hats 5 25", "revenue all - 1000 9000")).toHaveLength(2);
  });

  it("leaves refunds and anomalies to themselves", () => {
    expect(grouped("refunds all - 50 20", "anomaly_rate all - 0.02 0.001", "orders all - 500 1000")).toHaveLength(3);
  });

  it("loses no change and tells none twice", () => {
    const texts = [
      "orders all - 500 1000",
      "sessions country AT 900 300",
      "conversion country AT 0.01 0.03",
      "piece_price category hats 5 25",
      "decline_rate device mobile 0.3 0.1",
      "events name search 0 500",
    ];
    expect(
      grouped(...texts)
        .flat()
        .toSorted(),
    ).toEqual(texts.map((text) => name(change(text))).toSorted());
  });
});
