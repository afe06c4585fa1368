import { newPriceBook, type BookedItem } from "../../shared/price-book.ts";
import type { Sql } from "../sql.ts";

/** Written in some 10 ms. */
const ITEMS_A_SLICE = 2_000;

/** The price book, all of it in memory; what changes there is written later. */
export class KeptPrices {
  readonly book = newPriceBook();
  readonly #sql: Sql;
  readonly #beforeWrite: () => void;

  /** @param beforeWrite writes what has to be on disk no later than what the book learned */
  constructor(sql: Sql, beforeWrite: () => void) {
    this.#sql = sql;
    this.#beforeWrite = beforeWrite;
    sql.exec("CREATE TABLE IF NOT EXISTS prices (item TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID");
    for (const { item, data } of sql.exec<{ item: string; data: string }>("SELECT item, data FROM prices").toArray()) {
      this.book.items.set(item, JSON.parse(data) as BookedItem); // only written by #write
    }
  }

  get isWritten(): boolean {
    return this.book.touched.size === 0;
  }

  /** Writes what changed before, a slice a step. */
  *flush(): Generator<void> {
    let room = 0;
    const changed = [...this.book.touched];
    for (const item of changed) {
      if (room === 0) {
        yield;
        this.#beforeWrite();
        room = ITEMS_A_SLICE;
      }
      this.#write(item);
      room--;
    }
  }

  #write(item: string): void {
    const usual = this.book.items.get(item);
    if (usual === undefined) this.#sql.exec("DELETE FROM prices WHERE item = ?", item);
    else this.#sql.exec("INSERT OR REPLACE INTO prices (item, data) VALUES (?, ?)", item, JSON.stringify(usual));
    this.book.touched.delete(item);
  }
}
