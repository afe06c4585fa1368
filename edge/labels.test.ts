import { describe, expect, it } from "vitest";
import golden from "../shared/label.v1.json" with { type: "json" };
import { consumeLabels, type LabelBatch } from "./labels.ts";
import { shardOf } from "./profiles/know.ts";
import type { FraudLabel } from "./profiles/profile-memory.ts";

/** A batch of bodies, and what becomes of each. */
function batchOf(...bodies: unknown[]) {
  const ends: string[] = bodies.map(() => "nothing");
  const batch: LabelBatch = {
    queue: "pulseecom-labels",
    messages: bodies.map((body, index) => ({
      id: `m-${index}`,
      body,
      ack: () => void (ends[index] = "acked"),
      retry: () => void (ends[index] = "retried"),
    })),
  };
  return { batch, ends };
}

/** Stores that keep what they were told; those that are away refuse. */
function watched(shards: number, away: readonly number[] = []) {
  const told: { shard: number; labels: FraudLabel[] }[] = [];
  const lines: Record<string, unknown>[] = [];
  const stores = {
    shards,
    async learnLabels(shard: number, labels: FraudLabel[]) {
      if (away.includes(shard)) throw new Error("overloaded");
      told.push({ shard, labels });
    },
  };
  return { services: { stores, log: (line: Record<string, unknown>) => void lines.push(line) }, told, lines };
}

const label = (changes: Partial<Record<keyof typeof golden, unknown>> = {}) => ({ ...golden, ...changes });

describe("consumeLabels", () => {
  it.each([1, 3, 16])("tells each of %i stores once, and of its own entities alone", async (shards) => {
    const { services, told } = watched(shards);
    const { batch, ends } = batchOf(label(), label({ id: "lab_2", by: -1, entities: ["customer:u-17", "card:other"] }));
    await consumeLabels(batch, services);
    expect(ends).toEqual(["acked", "acked"]);
    expect(new Set(told.map(({ shard }) => shard)).size).toBe(told.length);
    for (const { shard, labels } of told) {
      for (const { entities } of labels)
        expect(entities.map((name) => shardOf(name, shards))).toEqual(entities.map(() => shard));
    }
    const all = told.flatMap(({ labels }) => labels);
    const namesOf = (id: string) => all.filter((one) => one.id === id).flatMap(({ entities }) => entities);
    expect(namesOf(golden.id).toSorted()).toEqual(golden.entities.toSorted());
    expect(namesOf("lab_2").toSorted()).toEqual(["card:other", "customer:u-17"]);
    expect(all.find(({ id }) => id === "lab_2")).toMatchObject({ by: -1, knownMs: Date.parse(golden.known_at) });
  });

  it("has a label come again while one of its stores is away, and holds up no other", async () => {
    const [here, there] = ["customer:here", "customer:there"];
    const away = shardOf(there, 16);
    expect(shardOf(here, 16)).not.toBe(away);
    const { services, told, lines } = watched(16, [away]);
    const { batch, ends } = batchOf(label({ entities: [here, there] }), label({ id: "lab_2", entities: [here] }));
    await consumeLabels(batch, services);
    expect(ends).toEqual(["retried", "acked"]);
    // Its other store has learned it already, and will know it by its id.
    expect(told.flatMap(({ labels }) => labels.map(({ id }) => id))).toEqual([golden.id, "lab_2"]);
    expect(lines).toEqual([
      { queue: "pulseecom-labels", labels: 2, retried: 1, cause: expect.stringContaining("overloaded") },
    ]);
  });

  it.each([
    { because: "it is of a later version", body: label({ v: 2 }) },
    { because: "it is none", body: "poison" },
    { because: "it is nothing", body: null },
  ])("has a message come again that it cannot read, since $because, and learns the others", async ({ body }) => {
    const { services, told, lines } = watched(1);
    const { batch, ends } = batchOf(body, label());
    await consumeLabels(batch, services);
    expect(ends).toEqual(["retried", "acked"]);
    expect(told).toHaveLength(1);
    expect(lines).toEqual([{ queue: "pulseecom-labels", labels: 2, retried: 1, unreadable: ["m-0"] }]);
  });

  it("writes no name of a customer to the log", async () => {
    const { services, lines } = watched(1, [0]);
    await consumeLabels(batchOf(label(), label({ v: 2 })).batch, services);
    expect(JSON.stringify(lines)).not.toMatch(/u-17|tok_5f/);
  });
});
