import { beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { readEvidence } from "./read-sums.ts";

const NOW_MINUTE = NOW_MS / 60_000;

let db: Awaited<ReturnType<typeof testDatabase>>["db"];
beforeAll(async () => {
  ({ db } = await testDatabase());
  const item = { item_id: "sku-1", price: 49.9, quantity: 1 };
  const facts = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
  const rows = [
    scoredEvent({ id: "evt_shoes", items: [{ ...item, item_category: "shoes" }, item] }, { ...ANOMALOUS, score: 0.9 }),
    scoredEvent({ id: "evt_none" }, { ...ANOMALOUS, score: 0.95 }, { signals: { device_class: "mobile" } }),
    scoredEvent({ id: "evt_fine", items: [{ ...item, item_category: "shoes" }] }),
  ].map((event) => eventRow(event, facts));
  await storeEvents(db, rows);
});

describe("readEvidence", () => {
  it.each([
    {
      dimension: "all",
      member: "",
      ids: ["ano_evt_none", "ano_evt_shoes"],
      because: "all are, the highest score first",
    },
    { dimension: "category", member: "shoes", ids: ["ano_evt_shoes"], because: "an order with one such item is" },
    {
      dimension: "category",
      member: "(not set)",
      ids: ["ano_evt_none", "ano_evt_shoes"],
      because: "both have such an item",
    },
    { dimension: "category", member: "hats", ids: [], because: "nobody ordered one" },
    { dimension: "country", member: "DE", ids: ["ano_evt_shoes"], because: "the other came from nowhere known" },
    { dimension: "device", member: "mobile", ids: ["ano_evt_none"], because: "the other came from a desktop" },
  ])("links $ids to an incident of $dimension $member, as $because", async ({ dimension, member, ids }) => {
    const window = {
      id: "inc_1",
      from: NOW_MINUTE - 10,
      until: NOW_MINUTE + 1,
      grain: "1m",
      dimension,
      member,
    } as const;
    const evidence = await readEvidence(db, [window], []);
    expect(evidence.get("inc_1")).toMatchObject({ anomalies: ids.length, anomalyIds: ids });
  });
});
