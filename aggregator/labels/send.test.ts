import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { LABELS_MOST, type LabelMessage } from "../../shared/label.ts";
import { testDatabase } from "../store/test-database.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { NOW_MS, scoredEvent } from "../test-events.ts";
import { sendLabels, sendLabelsNow } from "./send.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

/** So many labels that wait, and a queue that keeps what it gets. */
async function waiting(count: number) {
  await storeEvents(database.db, [eventRow(scoredEvent({ id: "evt_00000001" }), provenance)]);
  await database.client.query(
    `INSERT INTO fraud_labels (event_id, entities, by, known_at)
     SELECT 'evt_00000001', ARRAY['customer:' || nth], 1, now() FROM generate_series(1, $1::int) AS nth`,
    [count],
  );
  const batches: LabelMessage[][] = [];
  const lines: Record<string, unknown>[] = [];
  const services = {
    db: database.db,
    queueLabels: async (labels: LabelMessage[]): Promise<unknown> => batches.push(labels),
    log: (line: Record<string, unknown>) => void lines.push(line),
  };
  return { services, batches, lines };
}

describe("sendLabels", () => {
  it("sends every label that waits, as many at once as a batch may have, and none again", async () => {
    const { services, batches } = await waiting(2 * LABELS_MOST + 1);
    expect(await sendLabels(services)).toBe(2 * LABELS_MOST + 1);
    expect(batches.map((batch) => batch.length)).toEqual([LABELS_MOST, LABELS_MOST, 1]);
    expect(new Set(batches.flat().flatMap(({ entities }) => entities)).size).toBe(2 * LABELS_MOST + 1);
    expect(await sendLabels(services)).toBe(0);
  });

  it("keeps for the next run what the queue did not take", async () => {
    const { services, batches } = await waiting(3);
    await expect(
      sendLabels({ ...services, queueLabels: () => Promise.reject(new Error("the queue is away")) }),
    ).rejects.toThrow("the queue is away");
    expect(await sendLabels(services)).toBe(3);
    expect(batches).toHaveLength(1);
  });
});

describe("sendLabelsNow", () => {
  it("never throws, since a verdict holds whether or not the edge is told at once", async () => {
    const { services, lines } = await waiting(1);
    await sendLabelsNow({ ...services, queueLabels: () => Promise.reject(new Error("the queue is away")) });
    expect(lines).toEqual([{ task: "send-labels", cause: expect.stringContaining("the queue is away") }]);
  });
});
