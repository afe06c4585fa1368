/** What is used of a Durable Object's SQL storage, so that tests can give any SQLite. */
export interface Sql {
  exec<Row extends Record<string, ArrayBuffer | string | number | null>>(
    statement: string,
    ...bindings: (string | number)[]
  ): { toArray(): Row[] };
}

/** How much is kept for those who come back: minutes of a busy shop, hours of a quiet one. */
const MESSAGES_MOST = 1_000;
/** Beside the oldest. */
const CHARACTERS_MOST = 2_000_000;

/**
 * The last messages of the feed, each under the number it was told by. Numbers ascend by one and are never given twice: the newest
 * message is never let go, and the next number follows from it.
 */
export class KeptMessages {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    // `told`: characters of all messages ever told, this one included, so that what is kept can be measured without a look at all of it.
    sql.exec(
      "CREATE TABLE IF NOT EXISTS kept (seq INTEGER PRIMARY KEY, message TEXT NOT NULL, told INTEGER NOT NULL) STRICT",
    );
  }

  /** The number of the newest message; 0 before the first. */
  get seq(): number {
    return this.#newest()?.seq ?? 0;
  }

  /** Keeps a message, an object's JSON, and lets go the oldest beyond the room there is. @returns the message with its number */
  add(message: string): string {
    const newest = this.#newest();
    const seq = (newest?.seq ?? 0) + 1;
    const told = (newest?.told ?? 0) + message.length;
    const numbered = `{"seq":${seq},${message.slice(1)}`;
    this.#sql.exec("INSERT INTO kept (seq, message, told) VALUES (?, ?, ?)", seq, numbered, told);
    this.#letGo(seq, told);
    return numbered;
  }

  /** What was told after a number, oldest first; null when some of it is no longer kept, or the number was never given. */
  after(seq: number): string[] | null {
    const newest = this.#newest()?.seq ?? 0;
    if (seq === newest) return [];
    const oldest = this.#oldest()?.seq ?? 0;
    if (seq > newest || seq < oldest - 1) return null;
    return this.#sql
      .exec<{ message: string }>("SELECT message FROM kept WHERE seq > ? ORDER BY seq", seq)
      .toArray()
      .map(({ message }) => message);
  }

  #letGo(seq: number, told: number): void {
    for (;;) {
      const oldest = this.#oldest();
      if (oldest === undefined || oldest.seq === seq) return;
      if (seq - oldest.seq < MESSAGES_MOST && told - oldest.told <= CHARACTERS_MOST) return;
      this.#sql.exec("DELETE FROM kept WHERE seq = ?", oldest.seq);
    }
  }

  #newest(): { seq: number; told: number } | undefined {
    return this.#end("DESC");
  }

  #oldest(): { seq: number; told: number } | undefined {
    return this.#end("ASC");
  }

  #end(direction: "ASC" | "DESC"): { seq: number; told: number } | undefined {
    return this.#sql
      .exec<{ seq: number; told: number }>(`SELECT seq, told FROM kept ORDER BY seq ${direction} LIMIT 1`)
      .toArray()[0];
  }
}
