import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createDb, isDatabaseAway, isRowFault, queryRows, sqlState } from "./db.ts";

const config = { databaseUrl: "postgres://user:secret@db.example/shop", databaseEndpoint: "http://127.0.0.1:4444/sql" };

/** A database whose server answers every request like this. */
const answering = (answer: (url: string, init: RequestInit) => Promise<Response>) =>
  createDb(config, (input, init = {}) => answer(z.string().parse(input), init));

async function failure(answer: () => Promise<Response>): Promise<unknown> {
  try {
    await answering(answer).execute(sql`SELECT 1`);
  } catch (error) {
    return error;
  }
  throw new Error("the query did not fail");
}

const refused = (code: string) => async () => Response.json({ message: "no", code }, { status: 400 });

describe("createDb", () => {
  it("sends each query to the configured endpoint with a deadline of its own", async () => {
    const sent: { url: string; signal: unknown }[] = [];
    const db = answering(async (url, { signal }) => {
      sent.push({ url, signal });
      return Response.json({
        fields: [{ name: "one", dataTypeID: 23 }],
        rows: [["1"]],
        rowCount: 1,
        command: "SELECT",
      });
    });
    expect(await queryRows(db, z.object({ one: z.number() }), sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await db.execute(sql`SELECT 1`);
    expect(sent.map(({ url }) => url)).toEqual([config.databaseEndpoint, config.databaseEndpoint]);
    expect(sent[0]?.signal).toBeInstanceOf(AbortSignal);
    expect(sent[0]?.signal).not.toBe(sent[1]?.signal);
  });
});

describe("isDatabaseAway", () => {
  it.each([
    { because: "the connection fails", answer: () => Promise.reject(new TypeError("fetch failed")) },
    { because: "the deadline passes", answer: () => Promise.reject(new DOMException("timed out", "TimeoutError")) },
    { because: "a proxy answers 503", answer: async () => new Response("busy", { status: 503 }) },
    { because: "what answers is no database", answer: async () => new Response("<html>") },
    { because: "it has no connection left", answer: refused("53300") },
    { because: "it is shutting down", answer: refused("57P01") },
    { because: "it cannot reach its own backend", answer: refused("08006") },
  ])("is true when $because, and the rows are not to blame", async ({ answer }) => {
    const error = await failure(answer);
    expect(isDatabaseAway(error)).toBe(true);
    expect(isRowFault(error)).toBe(false);
  });

  it.each(["22003", "22P05", "23514", "54000"])("is false for SQLSTATE %s, which is the row's fault", async (code) => {
    const error = await failure(refused(code));
    expect(sqlState(error)).toBe(code);
    expect(isDatabaseAway(error)).toBe(false);
    expect(isRowFault(error)).toBe(true);
  });

  it.each(["42P01", "XX000"])("is false for SQLSTATE %s, and nor is the row to blame", async (code) => {
    const error = await failure(refused(code));
    expect(isDatabaseAway(error)).toBe(false);
    expect(isRowFault(error)).toBe(false);
  });

  it("is false for an error of ours, so that a bug is not taken for an outage", () => {
    expect(isDatabaseAway(new TypeError("undefined is not a function"))).toBe(false);
  });
});

describe("queryRows", () => {
  it("refuses a row that is not what the statement was written to give", async () => {
    const db = answering(async () =>
      Response.json({ fields: [{ name: "one", dataTypeID: 25 }], rows: [["x"]], rowCount: 1, command: "SELECT" }),
    );
    await expect(queryRows(db, z.object({ one: z.number() }), sql`SELECT 1`)).rejects.toThrow(z.ZodError);
  });
});
