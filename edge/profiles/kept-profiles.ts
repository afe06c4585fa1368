import { newProfile, type Profile } from "../../shared/profile/profile.ts";
import type { Sql } from "../sql.ts";

/** An object has 128 MB for everything. A profile takes 1 to 40 KB, mostly below 3. */
const PROFILES_IN_MEMORY = 10_000;
/** Characters of JSON, which take some 10 ms to make and write. */
const SLICE_LENGTH = 500_000;
/** A profile that has not changed for this long is forgotten; the longest window is 30 days. */
const KEPT_MS = 45 * 86_400_000;
/** Rows that a flush looks at for being too old. */
const SWEPT_ROWS = 200;

/** Profiles by name, in memory as far as there is room; what changes there is written later. */
export class KeptProfiles {
  readonly #sql: Sql;
  readonly #nowMs: () => number;
  readonly #beforeWrite: () => void;
  /** Least recently asked first. */
  readonly #held = new Map<string, Profile>();
  /** To be written by the next flush, and by the one under way. */
  readonly #changed = new Set<string>();
  readonly #due = new Set<string>();
  #sweptTo = "";

  /** @param beforeWrite writes what has to be on disk no later than what the profiles learned */
  constructor(sql: Sql, nowMs: () => number, beforeWrite: () => void) {
    this.#sql = sql;
    this.#nowMs = nowMs;
    this.#beforeWrite = beforeWrite;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS profiles (name TEXT PRIMARY KEY, data TEXT NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  get isWritten(): boolean {
    return this.#changed.size === 0 && this.#due.size === 0;
  }

  /** The profile, a new one when there is none. Whoever changes it says so by `touch`. */
  get(name: string): Profile {
    const profile = this.#held.get(name) ?? this.#read(name) ?? newProfile();
    this.#held.delete(name);
    this.#held.set(name, profile);
    if (this.#held.size > PROFILES_IN_MEMORY) this.#letGo();
    return profile;
  }

  touch(name: string): void {
    this.#changed.add(name);
  }

  /** Writes one that changed, at once. */
  write(name: string): void {
    this.#beforeWrite();
    this.#changed.delete(name);
    this.#write(name);
  }

  /** Writes what changed before, a slice a step, and looks through some of what is kept for what is too old. */
  *flush(): Generator<void> {
    for (const name of this.#changed) this.#due.add(name);
    this.#changed.clear();
    let room = 0;
    for (const name of this.#due) {
      if (room <= 0) {
        yield;
        this.#beforeWrite();
        room = SLICE_LENGTH;
      }
      room -= this.#write(name);
    }
    this.#sweep();
  }

  #read(name: string): Profile | null {
    const [row] = this.#sql.exec<{ data: string }>("SELECT data FROM profiles WHERE name = ?", name).toArray();
    if (row === undefined) return null;
    const profile = JSON.parse(row.data) as Profile; // only written by #write
    return profile.v === 2 ? profile : null;
  }

  /** @returns the length of what was written */
  #write(name: string): number {
    this.#due.delete(name);
    const profile = this.#held.get(name);
    if (profile === undefined) return 0; // written when it was let go
    const data = JSON.stringify(profile);
    this.#sql.exec("INSERT OR REPLACE INTO profiles (name, data, seen_ms) VALUES (?, ?, ?)", name, data, this.#nowMs());
    return data.length;
  }

  /** Makes room, a hundredth at a time, as reaching the first entry of a Map is not free. What is let go is on disk first. */
  #letGo(): void {
    this.#beforeWrite();
    for (const name of this.#held.keys()) {
      if (this.#held.size <= PROFILES_IN_MEMORY * 0.99) return;
      if (this.#changed.delete(name) || this.#due.has(name)) this.#write(name);
      this.#held.delete(name);
    }
  }

  /** Goes round through all rows, flush by flush: there is no index of ages, which would double what is written. */
  #sweep(): void {
    const rows = this.#sql
      .exec<{ name: string; seen_ms: number }>(
        "SELECT name, seen_ms FROM profiles WHERE name > ? ORDER BY name LIMIT ?",
        this.#sweptTo,
        SWEPT_ROWS,
      )
      .toArray();
    const oldestMs = this.#nowMs() - KEPT_MS;
    for (const { name, seen_ms } of rows) {
      if (seen_ms < oldestMs) this.#sql.exec("DELETE FROM profiles WHERE name = ?", name);
    }
    this.#sweptTo = rows.at(-1)?.name ?? "";
  }
}
