import { describe, expect, it } from "vitest";
import { createStore } from "./store.ts";
import { fakeStorage, storeOn } from "./test-host.ts";

describe("createStore", () => {
  it("keeps texts under a prefix, and does not see what is the shop's", () => {
    const storage = fakeStorage();
    storage.setItem("cart", "shop's own");
    const store = storeOn(storage);
    store.save("client", "c1");
    expect([store.load("client"), store.load("cart"), store.names()]).toEqual(["c1", "", ["client"]]);
    expect(storage.getItem("pulse.client")).toBe("c1");
    store.forget("client");
    expect([store.load("client"), Object.keys(storage)]).toEqual(["", ["cart"]]);
  });

  it.each([
    { open: () => null, because: "cookieless" },
    {
      open: () => {
        throw new DOMException("denied", "SecurityError");
      },
      because: "reading it throws",
    },
    { open: () => fakeStorage({ room: 0 }), because: "it is full" },
  ])("remembers for the page what the device does not take: $because", ({ open }) => {
    const store = createStore(open);
    store.save("client", "c1");
    store.save("client", "c2");
    expect([store.load("client"), store.names()]).toEqual(["c2", ["client"]]);
    store.forget("client");
    expect([store.load("client"), store.names()]).toEqual(["", []]);
  });

  it("prefers what is newer when the device fills up", () => {
    const storage = fakeStorage({ room: 5 });
    const store = storeOn(storage);
    store.save("a", "old");
    store.save("a", "too long now");
    expect(store.load("a")).toBe("too long now");
  });

  it("says whether what is kept outlives the page", () => {
    expect([storeOn().isDurable(), storeOn(null).isDurable()]).toEqual([true, false]);
  });
});
