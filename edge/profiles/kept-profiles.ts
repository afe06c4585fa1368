import { hashText53 } from "../../shared/hash.ts";
import { packProfile, unpackProfile } from "../../shared/profile/packed.ts";
import { newProfile, type Profile } from "../../shared/profile/profile.ts";
import { portions } from "../../shared/portions.ts";
import type { Sql } from "../sql.ts";

/** An object has 128 MB for everything. A profile takes 1 to 40 KB, mostly below 3. */
const PROFILES_IN_MEMORY = 10_000;
/** Characters of packed profiles, which take some 10 ms to make and write. */
const SLICE_LENGTH = 200_000;
/** A profile that has not changed for this long is forgotten; the longest window is 30 days. */
const KEPT_MS = 45 * 86_400_000;
/** Rows that a flush looks at for being too old. */
const SWEPT_ROWS = 200;
/** Each takes four of the 100 bindings that a statement may have. */
const ROWS_A_STATEMENT = 25;

/**
 * Profiles by name, in memory as far as there is room; what changes there is written later.
 *
 * Rows are kept under a hash of the name, as a table without an index besides costs one row written a profile, and is found and filled
 * in half the time of one whose key is the name. Two names of one hash share a row, which is the last one's; see `hashText53`.
 */
export class KeptProfiles {
  readonly #sql: Sql;
  readonly #nowMs: () => number;
  readonly #beforeWrite: () => void;
  /** Least recently asked first. */
  readonly #held = new Map<string, Profile>();
  /** To be written by the next flush, and by the one under way. */
  readonly #changed = new Set<string>();
  readonly #due = new Set<string>();
  #sweptTo = -1;

  /** @param beforeWrite writes what has to be on disk no later than what the profiles learned */
  constructor(sql: Sql, nowMs: () => number, beforeWrite: () => void) {
    this.#sql = sql;
    this.#nowMs = nowMs;
    this.#beforeWrite = beforeWrite;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS kept_profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL, data TEXT NOT NULL, seen_ms INTEGER NOT NULL)",
    );
  }

  get isWritten(): boolean {
    return this.#changed.size === 0 && this.#due.size === 0;
  }

  /** Brings those into memory that are only on disk, in one look: many looks for one each take many times as long. */
  fetch(names: Iterable<string>): void {
    const missing = new Map<number, string>();
    for (const name of names) if (!this.#held.has(name)) missing.set(hashText53(name), name);
    if (missing.size === 0) return;
    for (const { id, name, data } of this.#read([...missing.keys()])) {
      if (missing.get(id) !== name) continue;
      const profile = unpackProfile(data);
      if (profile !== null) this.#hold(name, profile);
    }
    for (const name of missing.values()) if (!this.#held.has(name)) this.#hold(name, newProfile());
  }

  /** The profile, a new one when there is none. Whoever changes it says so by `touch`. */
  get(name: string): Profile {
    const held = this.#held.get(name);
    if (held !== undefined) {
      this.#held.delete(name);
      this.#held.set(name, held);
      return held;
    }
    this.fetch([name]);
    return this.#held.get(name) ?? newProfile();
  }

  touch(name: string): void {
    this.#changed.add(name);
  }

  /** Writes one that changed, at once. */
  write(name: string): void {
    this.#beforeWrite();
    this.#changed.delete(name);
    this.#write([name]);
  }

  /** Writes what changed before, a slice a step, and looks through some of what is kept for what is too old. */
  *flush(): Generator<void> {
    for (const name of inDiskOrder(this.#changed)) this.#due.add(name);
    this.#changed.clear();
    let room = 0;
    for (const part of slices([...this.#due])) {
      if (room <= 0) {
        yield;
        this.#beforeWrite();
        room = SLICE_LENGTH;
      }
      room -= this.#write(part);
    }
    this.#sweep();
  }

  #hold(name: string, profile: Profile): void {
    this.#held.set(name, profile);
    if (this.#held.size > PROFILES_IN_MEMORY) this.#letGo();
  }

  #read(ids: readonly number[]): { id: number; name: string; data: string }[] {
    const statement =
      "SELECT kept.id, name, data FROM json_each(?) AS asked CROSS JOIN kept_profiles AS kept ON kept.id = asked.value";
    return this.#sql.exec<{ id: number; name: string; data: string }>(statement, JSON.stringify(ids)).toArray();
  }

  /** @returns the length of what was written */
  #write(names: readonly string[]): number {
    const rows = names.flatMap((name) => {
      this.#due.delete(name);
      const profile = this.#held.get(name);
      if (profile === undefined) return []; // written when it was let go
      return [{ id: hashText53(name), name, data: packProfile(profile) }];
    });
    for (const part of slices(rows)) {
      const statement = `INSERT INTO kept_profiles (id, name, data, seen_ms) VALUES ${part.map(() => "(?, ?, ?, ?)").join()}
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, data = excluded.data, seen_ms = excluded.seen_ms`;
      this.#sql.exec(statement, ...part.flatMap(({ id, name, data }) => [id, name, data, this.#nowMs()]));
    }
    return rows.reduce((sum, { data }) => sum + data.length, 0);
  }

  /** Makes room, a hundredth at a time, as reaching the first entry of a Map is not free. What is let go is on disk first. */
  #letGo(): void {
    this.#beforeWrite();
    const names: string[] = [];
    for (const name of this.#held.keys()) {
      if (this.#held.size - names.length <= PROFILES_IN_MEMORY * 0.99) break;
      names.push(name);
    }
    this.#write(names.filter((name) => this.#changed.delete(name) || this.#due.has(name)));
    for (const name of names) this.#held.delete(name);
  }

  /** Goes round through all rows, flush by flush: there is no index of ages, which would double what is written. */
  #sweep(): void {
    const rows = this.#sql
      .exec<{ id: number; seen_ms: number }>(
        "SELECT id, seen_ms FROM kept_profiles WHERE id > ? ORDER BY id LIMIT ?",
        this.#sweptTo,
        SWEPT_ROWS,
      )
      .toArray();
    const oldestMs = this.#nowMs() - KEPT_MS;
    const old = rows.flatMap(({ id, seen_ms }) => (seen_ms < oldestMs ? [id] : []));
    if (old.length > 0) {
      this.#sql.exec("DELETE FROM kept_profiles WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(old));
    }
    this.#sweptTo = rows.at(-1)?.id ?? -1;
  }
}

/** So that neighbours are written together. */
function inDiskOrder(names: Iterable<string>): string[] {
  const byId = Array.from(names, (name) => ({ id: hashText53(name), name })).sort((one, other) => one.id - other.id);
  return byId.map(({ name }) => name);
}

function slices<Item>(list: readonly Item[]): Item[][] {
  return portions(list, () => 1, { sizeMost: ROWS_A_STATEMENT });
}
