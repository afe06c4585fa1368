import { portions } from "../../shared/portions.ts";
import { newPriceBook, type BookedItem } from "../../shared/price-book.ts";
import type { Sql } from "../sql.ts";

/** Written in some 10 ms. */
const ITEMS_A_SLICE = 2_000;
/** Each takes two of the 100 bindings that a statement may have. */
const ITEMS_A_STATEMENT = 50;

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
      this.book.items.set(item, unpackItem(data));
    }
  }

  get isWritten(): boolean {
    return this.book.touched.size === 0;
  }

  /** Writes what changed before, a slice a step. */
  *flush(): Generator<void> {
    const changed = [...this.book.touched.keys()];
    for (let from = 0; from < changed.length; from += ITEMS_A_SLICE) {
      yield;
      this.#beforeWrite();
      const slice = changed.slice(from, from + ITEMS_A_SLICE);
      for (const items of portions(slice, () => 1, { sizeMost: ITEMS_A_STATEMENT })) this.#write(items);
    }
  }

  #write(items: readonly string[]): void {
    const rows: string[] = [];
    for (const item of items) {
      const usual = this.book.items.get(item);
      if (usual === undefined) this.#sql.exec("DELETE FROM prices WHERE item = ?", item);
      else rows.push(item, packItem(usual));
    }
    const places = Array<string>(rows.length / 2).fill("(?, ?)");
    if (rows.length > 0) this.#sql.exec(`INSERT OR REPLACE INTO prices (item, data) VALUES ${places.join()}`, ...rows);
    for (const item of items) {
      this.book.touched.delete(item);
      const usual = this.book.items.get(item);
      if (usual !== undefined) usual.isTouched = false;
    }
  }
}

type PackedItem = [
  orders: number,
  priceLog: number,
  priceSwing: number,
  quantityLog: number,
  quantitySwing: number,
  formerPriceLog: number | null,
  lastPriceLog: number,
  lastQuantityLog: number,
  offInARow: number,
];

function packItem(usual: BookedItem): string {
  const { orders, priceLog, priceSwing, quantityLog, quantitySwing, formerPriceLog, last, offInARow } = usual;
  const packed: PackedItem = [
    orders,
    priceLog,
    priceSwing,
    quantityLog,
    quantitySwing,
    formerPriceLog,
    last.priceLog,
    last.quantityLog,
    offInARow,
  ];
  return JSON.stringify(packed);
}

/** Rows written before they were lists have named fields. */
function unpackItem(data: string): BookedItem {
  const packed = JSON.parse(data) as PackedItem | Omit<BookedItem, "isTouched">; // only written by KeptPrices
  const isTouched = false;
  if (!Array.isArray(packed)) return { ...packed, isTouched };
  const [
    orders,
    priceLog,
    priceSwing,
    quantityLog,
    quantitySwing,
    formerPriceLog,
    lastLog,
    lastQuantityLog,
    offInARow,
  ] = packed;
  const last = { priceLog: lastLog, quantityLog: lastQuantityLog };
  return { orders, priceLog, priceSwing, quantityLog, quantitySwing, last, offInARow, formerPriceLog, isTouched };
}
