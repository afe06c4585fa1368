import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { LabelMessage } from "../../shared/label.ts";
import { giveFeedback, type FeedbackLabel } from "../store/anomalies.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { markSent, unsentLabels } from "./outbox.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

async function found(...events: Parameters<typeof scoredEvent>[]): Promise<void> {
  const rows = events.map(([event, , rest]) => eventRow(scoredEvent(event, ANOMALOUS, rest), provenance));
  await storeEvents(database.db, rows);
}

const judge = (label: FeedbackLabel, id = "evt_00000001") =>
  giveFeedback(database.db, `ano_${id}`, { label, note: null, keyId: "key_1" });

/** In the order they were made. */
async function labels() {
  const all = await unsentLabels(database.db, 100);
  const { rows } = await database.client.query<{ id: string }>("SELECT id FROM fraud_labels ORDER BY ctid");
  return rows.map(({ id }) => all.find((label) => label.id === id));
}

const fraudKnown = async () =>
  (await database.client.query<{ at: Date | null }>("SELECT fraud_known_at AS at FROM events")).rows.map(
    ({ at }) => at,
  );

describe("giveFeedback", () => {
  it.each<{ given: FeedbackLabel[]; by: number[]; because: string }>([
    { given: ["confirmed"], by: [1], because: "confirmed is fraud" },
    { given: ["confirmed", "confirmed"], by: [1], because: "the same again teaches nothing" },
    { given: ["dismissed"], by: [], because: "what was never fraud is not taken back" },
    { given: ["confirmed", "dismissed"], by: [1, -1], because: "a verdict may be taken back" },
    { given: ["confirmed", "dismissed", "dismissed"], by: [1, -1], because: "once" },
    { given: ["dismissed", "confirmed", "dismissed", "confirmed"], by: [1, -1, 1], because: "and given again" },
  ])("labels $given as $by: $because", async ({ given, by }) => {
    await found([{ id: "evt_00000001" }]);
    for (const label of given) await judge(label);
    expect((await labels()).map((label) => label?.by)).toEqual(by);
    expect((await fraudKnown())[0] !== null).toBe(given.at(-1) === "confirmed");
  });

  it("tells of everybody the event came through, by the names of their profiles", async () => {
    await found([
      { id: "evt_00000001", email_hash: "e-1", client_id: "c-1", payment: { card_fingerprint: "k-1" } },
      {},
      { signals: { ip_hash: "n-1" } },
    ]);
    await judge("confirmed");
    const [label] = await labels();
    expect(label).toEqual(LabelMessage.parse(label));
    expect(label?.entities).toEqual(["customer:user-1", "email:e-1", "client:c-1", "card:k-1", "ip:n-1"]);
  });

  it("takes back from the time it became known, so that it leaves no trace in any window", async () => {
    await found([{ id: "evt_00000001" }]);
    await judge("confirmed");
    const since = (await fraudKnown())[0]?.toISOString();
    await judge("dismissed");
    await judge("confirmed");
    const [first, back, again] = await labels();
    expect([first?.known_at, back?.known_at]).toEqual([since, since]);
    expect(Date.parse(again?.known_at ?? "")).toBeGreaterThanOrEqual(Date.parse(since ?? ""));
    expect(new Set([first?.id, back?.id, again?.id]).size).toBe(3);
  });

  it("knows fraud of an event that names nobody, and tells nobody", async () => {
    await found([{ id: "evt_00000001", user_id: undefined }]);
    await judge("confirmed");
    expect(await labels()).toEqual([]);
    expect((await fraudKnown())[0]).not.toBeNull();
  });

  it("labels nothing of an anomaly that is not there", async () => {
    expect(await judge("confirmed")).toBe(false);
    expect(await labels()).toEqual([]);
  });
});

describe("markSent", () => {
  it("leaves for the next time what is not marked", async () => {
    const ids = ["evt_00000001", "evt_00000002", "evt_00000003"];
    await found(...ids.map((id): Parameters<typeof scoredEvent> => [{ id }]));
    for (const id of ids) await judge("confirmed", id);
    const some = await unsentLabels(database.db, 2);
    expect(some).toHaveLength(2);
    await markSent(database.db, some);
    const rest = await unsentLabels(database.db, 2);
    expect(rest).toHaveLength(1);
    expect(some.map(({ id }) => id)).not.toContain(rest[0]?.id);
  });
});
