import { describe, expect, it } from "vitest";
import { recallPrices } from "../../shared/price-book.ts";
import { below, seededRandom } from "../../shared/random.ts";
import { openSqlite } from "../test-sqlite.ts";
import { KeptPrices } from "./kept-prices.ts";

function opened() {
  const sql = openSqlite();
  let writes = 0;
  const open = () => new KeptPrices(sql, () => void writes++);
  return { sql, open, writes: () => writes };
}

function item(key: string, priceLog = 3, quantity = 1) {
  return { key, priceLog, quantity };
}

const flush = (prices: KeptPrices) => [...prices.flush()].length;

/** All that lasts of what is known, by item. */
function itemsOf({ book }: Pick<KeptPrices, "book">) {
  return new Map(Array.from(book.items, ([key, { isTouched: _isTouched, ...usual }]) => [key, usual]));
}

describe("KeptPrices", () => {
  it("has all that the book knows again when it is opened anew, former prices too", () => {
    const { open } = opened();
    const prices = open();
    const random = seededRandom(3);
    for (let order = 0; order < 4_000; order++) {
      // A price that stays is adopted, so that there is a former one.
      recallPrices(prices.book, [
        item(`EUR "${below(random, 120)}"`, order < 2_000 ? 2 : 4 + random(), 1 + (order % 3)),
      ]);
      if (order % 700 === 0) prices.flush().next();
    }
    flush(prices);
    expect(prices.isWritten).toBe(true);
    expect([...itemsOf(prices).values()].some(({ formerPriceLog }) => formerPriceLog !== null)).toBe(true);
    expect(itemsOf(open())).toEqual(itemsOf(prices));
  });

  it("forgets on disk what fell out of the book", () => {
    const { open } = opened();
    const prices = open();
    recallPrices(prices.book, [item("EUR mug"), item("EUR cup")]);
    flush(prices);
    prices.book.items.delete("EUR mug");
    prices.book.touched.set("EUR mug", true);
    flush(prices);
    expect([...open().book.items.keys()]).toEqual(["EUR cup"]);
  });

  it("writes at most 2,000 items a step, each time after what has to be on disk before", () => {
    const { open, writes } = opened();
    const prices = open();
    for (let index = 0; index < 4_500; index++) recallPrices(prices.book, [item(`EUR ${index}`)]);
    const left = Array.from(prices.flush(), () => prices.book.touched.size);
    expect(left).toEqual([4_500, 2_500, 500]);
    expect(writes()).toBe(3);
    expect(open().book.items.size).toBe(4_500);
  });

  it("reads rows with named fields, as they were written once", () => {
    const { sql, open } = opened();
    const { book } = open();
    recallPrices(book, [item("EUR mug", 2.5, 3)]);
    sql.exec("INSERT INTO prices (item, data) VALUES (?, ?)", "EUR mug", JSON.stringify(book.items.get("EUR mug")));
    expect(itemsOf(open())).toEqual(itemsOf({ book }));
  });
});
