// Of Node only this module: the rest of its types would offer what no Worker has.
/// <reference types="node/sqlite" />
import { DatabaseSync } from "node:sqlite";
import type { Sql } from "./kept-messages.ts";

/** An empty SQLite in memory. Whoever is given it after another finds what the other wrote, as after a restart. */
export function openSqlite(): Sql {
  const database = new DatabaseSync(":memory:");
  return {
    exec(statement, ...bindings) {
      const rows = database.prepare(statement).all(...bindings);
      return { toArray: () => rows as never[] }; // whoever writes a statement says what its rows are
    },
  };
}
