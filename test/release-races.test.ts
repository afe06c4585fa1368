// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findActive, listReleases } from "../aggregator/models/release-rows.ts";
import { releaseCandidate } from "../aggregator/models/release-candidate.ts";
import { namesOf, type ReleaseNames } from "../aggregator/models/release.ts";
import { rollback } from "../aggregator/models/rollback.ts";
import { saveTestRelease, testRegistry } from "../aggregator/models/test-registry.ts";
import type { Db } from "../aggregator/store/db.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { testRelease } from "../shared/test-release.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const CONNECTIONS = 4;
const ROUNDS = 10;
const OPERATOR = { by: "key_1", reason: "asked for" };

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("releases made at the same time, on a real server", () => {
  let server: ServerConnections;
  let dbs: Db[];
  let db: Db;
  let candidates: ReleaseNames[];
  let services: Awaited<ReturnType<typeof testRegistry>>["services"];

  beforeAll(async () => {
    server = await openConnections(CONNECTIONS);
    ({ dbs } = server);
    const [first] = dbs;
    if (first === undefined) throw new Error("there is no connection");
    db = first;
    ({ services } = await testRegistry(db));
    candidates = [];
    for (const nth of dbs.keys()) {
      const made = await testRelease({ version: `global@v${nth + 1}`, seed: nth });
      candidates.push(await saveTestRelease(services, made, { runId: `run_${nth}` }));
    }
  });
  afterAll(() => server.close());

  it("follow each other without a gap, each alerted of once, and the last decides", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const before = await findActive(db);
      const released = await Promise.all(
        dbs.map((each, nth) => releaseCandidate({ ...services, db: each }, candidates[nth] ?? nothing(), OPERATOR)),
      );
      // Whichever decided already when its turn came was left as it was.
      const made = released.filter(({ isNew }) => isNew).map(({ release }) => release.number);
      const first = (before?.number ?? 0) + 1;
      expect(made.toSorted((a, b) => a - b)).toEqual(made.map((_each, index) => first + index));
    }
    const rows = await listReleases(db, { limit: 500, below: null });
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_row, index) => rows.length - index));
    const [told] = await server.query<{ alerts: number; audited: number }>(
      `SELECT (SELECT count(*)::int FROM alerts) AS alerts,
         (SELECT count(*)::int FROM audit_log WHERE subject_kind = 'release') AS audited`,
    );
    expect(told).toEqual({ alerts: rows.length - 1, audited: rows.length - 1 });
  });

  it("go back each from the one they found, whoever else goes back or releases meanwhile", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const next = candidates[round % candidates.length] ?? nothing();
      await Promise.allSettled([
        ...dbs.map((each) => rollback({ ...services, db: each }, OPERATOR)),
        releaseCandidate(services, next, OPERATOR),
      ]);
    }
    const rows = await listReleases(db, { limit: 500, below: null });
    const numbered = new Map(rows.map((row) => [row.number, row]));
    const back = rows.filter(({ kind }) => kind === "rolled_back");
    expect(back.length).toBeGreaterThan(0);
    for (const { number, restores, previous, ...row } of back) {
      const restored = numbered.get(restores ?? 0);
      expect(restores).toBe(numbered.get(number - 1)?.previous);
      expect(previous).toBe(restored?.previous);
      expect(namesOf(row)).toEqual(namesOf(restored ?? nothing()));
    }
  });
});

function nothing(): never {
  throw new Error("there is no candidate");
}
