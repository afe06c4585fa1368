import { describe, expect, it } from "vitest";
import { createLedger } from "./ledger.ts";
import { createQueue } from "./queue.ts";
import { fakeStorage, storeOn } from "./test-host.ts";

const AT_MS = Date.UTC(2026, 10, 21, 9);

function open(storage = fakeStorage()) {
  const queue = createQueue(storeOn(storage));
  const ledger = createLedger(queue);
  return {
    ledger,
    queue,
    add(id: string) {
      ledger.note(queue.add(id, AT_MS, id));
      return ledger.own().filter(({ text }) => text === id);
    },
  };
}
const texts = (entries: { text: string }[]) => entries.map(({ text }) => text);

describe("createLedger", () => {
  it("sends other pages' events too, and hands over only its own, as another tab does so itself", () => {
    const storage = fakeStorage();
    open(storage).add("theirs");
    const { ledger, add } = open(storage);
    add("ours");
    expect(texts(ledger.pending()).sort()).toEqual(["ours", "theirs"]);
    expect(texts(ledger.own())).toEqual(["ours"]);
  });

  it("does not send again what a beacon took, until the page is seen again, and keeps it on the device all the time", () => {
    const { ledger, queue, add } = open();
    ledger.hand(add("a"));
    expect([ledger.pending(), ledger.own()]).toEqual([[], []]);
    expect(texts(queue.list())).toEqual(["a"]);
    ledger.recall();
    expect([texts(ledger.pending()), texts(ledger.own())]).toEqual([["a"], ["a"]]);
  });

  it("forgets what is settled, and does not recall it", () => {
    const { ledger, queue, add } = open();
    ledger.settle(add("a"));
    ledger.recall();
    expect([ledger.pending(), queue.list()]).toEqual([[], []]);
  });

  it("never sends a settled event again, though the device refuses to forget it", () => {
    const storage = fakeStorage();
    const { ledger, add } = open(storage);
    const added = add("a");
    Object.getPrototypeOf(storage).removeItem = () => {
      throw new Error("read only");
    };
    ledger.settle(added);
    expect(Object.keys(storage)).toHaveLength(1);
    expect(ledger.pending()).toEqual([]);
  });
});
