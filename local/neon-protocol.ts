/**
 * The protocol of `@neondatabase/serverless` over HTTP, as version 1.2.0 of the driver speaks it:
 * `POST { query, params }` or `{ queries: […] }`, options in `Neon-*` headers, values as text.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy/src/serverless/sql_over_http.rs
 */
import type { IncomingHttpHeaders } from "node:http";
import { DatabaseError, type PoolClient, type QueryArrayConfig } from "pg";
import * as z from "zod";
import { DatabaseUnavailable, DeadlineExceeded } from "./database.ts";

const Statement = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
type Statement = z.infer<typeof Statement>;

const Batch = z.object({ queries: z.array(Statement) });

const Flag = z
  .string()
  .optional()
  .transform((value) => value === "true");
const IsolationLevel = z.enum(["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"]);
const Headers = z.object({
  "neon-array-mode": Flag,
  "neon-raw-text-output": z.literal("true"), // the driver asks for nothing else
  "neon-batch-isolation-level": IsolationLevel.optional(),
  "neon-batch-read-only": Flag,
  "neon-batch-deferrable": Flag,
});

/** A batch is one transaction, opened by the statement `begin`. */
export type NeonRequest =
  | { kind: "single"; statement: Statement; arrayMode: boolean }
  | { kind: "batch"; begin: string; statements: Statement[]; arrayMode: boolean };

/** @throws BadNeonRequest when the driver could not have sent this */
export function readNeonRequest(headers: IncomingHttpHeaders, body: Buffer): NeonRequest {
  const options = Headers.safeParse(headers);
  if (!options.success) throw new BadNeonRequest(z.prettifyError(options.error));
  const arrayMode = options.data["neon-array-mode"];
  const json = parseJson(body);

  const batch = Batch.safeParse(json);
  if (batch.success) {
    const begin = beginWith(options.data);
    return { kind: "batch", begin, statements: batch.data.queries, arrayMode };
  }
  const single = Statement.safeParse(json);
  if (single.success) return { kind: "single", statement: single.data, arrayMode };
  throw new BadNeonRequest("the body must be { query, params? } or { queries: [{ query, params? }] }");
}

export class BadNeonRequest extends Error {
  override name = "BadNeonRequest";
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new BadNeonRequest("the body is not JSON"); // its reason would quote the body
  }
}

function beginWith(options: z.infer<typeof Headers>): string {
  const level = options["neon-batch-isolation-level"];
  const words = ["BEGIN"];
  if (level !== undefined) words.push("ISOLATION LEVEL", level.replace(/(?<=[a-z])(?=[A-Z])/, " "));
  if (options["neon-batch-read-only"]) words.push("READ ONLY");
  if (options["neon-batch-deferrable"]) words.push("DEFERRABLE");
  return words.join(" ");
}

/** @returns the JSON body of a 200 */
export async function runNeonRequest(connection: PoolClient, request: NeonRequest) {
  if (request.kind === "single") {
    return resultOf(connection, request.statement, request.arrayMode);
  }
  await connection.query(request.begin);
  try {
    const results = [];
    for (const statement of request.statements) {
      results.push(await resultOf(connection, statement, request.arrayMode));
    }
    await connection.query("COMMIT");
    return { results };
  } catch (error) {
    // When even this fails, `error` is the cause, and the connection is not lent again.
    await connection.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function resultOf(connection: PoolClient, statement: Statement, arrayMode: boolean) {
  // The extended protocol, as Neon uses it: one statement, parameter types decided by the server.
  const config: QueryArrayConfig & { queryMode: "extended" } = {
    text: statement.query,
    values: statement.params,
    rowMode: "array",
    queryMode: "extended",
    types: { getTypeParser: () => (text: string) => text },
  };
  const { fields, rows, rowCount, command } = await connection.query<(string | null)[]>(config);
  const names = fields.map((field) => field.name);
  const asObject = (row: (string | null)[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
  return {
    fields,
    rows: arrayMode ? rows : rows.map(asObject),
    rowCount,
    command,
    rowAsArray: arrayMode,
  };
}

/** @returns what the driver makes a `NeonDbError` of; the fields only when the status is 400 */
export function neonFailure(error: unknown): { status: number; body: Record<string, unknown> } {
  if (error instanceof DatabaseError) {
    const { message, severity, code, detail, hint, position, internalPosition, internalQuery } = error;
    const { where, schema, table, column, dataType, constraint, file, line, routine } = error;
    const place = { position, internalPosition, internalQuery, where, file, line, routine };
    const subject = { schema, table, column, dataType, constraint };
    return { status: 400, body: { message, severity, code, detail, hint, ...place, ...subject } };
  }
  if (error instanceof DeadlineExceeded) {
    // What the server says when it notices first.
    const message = "canceling statement due to statement timeout";
    return { status: 400, body: { message, severity: "ERROR", code: "57014" } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: error instanceof DatabaseUnavailable ? 500 : 400, body: { message } };
}
