import { describe, expect, it } from "vitest";
import { QUEUE_CHARACTERS } from "./limits.ts";
import { createQueue, happenedMs } from "./queue.ts";
import { fakeStorage, storeOn } from "./test-host.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:00.000Z");
const DAY_MS = 86_400_000;
const texts = (queue: ReturnType<typeof createQueue>) => queue.list().map(({ text }) => text);

describe("createQueue", () => {
  it("lists events by the time they happened, whichever tab added them", () => {
    const storage = fakeStorage();
    const [a, b] = [createQueue(storeOn(storage)), createQueue(storeOn(storage))];
    a.add("id-1", NOW_MS + 2, "second");
    b.add("id-2", NOW_MS + 1, "first");
    a.add("id-3", NOW_MS + 3, "third");
    expect(texts(a)).toEqual(["first", "second", "third"]);
    expect(texts(b)).toEqual(texts(a));
  });

  it("outlives the page", () => {
    const storage = fakeStorage();
    createQueue(storeOn(storage)).add("id-1", NOW_MS, "kept");
    expect(texts(createQueue(storeOn(storage)))).toEqual(["kept"]);
  });

  it("tells from an entry's name when its event happened", () => {
    expect(happenedMs(createQueue(storeOn()).add("abc.1", NOW_MS, "x"))).toBe(NOW_MS);
  });

  it.each([Date.UTC(1980, 0, 1), NOW_MS, Date.UTC(2100, 0, 1)])(
    "takes an event of any time that a clock may tell where pages can be loaded: %i",
    (atMs) => {
      const queue = createQueue(storeOn());
      expect(happenedMs(queue.add("id-1", atMs, "x"))).toBe(atMs);
      expect(queue.list()).toHaveLength(1);
    },
  );

  it.each(["q.", "q.!!!!!!!!.id", "q.zzzzzzzzzzzzzzz.id", "q.id"])(
    "does not take %s for an event, whoever wrote it",
    (name) => {
      const store = storeOn();
      store.save(name, "x");
      expect(createQueue(store).list()).toEqual([]);
    },
  );

  it("drops the oldest when there is no room, so that a shop's own data keeps its", () => {
    const queue = createQueue(storeOn());
    const large = "x".repeat(QUEUE_CHARACTERS / 4);
    for (let i = 0; i < 6; i++) queue.add(`id-${i}`, NOW_MS + i, `${i}${large.slice(1)}`);
    expect(texts(queue).map((text) => text.charAt(0))).toEqual(["2", "3", "4", "5"]);
  });

  it("forgets what is older than a week, and keeps what a wrong clock put into the future", () => {
    const queue = createQueue(storeOn());
    queue.add("old", NOW_MS - 8 * DAY_MS, "old");
    queue.add("kept", NOW_MS - 6 * DAY_MS, "kept");
    queue.add("ahead", NOW_MS + 900 * DAY_MS, "ahead");
    queue.expire(NOW_MS);
    expect(texts(queue)).toEqual(["kept", "ahead"]);
  });
});
