import { describe, expect, it } from "vitest";
import { below, chance, seededRandom, type Random } from "../../shared/random.ts";
import { assessment, clientOn, hanging, problem, view, type Asked, type Edge } from "./test-client.ts";

const RUNS = 150;

/** An edge that takes events in as the real one does, and fails in every way there is. */
function unreliableEdge(random: Random, failShare: () => number) {
  const known = new Set<string>();
  const results = ({ ids }: Asked) =>
    ids.map((id, index) => {
      if (id.startsWith("wrong"))
        return { index, id, status: "rejected", errors: [{ pointer: "", detail: "is wrong" }] };
      if (chance(random, failShare() / 4)) return { index, id, status: "retry" };
      const status = known.has(id) ? "duplicate" : "accepted";
      known.add(id);
      return { index, id, status, assessment: assessment() };
    });
  const answer: Edge = (asked) => {
    if (asked.ids.some((id) => id.startsWith("poison"))) return problem(422);
    if (asked.path !== "/v1/events") return Response.json({ results: results(asked) });
    const [result] = results(asked);
    if (result?.status === "rejected") return problem(422, { errors: result.errors });
    return result?.status === "retry" ? problem(503) : Response.json(result, { status: 202 });
  };
  const failures: Edge[] = [
    hanging,
    () => Promise.reject(new TypeError("fetch failed")),
    () => problem(500),
    () => problem(503, {}, { "retry-after": String(below(random, 20)) }),
    () => problem(429, {}, { "retry-after": "1" }),
    () => new Response("<html>"),
    // Taken in, and then the answer is lost.
    (asked) => (answer(asked), hanging(asked)),
    (asked) => (answer(asked), Promise.reject(new TypeError("reset"))),
    (asked) => (answer(asked), problem(502)),
  ];
  const edge: Edge = (asked) => {
    const fails = chance(random, failShare());
    return (fails ? failures[below(random, failures.length)] : undefined)?.(asked) ?? answer(asked);
  };
  return { edge, known };
}

async function run(seed: number) {
  const random = seededRandom(seed);
  let share = random() * 0.9;
  const endings = new Map<string, string[]>();
  const sentAfterwards: string[] = [];
  const end = (id: string, how: string) => void endings.set(id, [...(endings.get(id) ?? []), how]);
  const { edge, known } = unreliableEdge(random, () => share);
  const { client, pass } = clientOn(
    (asked) => {
      sentAfterwards.push(...asked.ids.filter((id) => endings.has(id)));
      return edge(asked);
    },
    {
      requestsMost: 1 + below(random, 3),
      batchEvents: 1 + below(random, 20),
      queueEvents: chance(random, 0.3) ? 20 : 10_000,
      expireMs: chance(random, 0.3) ? 30_000 : 3_600_000,
      onAssessed: (id) => end(id, "taken"),
      onRejected: (id) => end(id, "rejected"),
      onDrop: ({ id }, reason) => end(id, `dropped ${reason}`),
      onError: () => {},
      runtime: { random },
    },
  );
  const tracked: string[] = [];
  for (let step = 0; step < 30; step++) {
    for (let left = below(random, 8); left > 0; left--) {
      const kind = chance(random, 0.05) ? "poison" : chance(random, 0.1) ? "wrong" : "good";
      const id = `${kind}-${tracked.length.toString().padStart(4, "0")}`;
      tracked.push(id);
      if (chance(random, 0.2)) void client.assess(view(id));
      else client.track(view(id));
    }
    await pass(below(random, 4_000));
    const { tracked: all, accepted, duplicate, rejected, dropped, waiting, underway } = client.status();
    expect(all).toBe(accepted + duplicate + rejected + dropped + waiting + underway);
  }
  const isLastChance = chance(random, 0.5);
  if (isLastChance) share = 0;
  void client.close(isLastChance ? 600_000 : 1_000);
  await pass(1_000_000);
  return { client, endings, sentAfterwards, tracked, known };
}

describe("whatever fails", () => {
  it(`ends every event exactly once, sends none after its end, and drops none that it calls taken (${RUNS} runs)`, async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < RUNS; seed++) {
      const { client, endings, sentAfterwards, tracked, known } = await run(seed);
      const because = `seed ${seed}`;
      expect(sentAfterwards, because).toEqual([]);
      expect([...endings.keys()].toSorted(), because).toEqual(tracked.toSorted());
      for (const [id, how] of endings) {
        expect(how, `${because}: ${id}`).toHaveLength(1);
        const [only = ""] = how;
        seen.add(only);
        if (only === "taken") expect(known.has(id), `${because}: ${id}`).toBe(true);
        if (only === "rejected") expect(id, because).not.toMatch(/^good/);
      }
      expect(client.status(), because).toMatchObject({
        tracked: tracked.length,
        waiting: 0,
        underway: 0,
        state: "closed",
      });
    }
    // Otherwise the runs would show nothing.
    expect([...seen].toSorted()).toEqual(["dropped closed", "dropped expired", "dropped full", "rejected", "taken"]);
  });
});
