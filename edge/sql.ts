/** What is used of a Durable Object's SQL storage, so that tests can give any SQLite. */
export interface Sql {
  /** Runs a statement to its end, or until `toArray` when it answers rows. At most 100 bindings. */
  exec<Row extends Record<string, ArrayBuffer | string | number | null>>(
    statement: string,
    ...bindings: (string | number | null)[]
  ): { toArray(): Row[] };
}
