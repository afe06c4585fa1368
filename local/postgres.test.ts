import { neon, neonConfig, NeonDbError } from "@neondatabase/serverless";
import { desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import {
  bigint,
  boolean,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { provideDatabase } from "../test/embedded-database.ts";
import { FileLockedError } from "./file-lock.ts";
import { openGate } from "./gate.ts";
import { listen } from "./listen.ts";
import { openPostgres, type LocalPostgres, type PostgresOptions } from "./postgres.ts";
import { createOwnDatabase, hasServer, type OwnDatabase } from "./server-for-tests.ts";

const things = pgTable("things", {
  id: text().primaryKey(),
  document: jsonb(),
  at: timestamp({ withTimezone: true, mode: "date" }),
  big: bigint({ mode: "bigint" }),
  count: integer(),
  share: doublePrecision(),
  price: numeric(),
  flag: boolean(),
  tags: text().array(),
  numbers: integer().array(),
});

const TABLES = `
  CREATE TABLE things (id text PRIMARY KEY, document jsonb, at timestamptz, big bigint,
    count integer, share double precision, price numeric, flag boolean, tags text[],
    numbers integer[]);
  CREATE TABLE positive (n integer NOT NULL CONSTRAINT n_is_positive CHECK (n > 0));
`;

const full: typeof things.$inferSelect = {
  id: "full",
  document: { a: [1, "two", null, { 'three"\\': "ü€😀\n" }], b: { c: 1.5 } },
  at: new Date("2026-11-21T10:00:00.123Z"),
  big: 9_223_372_036_854_775_807n,
  count: -5,
  share: 0.1,
  price: "12345678901234567890.123456789",
  flag: true,
  tags: ["plain", "com,ma", 'quo"te', "back\\slash", "{brace}", "NULL", "", " "],
  numbers: [1, -2, 2_147_483_647],
};

const empty: typeof things.$inferSelect = {
  id: "empty",
  document: null,
  at: null,
  big: null,
  count: null,
  share: null,
  price: null,
  flag: null,
  tags: null,
  numbers: null,
};

const client = neon("postgres://user:password@localhost/ignored");
const db = drizzle({ client });

async function failureOf(work: Promise<unknown>): Promise<NeonDbError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NeonDbError) return error;
  throw new Error("expected a NeonDbError", { cause: error });
}

interface Engine {
  name: string;
  isHere: boolean;
  /** A place for one database, opened as often as one likes. */
  create(): Promise<{
    open(options?: Pick<PostgresOptions, "statementDeadlineMs">): Promise<LocalPostgres>;
    remove(): Promise<void>;
  }>;
}

const ENGINES: Engine[] = [
  {
    name: "PGlite",
    isHere: true,
    async create() {
      const dataDir = mkdtempSync(join(tmpdir(), "postgres-"));
      await provideDatabase(dataDir);
      return {
        open: (options) => openPostgres({ ...options, dataDir }),
        remove: async () => rmSync(dataDir, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "a real server",
    isHere: await hasServer(),
    async create() {
      const { url: databaseUrl, drop } = await createOwnDatabase();
      return { open: (options) => openPostgres({ ...options, databaseUrl }), remove: drop };
    },
  },
];

for (const engine of ENGINES) {
  describe.runIf(engine.isHere)(`openPostgres, in front of ${engine.name}`, () => {
    let place: Awaited<ReturnType<Engine["create"]>>;
    let postgres: LocalPostgres;

    beforeAll(async () => {
      place = await engine.create();
      postgres = await place.open();
      await postgres.exec(TABLES);
      neonConfig.fetchEndpoint = postgres.endpoint;
    });
    beforeEach(() => postgres.exec("TRUNCATE things, positive"));
    afterAll(async () => {
      await postgres.close();
      await place.remove();
    });

    it("gives drizzle back every value it was given, nulls included", async () => {
      await db.insert(things).values([full, empty]);
      expect(await db.select().from(things).orderBy(desc(things.id))).toEqual([full, empty]);
    });

    it("answers returning with what was inserted, and nothing for a conflict", async () => {
      const insert = () => db.insert(things).values(full).onConflictDoNothing().returning({ id: things.id });
      expect(await insert()).toEqual([{ id: "full" }]);
      expect(await insert()).toEqual([]);
    });

    it("runs a batch as one transaction, each with its own result", async () => {
      const [inserted, selected, updated] = await db.batch([
        db.insert(things).values({ id: "a", count: 1 }).returning(),
        db.select({ count: things.count }).from(things),
        db.update(things).set({ count: 2 }).where(eq(things.id, "a")),
      ]);
      expect(inserted).toEqual([{ ...empty, id: "a", count: 1 }]);
      expect(selected).toEqual([{ count: 1 }]);
      expect(updated.rowCount).toBe(1);
    });

    it("keeps nothing of a batch in which one statement fails", async () => {
      const insert = db.insert(things).values({ id: "a" });
      await expect(db.batch([insert, insert])).rejects.toThrow();
      expect(await db.$count(things)).toBe(0);
    });

    it("takes a whole batch of rows as one JSON parameter", async () => {
      const rows = [full, { ...empty, id: "other" }].map(({ id, document }) => ({ id, document }));
      const result = await db.execute(sql`
        INSERT INTO things (id, document)
        SELECT id, document FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS t(id text, document jsonb)
        ON CONFLICT DO NOTHING RETURNING id`);
      expect(result.rows).toEqual([{ id: "full" }, { id: "other" }]);
      expect(result).toMatchObject({ command: "INSERT", rowCount: 2 });
    });

    it("lets the server decide what type a parameter has, as Neon does", async () => {
      const [row] = await client`SELECT ${"7"}::int + ${1} AS sum, ${true}::boolean AS flag,
        ${[1, 2]}::int[] AS list, ${{ a: [1] }}::jsonb AS document, ${null}::text AS nothing`;
      const expected = { sum: 8, flag: true, list: [1, 2], document: { a: [1] }, nothing: null };
      expect(row).toEqual(expected);
    });

    it("names the constraint and key of a unique violation, so that callers can tell", async () => {
      await db.insert(things).values({ id: "twice" });
      const error = await failureOf(client`INSERT INTO things (id) VALUES ('twice')`);
      expect(error).toMatchObject({
        code: "23505",
        severity: "ERROR",
        schema: "public",
        table: "things",
        constraint: "things_pkey",
        detail: "Key (id)=(twice) already exists.",
      });
    });

    it.each([
      { query: "SELECT * FROM nowhere", code: "42P01", because: "the table is unknown" },
      { query: "SELEC 1", code: "42601", because: "the syntax is wrong" },
      { query: "SELECT 1/0", code: "22012", because: "a division fails" },
      { query: "INSERT INTO positive VALUES (NULL)", code: "23502", because: "null is refused" },
      { query: "INSERT INTO positive VALUES (-1)", code: "23514", because: "a check fails" },
      { query: "SELECT 1; SELECT 2", code: "42601", because: "two statements are not one" },
    ])("fails with $code when $because, and works on after", async ({ query, code }) => {
      expect((await failureOf(client.query(query))).code).toBe(code);
      expect(await client`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    });

    it("honours the isolation level and access mode of a batch", async () => {
      const show = client`SELECT current_setting('transaction_isolation') AS isolation,
        current_setting('transaction_read_only') AS read_only,
        current_setting('transaction_deferrable') AS is_deferrable`;
      const strict = { isolationLevel: "Serializable", readOnly: true, deferrable: true } as const;
      expect(await client.transaction([show], strict)).toEqual([
        [{ isolation: "serializable", read_only: "on", is_deferrable: "on" }],
      ]);
      const repeatable = await client.transaction([show], { isolationLevel: "RepeatableRead" });
      expect(repeatable).toEqual([[{ isolation: "repeatable read", read_only: "off", is_deferrable: "off" }]]);
      const write = client`INSERT INTO positive VALUES (1)`;
      const refused = await failureOf(client.transaction([write], { readOnly: true }));
      expect(refused.code).toBe("25006");
    });

    it("does not let a transaction left open reach the next request", async () => {
      await client`BEGIN`;
      const outsideTransaction = await failureOf(client`SAVEPOINT here`);
      expect(outsideTransaction.code).toBe("25P01");
    });

    it("serves many requests at once", async () => {
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      const answers = await Promise.all(numbers.map((n) => client`SELECT ${n}::int AS n`));
      expect(answers).toEqual(numbers.map((n) => [{ n }]));
    });

    it("counts a request as in flight until it is answered", async () => {
      expect(postgres.inFlight()).toBe(0);
      const slow = Promise.resolve(client`SELECT pg_sleep(0.3)`);
      await expect.poll(() => postgres.inFlight(), { interval: 10 }).toBe(1);
      await slow;
      await expect.poll(() => postgres.inFlight(), { interval: 10 }).toBe(0);
    });

    it("rolls back a transaction whose work fails, and keeps one whose work does not", async () => {
      const insert = (n: number) =>
        postgres.transaction(async (transaction) => {
          await transaction.query("INSERT INTO positive VALUES ($1)", [n]);
          if (n === 2) throw new Error("changed my mind");
        });
      await insert(1);
      await expect(insert(2)).rejects.toThrow("changed my mind");
      expect(await postgres.query("SELECT n FROM positive")).toEqual([{ n: 1 }]);
    });

    const RAW = { "neon-raw-text-output": "true", "neon-array-mode": "true" };
    const post = (body: string, headers: Record<string, string> = RAW, path = "/sql") =>
      fetch(new URL(path, postgres.endpoint), { method: "POST", body, headers });

    it("answers values as text with their type, as the driver's parsers expect", async () => {
      const query = "SELECT 1 AS a, true AS b, '{\"x\": 1}'::jsonb AS c, '{1,NULL}'::int[] AS d";
      const answer = await post(JSON.stringify({ query }));
      expect(await answer.json()).toMatchObject({
        fields: [
          { name: "a", dataTypeID: 23 },
          { name: "b", dataTypeID: 16 },
          { name: "c", dataTypeID: 3802 },
          { name: "d", dataTypeID: 1007 },
        ],
        rows: [["1", "t", '{"x": 1}', "{1,NULL}"]],
        rowCount: 1,
        command: "SELECT",
      });
    });

    it("answers objects to who does not ask for arrays", async () => {
      const answer = await post('{"query":"SELECT 1 AS a"}', { "neon-raw-text-output": "true" });
      expect(await answer.json()).toMatchObject({ rows: [{ a: "1" }], rowAsArray: false });
    });

    it.each([
      { body: "{", because: "it is not JSON" },
      { body: '{"sql":"SELECT 1"}', because: "it has no query" },
      { body: '{"queries":[{"params":[]}]}', because: "one of the batch has no query" },
    ])("refuses a body with 400 when $because", async ({ body }) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ message: expect.stringContaining("body") });
    });

    it("refuses an isolation level that does not exist, so that no SQL comes in by a header", async () => {
      const headers = { ...RAW, "neon-batch-isolation-level": "Serializable; DROP TABLE things" };
      const answer = await post('{"queries":[]}', headers);
      expect(answer.status).toBe(400);
    });

    it("says so when it is asked for typed values, which it does not offer", async () => {
      const answer = await post('{"query":"SELECT 1"}', {});
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("neon-raw-text-output");
    });

    it("refuses a body over 32 MB with 413", async () => {
      const answer = await post(JSON.stringify({ query: "SELECT 1", params: ["x".repeat(2 ** 25)] }));
      expect(answer.status).toBe(413);
    });

    it("takes a body of 20 MB", async () => {
      const params = ["x".repeat(20_000_000)];
      const answer = await post(JSON.stringify({ query: "SELECT length($1) AS n", params }));
      expect(await answer.json()).toMatchObject({ rows: [["20000000"]] });
    });

    it("answers nothing but its own path", async () => {
      const answer = await post("{}", RAW, "/other");
      expect(answer.status).toBe(404);
    });

    it("finds its data again when it is opened anew", async () => {
      await postgres.exec("INSERT INTO positive VALUES (7)");
      await postgres.close();
      postgres = await place.open();
      neonConfig.fetchEndpoint = postgres.endpoint;
      expect(await postgres.query("SELECT n FROM positive")).toEqual([{ n: 7 }]);
    });

    it("ends a statement at its deadline, and works on after", async () => {
      await postgres.close();
      // For this test alone: others are to be answered however busy the machine is.
      postgres = await place.open({ statementDeadlineMs: 500 });
      neonConfig.fetchEndpoint = postgres.endpoint;
      const error = await failureOf(client`SELECT count(*) FROM generate_series(1, 10000000000)`);
      expect(error.code).toBe("57014");
      // PGlite opens its folder anew for that, which takes long on a busy machine.
      await expect.poll(() => client`SELECT 1 AS one`, { timeout: 50_000 }).toEqual([{ one: 1 }]);
    }, 60_000);

    // A server is for many processes.
    if (engine.name === "PGlite") {
      it("lets no other process open its folder meanwhile", async () => {
        await expect(place.open()).rejects.toThrow(FileLockedError);
      });
    }
  });
}

describe("openPostgres, in memory", () => {
  it("waits for a statement that broke its deadline rather than lose the data", async () => {
    const postgres = await openPostgres({ statementDeadlineMs: 200 });
    neonConfig.fetchEndpoint = postgres.endpoint;
    await postgres.exec("CREATE TABLE kept (n integer); INSERT INTO kept VALUES (7)");
    const error = await failureOf(client`SELECT pg_sleep(1)`);
    expect(error.code).toBe("57014");
    const kept = () => client`SELECT n FROM kept`.catch(() => "busy");
    await expect.poll(kept, { timeout: 20_000 }).toEqual([{ n: 7 }]);
    await postgres.close();
  });
});

describe.runIf(await hasServer())("openPostgres, when a real server goes away", () => {
  let own: OwnDatabase;
  beforeAll(async () => {
    own = await createOwnDatabase();
  });
  afterAll(() => own.drop());

  it("fails promptly while the server is unreachable, and recovers by itself", async () => {
    const target = new URL(own.url);
    let way = await openGate({ port: 0, target });
    const port = Number(way.url.port);
    const throughWay = new URL(own.url);
    throughWay.host = way.url.host;
    const postgres = await openPostgres({ databaseUrl: throughWay.href });
    neonConfig.fetchEndpoint = postgres.endpoint;
    expect(await client`SELECT 1 AS one`).toEqual([{ one: 1 }]);

    await way.close();
    const startMs = performance.now();
    await expect(client`SELECT 1 AS one`).rejects.toThrow(NeonDbError);
    await expect(client`SELECT 1 AS one`).rejects.toThrow("the database cannot be reached");
    expect(performance.now() - startMs).toBeLessThan(3_500);

    way = await openGate({ port, target });
    expect(await client`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await postgres.close();
    await way.close();
  });

  it("fails within about 3 s when the server takes connections and says nothing", async () => {
    const mute = createServer(() => {});
    const port = await listen(mute, 0);
    const postgres = await openPostgres({ databaseUrl: `postgres://root@127.0.0.1:${port}/x` });
    neonConfig.fetchEndpoint = postgres.endpoint;
    const startMs = performance.now();
    await expect(client`SELECT 1`).rejects.toThrow("the database cannot be reached");
    expect(performance.now() - startMs).toBeLessThan(4_500);
    await postgres.close();
    mute.close();
  });
});
