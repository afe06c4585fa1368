import { packProfile, unpackProfile } from "../../shared/profile/packed.ts";
import { newProfile, type Profile } from "../../shared/profile/profile.ts";
import { TextMap } from "../../shared/text-map.ts";
import type { Sql } from "../sql.ts";
import { ProfileSegments, type PackedProfile } from "./profile-segments.ts";

/** What may be in memory. */
export interface Room {
  /** Profiles at hand as objects, of some sixty each: a collection of all garbage walks through every one while everybody waits. */
  atHand: number;
  /** Characters of the others, which are one text each. */
  packedLength: number;
}

/** Some 20,000 profiles, which take 30 of the 128 MB that an object has for everything. */
const ROOM: Room = { atHand: 4_000, packedLength: 16_000_000 };
/** Share of what is held that is let go at a time, as reaching the first entry of a Map is not free. */
const LET_GO = 0.01;
/** Profiles that one step of a flush packs and writes, which takes some 5 ms. */
const PROFILES_A_STEP = 500;

/**
 * Profiles by name, in memory as far as there is room: the last ones at hand, those before as texts; what changes there is written
 * later.
 */
export class KeptProfiles {
  readonly #segments: ProfileSegments;
  readonly #nowMs: () => number;
  readonly #beforeWrite: () => void;
  readonly #room: Room;
  /** Least recently asked first. */
  readonly #atHand = new TextMap<Profile>();
  /** Those that are in memory and not at hand; the one that is longest not at hand first. */
  readonly #packed = new TextMap<string>();
  #packedLength = 0;
  /** Not written yet, in the order they changed: what changed together is written, and later read, together. */
  readonly #changed = new TextMap<true>();

  /** @param beforeWrite writes what has to be on disk no later than what the profiles learned */
  constructor(sql: Sql, nowMs: () => number, beforeWrite: () => void, room = ROOM) {
    this.#segments = new ProfileSegments(sql, nowMs);
    this.#nowMs = nowMs;
    this.#beforeWrite = beforeWrite;
    this.#room = room;
  }

  get isWritten(): boolean {
    return this.#changed.size === 0;
  }

  /** Brings those to hand that are not, from disk in one look: many looks for one each take many times as long. */
  fetch(names: Iterable<string>): void {
    const missing = new TextMap<true>();
    for (const name of names) {
      if (this.#atHand.has(name) || missing.has(name)) continue;
      const packed = this.#takePacked(name);
      if (packed === undefined) missing.set(name, true);
      else this.#hold(name, unpackProfile(packed) ?? newProfile());
    }
    if (missing.size === 0) return;
    const found = this.#segments.read([...missing.keys()]);
    for (const name of missing.keys()) {
      const packed = found.get(name);
      this.#hold(name, (packed === undefined ? null : unpackProfile(packed)) ?? newProfile());
    }
  }

  /** The profile, a new one when there is none. Whoever changes it says so by `touch`. */
  get(name: string): Profile {
    const held = this.#atHand.renew(name);
    if (held !== undefined) return held;
    this.fetch([name]);
    return this.#atHand.get(name) ?? newProfile();
  }

  touch(name: string): void {
    this.#changed.set(name, true);
  }

  /** Writes one that changed, at once. */
  write(name: string): void {
    this.#beforeWrite();
    this.touch(name);
    this.#write([name]);
  }

  /** Writes what changed before, a step at a time, and tidies up. What changes meanwhile is for the next. */
  *flush(): Generator<void> {
    const due = [...this.#changed.keys()];
    for (let at = 0; at < due.length; at += PROFILES_A_STEP) {
      yield;
      this.#beforeWrite();
      this.#write(due.slice(at, at + PROFILES_A_STEP));
    }
    yield* this.#segments.tidy();
  }

  #hold(name: string, profile: Profile): void {
    this.#atHand.set(name, profile);
    if (this.#atHand.size > this.#room.atHand) this.#pack();
    if (this.#packedLength > this.#room.packedLength) this.#letGo();
  }

  #takePacked(name: string): string | undefined {
    const packed = this.#packed.get(name);
    if (packed === undefined) return undefined;
    this.#packed.delete(name);
    this.#packedLength -= packed.length;
    return packed;
  }

  /** Packs those that were at hand for longest. */
  #pack(): void {
    let left = Math.ceil(this.#room.atHand * LET_GO);
    for (const [name, profile] of this.#atHand) {
      const packed = packProfile(profile);
      this.#packed.set(name, packed);
      this.#packedLength += packed.length;
      this.#atHand.delete(name);
      if (--left === 0) break;
    }
  }

  /** Makes room. What is let go is on disk first. */
  #letGo(): void {
    const names: string[] = [];
    let left = this.#packedLength;
    for (const [name, packed] of this.#packed) {
      if (left <= this.#room.packedLength * (1 - LET_GO)) break;
      left -= packed.length;
      names.push(name);
    }
    this.#beforeWrite();
    this.#write(names);
    for (const name of names) this.#takePacked(name);
  }

  /** Writes those among the names that changed. */
  #write(names: readonly string[]): void {
    const seenMs = this.#nowMs();
    const packed: PackedProfile[] = [];
    for (const name of names) {
      if (!this.#changed.has(name)) continue;
      const atHand = this.#atHand.get(name);
      const data = atHand === undefined ? this.#packed.get(name) : packProfile(atHand);
      if (data !== undefined) packed.push({ name, data, seenMs });
    }
    this.#segments.write(packed);
    for (const { name } of packed) this.#changed.delete(name);
  }
}
