import { describe, expect, it } from "vitest";
import { createIdentity } from "./identity.ts";
import { newFields } from "./json.ts";
import type { Store } from "./store.ts";
import { countingIds, fakeStorage, storeOn } from "./test-host.ts";

const occasion = (over: { name?: string; params?: object; atMs?: number; campaign?: string } = {}) => ({
  name: "view_item",
  atMs: 1_000,
  campaign: "",
  ...over,
  params: newFields(over.params),
});
const identity = (store: Store) => createIdentity(store, countingIds(), 1_800_000);

describe("createIdentity", () => {
  it("gives each event an id of its own, and all the device's and the session's", () => {
    const identify = identity(storeOn());
    const [first, second] = [identify(occasion()), identify(occasion({ atMs: 2_000 }))];
    expect(first.id).not.toBe(second.id);
    expect([first.client_id, first.session_id]).toEqual([second.client_id, second.session_id]);
    expect(new Set([first.id, first.client_id, first.session_id]).size).toBe(3);
  });

  it("agrees with another tab on this device, also where both began without ids", () => {
    const storage = fakeStorage();
    const [a, b] = [identity(storeOn(storage)), identity(storeOn(storage))];
    const [{ client_id, session_id }] = [a(occasion())];
    expect(b(occasion())).toMatchObject({ client_id, session_id });
  });

  it("tells an order again under its id when its page is loaded anew, so that revenue is not counted twice", () => {
    const storage = fakeStorage();
    const order = occasion({ name: "purchase", params: { transaction_id: "T-1" } });
    const { id } = identity(storeOn(storage))(order);
    expect(identity(storeOn(storage))(order).id).toBe(id);
  });

  it.each([
    { name: "purchase", params: { transaction_id: "T-2" }, because: "another order" },
    { name: "purchase", params: {}, because: "an order without a number" },
    { name: "refund", params: { transaction_id: "T-1" }, because: "an order may be refunded in parts" },
  ])("gives $name another id: $because", (next) => {
    const identify = identity(storeOn());
    const { id } = identify(occasion({ name: "purchase", params: { transaction_id: "T-1" } }));
    expect(identify(occasion(next)).id).not.toBe(id);
  });
});
