// Of Node only this module: the rest of its types would offer what no Worker has.
/// <reference types="node/sqlite" />
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sql } from "./sql.ts";

/** An empty SQLite in memory. Whoever is given it after another finds what the other wrote, as after a restart. */
export function openSqlite(): Sql {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  return {
    exec(statement, ...bindings) {
      const ready = prepared.get(statement) ?? database.prepare(statement);
      prepared.set(statement, ready);
      const rows = ready.all(...bindings);
      return { toArray: () => rows as never[] }; // whoever writes a statement says what its rows are
    },
  };
}
