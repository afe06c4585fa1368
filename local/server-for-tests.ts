import { Client } from "pg";

const SERVER_URL = process.env["TEST_DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/postgres";

/** Whether tests that need a real server can run here. */
export async function hasServer(): Promise<boolean> {
  try {
    await onServer("SELECT 1");
    return true;
  } catch {
    return false;
  }
}

export interface OwnDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database on the real server that no other test uses. */
export async function createOwnDatabase(): Promise<OwnDatabase> {
  const name = `pulseecom_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER_URL);
  url.pathname = name;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER_URL, connectionTimeoutMillis: 1_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
