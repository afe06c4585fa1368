import { DurableObject } from "cloudflare:workers";
import { newPriceBook, recallPrices, type UsualItem } from "../../shared/price-book.ts";
import { newProfile, recall, type Profile } from "../../shared/profile.ts";
import type { Env } from "../env.ts";
import { packPrices, unpackItems, type WireAnswer, type WireRequest } from "./wire.ts";

const FLUSH_MS = 15_000;
/** An object has 128 MB for both. A profile takes 1 to 40 KB, mostly below 3; an answer about 3 KB. */
const PROFILES_IN_MEMORY = 10_000;
const ANSWERS_KEPT = 5_000;
/** A profile nobody asked for this long is forgotten; the longest window is 30 days. */
const KEPT_MS = 45 * 86_400_000;

/**
 * Profiles of many entities, in memory with a copy in SQLite written every 15 s: a crash costs at most that much learning, never an
 * event. Every call records and answers at once, so concurrent events of one entity see each other.
 */
export class ProfileStore extends DurableObject<Env> {
  /** Least recently asked first. */
  readonly #profiles = new Map<string, Profile>();
  readonly #dirty = new Set<string>();
  /** What was answered to recent event ids, so that a retry is counted once and scored the same. Oldest first. */
  readonly #answers = new Map<string, WireAnswer>();
  readonly #sql: SqlStorage;
  #book = newPriceBook();
  #flushPlanned = false;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS profiles (name TEXT PRIMARY KEY, data TEXT NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID",
    );
    this.#sql.exec("CREATE TABLE IF NOT EXISTS prices (item TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID");
    for (const { item, data } of this.#sql.exec<{ item: string; data: string }>("SELECT item, data FROM prices")) {
      this.#book.items.set(item, JSON.parse(data) as UsualItem); // only written by #flushBook
    }
  }

  /** Answers in the order asked; an event sees what the ones before it in the same call taught. */
  recall(requests: WireRequest[]): WireAnswer[] {
    const answers = requests.map((request) => this.#recallOne(request));
    this.#planFlush();
    return answers;
  }

  /** These events could not be put on the queue: sent again, they are new, and answered as the first time. */
  takeBack(ids: string[]): void {
    for (const id of ids) {
      const answer = this.#answers.get(id);
      if (answer !== undefined) answer.repeated = false;
    }
  }

  override async alarm(): Promise<void> {
    this.#flushPlanned = false;
    this.#flush(Date.now());
  }

  #recallOne({ seen, entities, items }: WireRequest): WireAnswer {
    const answered = this.#answers.get(seen.id);
    if (answered !== undefined) {
      const copy = { ...answered };
      answered.repeated = true;
      return copy;
    }
    const profiles = entities.map((name) => recall(this.#profile(name), seen));
    for (const name of entities) this.#dirty.add(name);
    const known = items === null ? [] : recallPrices(this.#book, { id: seen.id, items: unpackItems(items) });
    const answer = { profiles, prices: packPrices(known), repeated: false };
    this.#answers.set(seen.id, { ...answer, repeated: true });
    evict(this.#answers, ANSWERS_KEPT, () => undefined);
    return answer;
  }

  #profile(name: string): Profile {
    const held = this.#profiles.get(name);
    const profile = held ?? this.#read(name) ?? newProfile();
    this.#profiles.delete(name);
    this.#profiles.set(name, profile);
    // What is let go must be on disk first.
    evict(this.#profiles, PROFILES_IN_MEMORY, (old) => this.#write(old, Date.now()));
    return profile;
  }

  #read(name: string): Profile | null {
    const [row] = this.#sql.exec<{ data: string }>("SELECT data FROM profiles WHERE name = ?", name).toArray();
    if (row === undefined) return null;
    const profile = JSON.parse(row.data) as Profile; // only written by #write
    return profile.v === 1 ? profile : null;
  }

  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    void this.ctx.storage.setAlarm(Date.now() + FLUSH_MS);
  }

  #flush(nowMs: number): void {
    for (const name of this.#dirty) this.#write(name, nowMs);
    this.#flushBook();
    this.#sql.exec(
      "DELETE FROM profiles WHERE name IN (SELECT name FROM profiles WHERE seen_ms < ? LIMIT 1000)",
      nowMs - KEPT_MS,
    );
  }

  /** Writes a profile that changed since it was last written. */
  #write(name: string, nowMs: number): void {
    const profile = this.#profiles.get(name);
    if (profile === undefined || !this.#dirty.has(name)) return;
    this.#sql.exec(
      "INSERT OR REPLACE INTO profiles (name, data, seen_ms) VALUES (?, ?, ?)",
      name,
      JSON.stringify(profile),
      nowMs,
    );
    this.#dirty.delete(name);
  }

  #flushBook(): void {
    for (const item of this.#book.touched) {
      const usual = this.#book.items.get(item);
      if (usual === undefined) this.#sql.exec("DELETE FROM prices WHERE item = ?", item);
      else this.#sql.exec("INSERT OR REPLACE INTO prices (item, data) VALUES (?, ?)", item, JSON.stringify(usual));
    }
    this.#book.touched.clear();
  }
}

/** Lets the oldest entries go when there are too many: a hundredth at a time, as reaching the first entry of a Map is not free. */
function evict(map: Map<string, unknown>, most: number, before: (key: string) => void): void {
  if (map.size <= most) return;
  for (const key of map.keys()) {
    if (map.size <= most * 0.99) return;
    before(key);
    map.delete(key);
  }
}
