import { describe, expect, it } from "vitest";
import { below, pick, seededRandom } from "../../shared/random.ts";
import { plainSnapshot } from "../../shared/profile/snapshot.ts";
import { observation } from "../../shared/test-facts.ts";
import { openSqlite } from "../test-sqlite.ts";
import { ProfileMemory, type FraudLabel } from "./profile-memory.ts";
import { packRequests, unpackAnswers, type RecallRequest } from "./wire.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");

let made = 0;

/** An order of a mug by one customer; the test names only what matters. */
function order(changes: Partial<RecallRequest> & { id?: string } = {}): RecallRequest {
  const { id = `evt_${String(++made).padStart(8, "0")}`, ...rest } = changes;
  return {
    seen: observation({ id, atMs: AT_MS }),
    entities: ["customer:u-1"],
    items: [mug()],
    ...rest,
  };
}

function mug(key = "EUR mug") {
  return { key, priceLog: 3, quantity: 1 };
}

/** A memory on a disk that outlives it. */
function opened() {
  const sql = openSqlite();
  let memory = new ProfileMemory(sql, () => AT_MS);
  const recall = (...requests: RecallRequest[]) =>
    unpackAnswers(memory.recall(packRequests(requests)), requests).map(({ profiles, ...rest }) => ({
      profiles: profiles.map(plainSnapshot),
      ...rest,
    }));
  return {
    recall,
    takeBack: (...requests: RecallRequest[]) => memory.takeBack(requests.map(({ seen }) => seen.id)),
    learnLabels: (...labels: FraudLabel[]) => memory.learnLabels(labels),
    flush: () => [...memory.flush()].length,
    flushing: () => memory.flush(),
    isWritten: () => memory.isWritten,
    restart: () => void (memory = new ProfileMemory(sql, () => AT_MS)),
    ordersOf: (customer = "customer:u-1") =>
      recall(order({ entities: [customer], items: null }))[0]?.profiles[0]?.orders,
    fraudsOf: (customer = "customer:u-1") =>
      recall(order({ entities: [customer], items: null }))[0]?.profiles[0]?.frauds7d,
    soldOf: (key = "EUR mug") => recall(order({ entities: [], items: [mug(key)] }))[0]?.prices[0]?.orders ?? 0,
  };
}

/** What can lie between an event and its return. */
const BETWEEN = [
  { because: "at once", pass: () => undefined },
  { because: "after a flush", pass: (store: Store) => void store.flush() },
  { because: "after 6,000 others, when its answer is no longer held", pass: others },
  {
    because: "after 6,000 others and a flush",
    pass: (store: Store) => {
      others(store);
      store.flush();
    },
  },
  {
    because: "after a restart",
    pass: (store: Store) => {
      store.flush();
      store.restart();
    },
  },
] as const;
type Store = ReturnType<typeof opened>;

function others(store: Store): void {
  store.recall(...Array.from({ length: 6_000 }, () => order({ entities: ["customer:other"], items: null })));
}

describe("ProfileMemory", () => {
  it.each(BETWEEN)("knows an id that comes again $because, and learns nothing from it", ({ pass }) => {
    const store = opened();
    const event = order();
    expect(store.recall(order(), event).map(({ repeated }) => repeated)).toEqual([false, false]);
    pass(store);
    expect(store.recall(event, event).map(({ repeated }) => repeated)).toEqual([true, true]);
    expect(store.ordersOf()).toBe(2);
    expect(store.soldOf()).toBe(2);
  });

  it.each(BETWEEN)("takes an event that was taken back for new $because, and learns nothing from it", ({ pass }) => {
    const store = opened();
    const event = order();
    store.recall(event);
    pass(store);
    store.takeBack(event);
    pass(store);
    expect(store.recall(event, event).map(({ repeated }) => repeated)).toEqual([false, true]);
    pass(store);
    expect(store.recall(event).map(({ repeated }) => repeated)).toEqual([true]);
    expect(store.ordersOf()).toBe(1);
    expect(store.soldOf()).toBe(1);
  });

  it("answers an id that comes again as the first time, when others came between", () => {
    const store = opened();
    store.recall(order());
    const event = order();
    const [first] = store.recall(event);
    store.recall(order(), order());
    store.takeBack(event);
    expect(store.recall(event)).toEqual([first]);
    expect(store.recall(event)).toEqual([{ ...first, repeated: true }]);
  });

  it("answers by what is known now when the first answer is no longer held", () => {
    const store = opened();
    const event = order();
    store.recall(event, order());
    store.flush();
    store.restart();
    const [again] = store.recall(event);
    expect(again).toMatchObject({ repeated: true, profiles: [{ orders: 2 }], prices: [{ orders: 2 }] });
  });

  it("does not give the answer of a customer to another who is named under the same id", () => {
    const store = opened();
    store.recall(order(), order({ entities: ["customer:u-2"], items: null }));
    const event = order();
    store.recall(event);
    const [other] = store.recall({ ...event, entities: ["customer:u-2", "card:k-1"], items: [] });
    expect(other).toMatchObject({ repeated: true, profiles: [{ orders: 1 }, { orders: 0 }], prices: [] });
    const [cup] = store.recall({ ...event, items: [mug("EUR cup")] });
    expect(cup?.prices).toEqual([null]);
  });

  it("knows an event that names nobody by its id", () => {
    const store = opened();
    const nobody = order({ entities: [], items: null });
    expect(store.recall(nobody, nobody).map(({ repeated }) => repeated)).toEqual([false, true]);
  });

  it("takes back nothing that it never learned, so that this is still learned when it comes", () => {
    const store = opened();
    const event = order();
    store.takeBack(event);
    expect(store.recall(event, event).map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(store.ordersOf()).toBe(1);
  });

  it("has written everything when a flush is through, and what comes meanwhile with the next at the latest", () => {
    const store = opened();
    expect(store.isWritten()).toBe(true);
    const [first, second] = [order(), order()];
    store.recall(first);
    const steps = store.flushing();
    steps.next();
    steps.next();
    store.recall(second);
    while (steps.next().done !== true);
    store.flush();
    expect(store.isWritten()).toBe(true);
    store.restart();
    expect(store.ordersOf()).toBe(2);
    expect(store.recall(first, second).map(({ repeated }) => repeated)).toEqual([true, true]);
  });

  it("never counts an event twice, wherever in a flush it crashes", () => {
    // Large profiles, so that writing them takes several steps. The last ten events come one by one while it is under way,
    // and name customers that are yet to be written.
    const events = Array.from({ length: 1_200 }, (_each, index) => {
      const event = order({
        entities: [`customer:u-${index < 1_190 ? index : index - 10}`],
        items: [mug(`EUR ${index < 1_190 ? index : index - 10}`)],
      });
      return { ...event, seen: { ...event.seen, links: { card: "x".repeat(900) } } };
    });
    for (let crashAt = 0, isThrough = false; !isThrough; crashAt++) {
      const store = opened();
      store.recall(...events.slice(0, 1_190));
      const steps = store.flushing();
      for (let step = 0; step < crashAt && !isThrough; step++) {
        isThrough = steps.next().done === true;
        store.recall(...events.slice(1_190 + step, 1_191 + step));
      }
      if (isThrough) expect(crashAt).toBeGreaterThan(5);
      store.restart();
      store.recall(...events);
      for (let index = 1_170; index < 1_190; index++) {
        const most = index < 1_180 ? 1 : 2;
        expect(store.ordersOf(`customer:u-${index}`)).toBeLessThanOrEqual(most);
        expect(store.soldOf(`EUR ${index}`)).toBeLessThanOrEqual(most);
      }
    }
  });

  it.each([1, 2, 3, 4, 5])("counts each id once in whatever order all this happens (%i)", (seed) => {
    const random = seededRandom(seed);
    const store = opened();
    const events = Array.from({ length: 40 }, () => order());
    const state = new Map<RecallRequest, "counted" | "taken back">();
    for (let turn = 0; turn < 400; turn++) {
      const some = Array.from({ length: 1 + below(random, 5) }, () => pick(random, events));
      const act = random();
      if (act < 0.1) {
        store.flush();
        if (act < 0.03) store.restart();
      } else if (act < 0.3) {
        store.takeBack(...some);
        for (const event of some) if (state.has(event)) state.set(event, "taken back");
      } else {
        const expected = some.map((event) => {
          const isRepeated = state.get(event) === "counted";
          state.set(event, "counted");
          return isRepeated;
        });
        expect(store.recall(...some).map(({ repeated }) => repeated)).toEqual(expected);
      }
    }
    expect(store.ordersOf()).toBe(state.size);
  });

  const label = (changes: Partial<FraudLabel> = {}): FraudLabel => ({
    id: "lab_1",
    entities: ["customer:u-1"],
    by: 1,
    knownMs: AT_MS,
    ...changes,
  });

  it.each(BETWEEN)("learns from a label once, also when it comes again $because", ({ pass }) => {
    const store = opened();
    store.learnLabels(label(), label());
    pass(store);
    store.learnLabels(label());
    expect(store.fraudsOf()).toBe(1);
    store.learnLabels(label({ id: "lab_2", entities: ["customer:u-1", "customer:u-2"] }));
    expect([store.fraudsOf(), store.fraudsOf("customer:u-2")]).toEqual([2, 1]);
  });

  it("forgets a fraud that was taken back, in whichever order the two labels come", () => {
    const store = opened();
    store.learnLabels(label(), label({ id: "lab_2", by: -1 }));
    store.learnLabels(label({ id: "lab_3", by: -1, entities: ["customer:u-2"] }));
    store.learnLabels(label({ id: "lab_4", entities: ["customer:u-2"] }));
    expect([store.fraudsOf(), store.fraudsOf("customer:u-2")]).toEqual([0, 0]);
  });

  it("has a label on disk when it is learned, before any flush, with all that its profiles learned before", () => {
    const store = opened();
    const event = order();
    store.recall(event);
    store.learnLabels(label({ entities: ["customer:u-1", "customer:unseen"] }));
    store.restart();
    store.learnLabels(label({ entities: ["customer:u-1", "customer:unseen"] }));
    expect([store.fraudsOf(), store.fraudsOf("customer:unseen")]).toEqual([1, 1]);
    expect(store.recall(event)).toMatchObject([{ repeated: true, profiles: [{ orders: 2 }] }]);
  });

  it("learns from a label in the middle of a flush, and loses nothing of it", () => {
    const store = opened();
    store.recall(order(), order({ entities: ["customer:u-2"] }));
    const steps = store.flushing();
    steps.next();
    store.learnLabels(label({ entities: ["customer:u-1", "customer:u-2"] }));
    while (steps.next().done !== true);
    expect(store.isWritten()).toBe(true);
    store.restart();
    expect([store.fraudsOf(), store.fraudsOf("customer:u-2")]).toEqual([1, 1]);
  });

  it("answers an event that comes again as the first time, though it turned out to be fraud meanwhile", () => {
    const store = opened();
    const event = order();
    const [first] = store.recall(event);
    store.learnLabels(label());
    expect(store.recall(event)).toEqual([{ ...first, repeated: true }]);
  });
});
