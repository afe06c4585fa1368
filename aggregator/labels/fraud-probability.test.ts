import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { applyLabels, type NewLabel } from "./apply.ts";
import { fitProbability, probabilityAt } from "./fraud-probability.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
const DAY_MS = 86_400_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

const fit = (day = 0) => fitProbability({ db: database.db, nowMs: () => NOW_MS + day * DAY_MS });
const idOf = (nth: number) => `evt_${String(nth).padStart(8, "0")}`;

/** Anomalies, each judged in its turn. */
async function judged(...labels: (NewLabel["label"] | "unsaid")[]): Promise<void> {
  const rows = labels.map((_, nth) => eventRow(scoredEvent({ id: idOf(nth) }, ANOMALOUS), provenance));
  await storeEvents(database.db, rows);
  const said = labels.flatMap((label, nth): [string, NewLabel[]][] =>
    label === "unsaid" ? [] : [[idOf(nth), [{ source: "feedback", label, keyId: "key_1" }]]],
  );
  await applyLabels(database.db, new Map(said));
}

describe("fitProbability", () => {
  it("fits from what people said last, once a day", async () => {
    await judged("fraud", "fraud", "legitimate", null, "unsaid");
    expect(await fit()).toBe(3);
    expect(await fit()).toBeNull();
    expect(await probabilityAt(database.db, 0.9)).toBe((2 + 0.5) / (3 + 1));
    await applyLabels(database.db, new Map([[idOf(0), [{ source: "analyst", label: "legitimate", keyId: "key_1" }]]]));
    expect(await fit(1)).toBe(3);
    expect(await probabilityAt(database.db, 0.9)).toBe((1 + 0.5) / (3 + 1));
  });

  it("learns nothing from what only a chargeback says, as nobody says of all the rest that it was none", async () => {
    await storeEvents(database.db, [
      eventRow(scoredEvent({ id: idOf(0) }), provenance),
      eventRow(scoredEvent({ id: idOf(1), name: "chargeback" }), provenance),
    ]);
    const said: NewLabel = { source: "chargeback", label: "fraud", causeEventId: idOf(1), reason: null, atMs: NOW_MS };
    await applyLabels(database.db, new Map([[idOf(0), [said]]]));
    expect(await fit()).toBeNull();
  });
});

describe("fraud_probability", () => {
  it("stands beside the score of an event and of an anomaly, null until anybody judged any", async () => {
    await judged("fraud");
    const app = await testApp(database.db);
    const answers = async () =>
      Promise.all(
        [`/v1/events/${idOf(0)}`, `/v1/anomalies/ano_${idOf(0)}`].map(async (path) => (await app.call(path)).body),
      );
    for (const answer of await answers()) expect(answer).toMatchObject({ fraud_probability: null });
    await fit();
    for (const answer of await answers()) expect(answer).toMatchObject({ fraud_probability: 0.75 });
  });
});
