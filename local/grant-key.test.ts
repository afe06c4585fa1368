import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLES, keyId } from "../shared/keys.ts";
import { migratedCluster } from "../test/embedded-database.ts";
import { openDatabase, type Database } from "./database.ts";
import { grantKey } from "./grant-key.ts";
import { migrate } from "./migrate.ts";
import { createOwnDatabase, hasServer, type OwnDatabase } from "./server-for-tests.ts";

const sha256Hex = (key: string) => createHash("sha256").update(key).digest("hex");

/** What decides whether the cron hands a key to the Workers, and as what. */
const RECORDS = `SELECT id, kind, role, origins, digest, description, expires_at, revoked_at,
  copied_revision IS DISTINCT FROM revision AS uncopied FROM api_keys`;

async function run(args: string[], databaseUrl?: string) {
  const script = fileURLToPath(new URL("grant-key.ts", import.meta.url));
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = databaseUrl === undefined ? inherited : { ...inherited, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [script, ...args], { env });
  const ended = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, stdout, stderr };
}

describe("grantKey", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create({ loadDataDir: await migratedCluster() });
  });
  afterAll(() => database.close());
  const query = async <T>(statement: string, params?: unknown[]) => (await database.query<T>(statement, params)).rows;

  it.each(ROLES)("makes a key of role %s that the aggregator's cron will hand to the Workers", async (role) => {
    await database.exec("TRUNCATE api_keys");
    const key = await grantKey({ role, description: "for me" }, query);
    expect(await query(RECORDS)).toEqual([
      {
        id: keyId(key),
        kind: "secret",
        role,
        origins: [],
        digest: sha256Hex(key),
        description: "for me",
        expires_at: null,
        revoked_at: null,
        uncopied: true,
      },
    ]);
  });
});

describe("node local/grant-key.ts", () => {
  const nowhere = "postgres://me:hushhush@127.0.0.1:1/x";

  it.each([
    { args: [], databaseUrl: undefined, because: "no database is named" },
    { args: [], databaseUrl: "", because: "no database is named" },
    { args: ["--role", "owner"], databaseUrl: nowhere, because: "there is no such role" },
    { args: ["--rôle", "admin"], databaseUrl: nowhere, because: "there is no such option" },
    { args: ["admin"], databaseUrl: nowhere, because: "a word stands alone" },
    { args: ["--description", "x".repeat(501)], databaseUrl: nowhere, because: "the description is too long" },
  ])("says how it is used, and makes nothing, when $because", async ({ args, databaseUrl }) => {
    expect(await run(args, databaseUrl)).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("Usage:") });
  });

  it("fails without showing the password when the server cannot be reached", async () => {
    const { code, stdout, stderr } = await run([], nowhere);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("the database cannot be reached");
    expect(stderr).not.toContain("hushhush");
  });
});

describe.runIf(await hasServer())("node local/grant-key.ts, on a real server", () => {
  let own: OwnDatabase;
  let database: Database;
  beforeAll(async () => {
    own = await createOwnDatabase();
    database = await openDatabase({ databaseUrl: own.url });
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
  });

  it("says to migrate first, then prints the key alone, so that a script can take it", async () => {
    expect(await run([], own.url)).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining("npm run migrate") });
    await migrate(database);
    const { code, stdout, stderr } = await run(["--role", "admin", "--description", "the first"], own.url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("within two minutes") });
    expect(stdout).toMatch(/^sk_\w{16}_\w{32}\n$/);
    expect(await database.query(RECORDS)).toMatchObject([
      { id: keyId(stdout.trim()), role: "admin", digest: sha256Hex(stdout.trim()), description: "the first" },
    ]);
  });
});
