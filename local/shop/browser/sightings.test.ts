import { describe, expect, it } from "vitest";
import type { Sighting } from "./sighting.ts";
import { openSightings } from "./sightings.ts";

const sighting = (id: string, state: Sighting["state"]): Sighting => ({
  id,
  name: "page_view",
  atMs: 0,
  event: {},
  state,
  detail: "",
});

function fakeStorage(kept = new Map<string, string>()) {
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  };
}

const statesOf = (sightings: ReturnType<typeof openSightings>) => sightings.list().map(({ id, state }) => [id, state]);

describe("openSightings", () => {
  it("follows each event until the edge has said what it makes of it, which then stands", () => {
    const sightings = openSightings(fakeStorage(), () => {});
    for (const state of ["sent", "failed", "sent", "accepted", "duplicate", "left"] as const) {
      sightings.take([sighting("a", state)]);
    }
    expect(statesOf(sightings)).toEqual([["a", "accepted"]]);
  });

  it("goes on with what the page before saw, as a shop has many pages", () => {
    const storage = fakeStorage();
    openSightings(storage, () => {}).take([sighting("a", "accepted"), sighting("b", "sent")]);
    const sightings = openSightings(storage, () => {});
    expect(sightings.list()[1]?.detail).toBe("the page was left before the answer came");
    sightings.take([sighting("b", "duplicate")]);
    expect(sightings.list()[1]).toMatchObject({
      state: "duplicate",
      detail: "it had arrived when the page before was left",
    });
  });

  it("keeps the last hundred for the next page, so that a tab that stays open does not fill up", () => {
    const storage = fakeStorage();
    const sightings = openSightings(storage, () => {});
    for (let index = 0; index < 250; index++) sightings.take([sighting(`e${index}`, "accepted")]);
    expect(openSightings(storage, () => {}).list()).toHaveLength(100);
  });

  it.each([
    { because: "it is full", setItem: true, getItem: false },
    { because: "reading throws too", setItem: true, getItem: true },
  ])("goes on without the device's memory when $because", ({ setItem, getItem }) => {
    const refuse = () => {
      throw new Error("denied");
    };
    const { getItem: get, setItem: set } = fakeStorage();
    const sightings = openSightings({ getItem: getItem ? refuse : get, setItem: setItem ? refuse : set }, () => {});
    sightings.take([sighting("a", "sent")]);
    expect(statesOf(sightings)).toEqual([["a", "sent"]]);
  });

  it("begins anew where another version wrote something else", () => {
    expect(openSightings(fakeStorage(new Map([["shop.sightings", "{"]])), () => {}).list()).toEqual([]);
  });
});
