import { describe, expect, it } from "vitest";
import { below, pick, seededRandom } from "../random.ts";
import { LINKS_OF, type EntityKind } from "./links.ts";
import { ACTS, LINKS, type Observation } from "./observation.ts";
import { packProfile, unpackProfile } from "./packed.ts";
import { learn, learnFraud, look, newProfile } from "./profile.ts";
import { plainSnapshot } from "./snapshot.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const KINDS = Object.keys(LINKS_OF) as EntityKind[]; // its own keys

/** An event of anything, within days of the others. */
function anything(random: () => number, step: number): Observation {
  return {
    id: "evt_00000000",
    atMs: AT_MS + step * 3_600_000 + below(random, 10_000_000),
    act: pick(random, ACTS),
    amountLog: random() < 0.1 ? null : 25 * random(),
    units: below(random, 1_000),
    links: Object.fromEntries(LINKS.filter(() => random() < 0.5).map((link) => [link, `k "${below(random, 60)}`])),
    place: random() < 0.5 ? null : { latitude: 180 * random() - 90, longitude: 360 * random() - 180 },
    visit: random() < 0.3 ? null : `s-${below(random, 5)}`,
  };
}

describe("packProfile", () => {
  it("gives back a profile as it was, whatever it learned", () => {
    const random = seededRandom(3);
    expect(unpackProfile(packProfile(newProfile()))).toEqual(newProfile());
    for (const kind of KINDS) {
      const profile = newProfile();
      for (let step = 0; step < 300; step++) {
        learn(profile, kind, anything(random, step));
        if (step % 20 === 0) learnFraud(profile, AT_MS + step * 3_600_000, random() < 0.3 ? -1 : 1);
        if (step % 10 < 9 && step > 20) continue;
        const back = unpackProfile(packProfile(profile));
        expect(back).toEqual(profile);
        // And it answers and goes on learning alike.
        const next = anything(random, step + 1);
        const copy = back ?? newProfile();
        expect(plainSnapshot(look(copy, kind, next))).toEqual(plainSnapshot(look(profile, kind, next)));
      }
    }
  });

  it("takes at most a third of the room that named fields take, of one who looked around once", () => {
    const profile = newProfile();
    learn(profile, "client", { ...anything(seededRandom(5), 0), act: "view", links: { customer: "u-1" } });
    expect(packProfile(profile).length).toBeLessThan(JSON.stringify(profile).length / 3 + 60);
  });

  it("reads no row of another form", () => {
    expect(unpackProfile('{"v":2}')).toBeNull();
    expect(unpackProfile("[2]")).toBeNull();
  });
});
