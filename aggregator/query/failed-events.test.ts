import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { recordFailures } from "../store/failed-events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

const Listed = z.object({ data: z.array(z.object({ id: z.string() })), next_cursor: z.string().nullable() });

describe("GET /v1/failed-events", () => {
  it.each([null, "text", { v: 1, events: [{ deep: [1, null] }] }])(
    "tells what could not be stored and why (%j)",
    async (payload) => {
      await recordFailures(database.db, [
        { id: "fail_1", event_id: "evt_00000001", reason: "not a scored event: /event", payload },
      ]);
      expect((await app.call("/v1/failed-events")).body).toEqual({
        data: [
          {
            id: "fail_1",
            event_id: "evt_00000001",
            reason: "not a scored event: /event",
            payload,
            created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
          },
        ],
        next_cursor: null,
      });
    },
  );

  it("pages through failures of one moment without a loss or a repeat", async () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({
      id: `fail_${i}`,
      event_id: null,
      reason: "r",
      payload: {},
    }));
    await recordFailures(database.db, failures); // one statement, so one time for all
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { data, next_cursor } = Listed.parse(
        (await app.call(`/v1/failed-events?limit=3${cursor && `&cursor=${cursor}`}`)).body,
      );
      seen.push(...data.map(({ id }) => id));
      cursor = next_cursor;
    }
    expect(seen).toEqual(failures.map(({ id }) => id).toReversed());
  });
});
