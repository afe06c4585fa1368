import { describe, expect, it } from "vitest";
import type { OpenApiDocument } from "../shared/openapi.ts";
import { chance, pick, seededRandom } from "../shared/random.ts";
import { requestsTo } from "../test/fuzz/requests.ts";
import { SEED, sent } from "../test/fuzz/send.ts";
import { edge, KEYS, purchase } from "./test-edge.ts";

const EDGE_ROUNDS = 40;

describe("the edge", () => {
  it("answers whatever it is sent as its document says, and never with a fault of its own", async () => {
    const { app } = edge();
    const document = await (await app.request("/openapi.json")).json<OpenApiDocument>();
    const bodies = { sendEvent: purchase, sendEvents: () => ({ events: [purchase(), purchase()] }) };
    const random = seededRandom(SEED);
    const statuses = new Set<number>();
    for (let round = 0; round < EDGE_ROUNDS; round++) {
      for (const one of requestsTo(document, { ids: () => ["00000000"], bodies }, random)) {
        const key = chance(random, 0.8) ? `Bearer ${pick(random, Object.values(KEYS))}` : null;
        const { status } = await sent((path, init) => app.request(path, init), document, one, key);
        statuses.add(status);
      }
    }
    expect([...statuses]).toEqual(expect.arrayContaining([200, 202, 401, 422]));
  });
});
