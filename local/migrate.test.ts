import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { provideDatabase } from "../test/embedded-database.ts";
import { openDatabase, type Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createOwnDatabase, hasServer, type OwnDatabase } from "./server-for-tests.ts";

let dir: string;
const write = (name: string, script: string) => writeFileSync(join(dir, name), script);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "migrations-"));
  write("0001_first.sql", "CREATE TABLE steps (n integer); INSERT INTO steps VALUES (1);");
  write("0002_second.sql", "INSERT INTO steps SELECT max(n) * 10 FROM steps;");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function guarantees(database: () => Database) {
  const steps = () => database().query("SELECT n FROM steps ORDER BY n");
  beforeEach(() => database().exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));

  it("applies what is missing, in order, once", async () => {
    expect(await migrate(database(), dir)).toEqual({
      applied: ["0001_first.sql", "0002_second.sql"],
    });
    expect(await migrate(database(), dir)).toEqual({ applied: [] });
    write("0003_third.sql", "INSERT INTO steps VALUES (100)");
    expect(await migrate(database(), dir)).toEqual({ applied: ["0003_third.sql"] });
    expect(await steps()).toEqual([{ n: 1 }, { n: 10 }, { n: 100 }]);
  });

  it("keeps nothing of a migration that fails, and all of those before it", async () => {
    write("0002_second.sql", "INSERT INTO steps VALUES (2); SELECT 1/0; INSERT INTO steps VALUES (3)");
    await expect(migrate(database(), dir)).rejects.toThrow(/0002_second\.sql.*division by zero/);
    expect(await steps()).toEqual([{ n: 1 }]);
    write("0002_second.sql", "INSERT INTO steps VALUES (4)");
    expect(await migrate(database(), dir)).toEqual({ applied: ["0002_second.sql"] });
  });

  it("refuses by name a file that changed after it was applied", async () => {
    await migrate(database(), dir);
    write("0001_first.sql", "CREATE TABLE steps (n bigint);");
    await expect(migrate(database(), dir)).rejects.toThrow("0001_first.sql was applied and has changed");
  });

  it("takes a checkout with other line ends for the same file", async () => {
    write("0001_first.sql", "CREATE TABLE steps\n(n integer);\n");
    await migrate(database(), dir);
    write("0001_first.sql", "CREATE TABLE steps\r\n(n integer);\r\n");
    expect(await migrate(database(), dir)).toEqual({ applied: [] });
  });

  it("refuses a file numbered before one that was applied, as the order would differ", async () => {
    unlinkSync(join(dir, "0001_first.sql"));
    write("0002_second.sql", "SELECT 1");
    await migrate(database(), dir);
    write("0001_late.sql", "SELECT 1");
    await expect(migrate(database(), dir)).rejects.toThrow("0001_late.sql comes before 0002_second.sql");
  });

  it("refuses two files with one number, and a name without one", async () => {
    write("0002_other.sql", "SELECT 1");
    await expect(migrate(database(), dir)).rejects.toThrow("0002_other.sql and 0002_second.sql");
    unlinkSync(join(dir, "0002_other.sql"));
    write("third.sql", "SELECT 1");
    await expect(migrate(database(), dir)).rejects.toThrow("third.sql is not named");
  });

  it("may take longer than statements usually may", async () => {
    write("0003_slow.sql", "SELECT pg_sleep(0.3)");
    expect((await migrate(database(), dir)).applied).toContain("0003_slow.sql");
  });
}

describe("migrate, on PGlite", () => {
  const folder = mkdtempSync(join(tmpdir(), "migrate-"));
  let database: Database;
  beforeAll(async () => {
    await provideDatabase(folder);
    database = await openDatabase({ pgliteDir: join(folder, "postgres"), statementDeadlineMs: 200 });
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  guarantees(() => database);
});

describe.runIf(await hasServer())("migrate, on a real server", () => {
  let own: OwnDatabase;
  let database: Database;
  beforeAll(async () => {
    own = await createOwnDatabase();
    database = await openDatabase({ databaseUrl: own.url, statementDeadlineMs: 200 });
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
  });
  guarantees(() => database);

  it("applies each migration once when several processes start at the same time", async () => {
    write("0003_slow.sql", "SELECT pg_sleep(0.2); INSERT INTO steps VALUES (3)");
    const processes = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ databaseUrl: own.url })));
    const results = await Promise.all(processes.map((each) => migrate(each, dir)));
    await Promise.all(processes.map((each) => each.close()));
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual([
      "0001_first.sql",
      "0002_second.sql",
      "0003_slow.sql",
    ]);
    expect(await database.query("SELECT n FROM steps ORDER BY n")).toEqual([{ n: 1 }, { n: 3 }, { n: 10 }]);
  });
});

describe("node local/migrate.ts", () => {
  const run = async (env: Record<string, string>) => {
    const script = fileURLToPath(new URL("migrate.ts", import.meta.url));
    const { DATABASE_URL: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [script], { env: { ...inherited, ...env } });
    const ended = once(child, "exit");
    const stderr = await text(child.stderr);
    const [code] = await ended;
    return { code, stderr };
  };

  it("says what to set when DATABASE_URL is missing", async () => {
    expect(await run({})).toEqual({ code: 2, stderr: expect.stringContaining("DATABASE_URL") });
  });

  it("fails without showing the password when the server cannot be reached", async () => {
    const { code, stderr } = await run({ DATABASE_URL: "postgres://me:hushhush@127.0.0.1:1/x" });
    expect(code).toBe(1);
    expect(stderr).toContain("the database cannot be reached");
    expect(stderr).not.toContain("hushhush");
  });
});
