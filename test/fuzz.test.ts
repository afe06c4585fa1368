import { beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../aggregator/store/events.ts";
import { testDatabase } from "../aggregator/store/test-database.ts";
import { testApp } from "../aggregator/test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../aggregator/test-events.ts";
import { newId } from "../shared/ids.ts";
import { chance, pick, seededRandom, type Random } from "../shared/random.ts";
import { requestsTo } from "./fuzz/requests.ts";
import { SEED, sent } from "./fuzz/send.ts";

const AGGREGATOR_ROUNDS = 12;
/** Ids that are asked for; of more, those told last. */
const IDS_MOST = 100;

describe("the aggregator", () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  beforeAll(async () => {
    database = await testDatabase();
  });

  it("answers whatever it is asked as its document says, and never with a fault of its own", async () => {
    let made = 0;
    const { request, document, keys } = await testApp(database.db, {
      newId: (prefix) => newId(prefix, NOW_MS + made++, new Uint8Array(10)),
    });
    const stored = Array.from({ length: 6 }, (_each, index) =>
      scoredEvent({ id: `evt_0000000${index}`, client_id: "device" }, index % 2 === 0 ? ANOMALOUS : {}),
    );
    const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
    await storeEvents(
      database.db,
      stored.map((scored) => eventRow(scored, provenance)),
    );
    const named = ["evt_00000000", "rule_default", "device", "user-1", "1"];
    const known = new Map<string, string[]>();
    const random = seededRandom(SEED);
    const statuses = new Map<number, number>();
    for (let round = 0; round < AGGREGATOR_ROUNDS; round++) {
      for (const one of requestsTo(document, { ids: (tag) => known.get(tag) ?? named }, random)) {
        const { status, ids: told } = await sent(request, document, one, keyOf(keys.texts, random));
        known.set(one.tag, [...(known.get(one.tag) ?? named), ...told.slice(0, 2)].slice(-IDS_MOST));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    // It was not the door alone that was knocked at.
    for (const status of [200, 201, 401, 403, 404, 406, 422])
      expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0]);
  });
});

/** Mostly one that may do anything, so that what lies behind the door is reached. */
function keyOf(texts: Readonly<Record<string, string>>, random: Random): string | null {
  if (chance(random, 0.7)) return `Bearer ${texts["admin"]}`;
  if (chance(random, 0.2)) return pick(random, [null, "Bearer", "Bearer sk_x", "Basic eDp5"]);
  return `Bearer ${pick(random, Object.values(texts))}`;
}
