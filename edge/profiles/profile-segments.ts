import { hashText53 } from "../../shared/hash.ts";
import { portions } from "../../shared/portions.ts";
import { TextMap } from "../../shared/text-map.ts";
import type { Sql } from "../sql.ts";
import { HashIndex } from "./hash-index.ts";

/** A profile as text, under its name. */
export interface PackedProfile {
  name: string;
  /** On one line. */
  data: string;
  /** When it was packed. */
  seenMs: number;
}

/** Characters of a segment: some thirty profiles. A larger one costs fewer rows, and more to read for one profile of it. */
const SEGMENT_LENGTH = 24_000;
/** A profile that has not changed for this long is forgotten; the longest window is 30 days. */
const KEPT_MS = 45 * 86_400_000;
/** Beyond as many the oldest are forgotten: their index takes 25 MB of the 128 that an object has, and would then take twice as much. */
const PROFILES_MOST = 1_500_000;
/** Segments that a tidying looks at for being too old. */
const LOOKED_AT = 200;
/** Segments that one step of a tidying reads and writes anew, which takes some 5 ms. */
const SEGMENTS_A_STEP = 10;
/** Rows read at a time when the index is made. */
const ROWS_READ = 1_000;

/** A profile's name and its line are at the same place. */
type Row = { id: number; names: string; data: string };

/** What is known of a segment without reading it. */
interface Segment {
  profiles: number;
  /** Of them, those that no later segment holds. */
  live: number;
  length: number;
  /** Of the profile that was packed last. */
  seenMs: number;
}

/**
 * Profiles on disk, in segments: what changes at a time is written together, as one row, and never changed there. A profile lives in the
 * segment written last that holds it, which an index in memory knows. So a profile costs an eighth of a row to write and delete instead of a row,
 * which is most of what a store costs, and entities of one event, written together, are read together. It is how log-structured stores
 * work (Rosenblum and Ousterhout 1992).
 *
 * Segments of which little is left are brought together by `tidy`.
 *
 * The index knows names by their 53-bit hash: of two names with one hash the first is forgotten when the second comes, see `hashText53`.
 */
export class ProfileSegments {
  readonly #sql: Sql;
  readonly #nowMs: () => number;
  /** The segment that a profile lives in. */
  readonly #homes = new HashIndex();
  /** Oldest first, but for those that were brought together. */
  readonly #segments = new Map<number, Segment>();
  /** Those less than half full of what lives. */
  readonly #thin = new Set<number>();
  /** Those that nothing lives in any more. */
  readonly #empty = new Set<number>();
  #last = 0;
  /** Goes round through the segments, tidying by tidying. */
  #round = this.#segments.entries();

  constructor(sql: Sql, nowMs: () => number) {
    this.#sql = sql;
    this.#nowMs = nowMs;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS profile_segments (id INTEGER PRIMARY KEY, names TEXT NOT NULL, seen TEXT NOT NULL, data TEXT NOT NULL)",
    );
    // Apart, so that the index can be made without reading the profiles.
    sql.exec(
      "CREATE TABLE IF NOT EXISTS profile_homes (segment INTEGER PRIMARY KEY, hashes TEXT NOT NULL, length INTEGER NOT NULL, seen_ms INTEGER NOT NULL)",
    );
    this.#readIndex();
  }

  /** How many profiles there are. */
  get size(): number {
    return this.#homes.size;
  }

  /** Those among the names that there is a profile of, as texts. */
  read(names: readonly string[]): TextMap<string> {
    const segments = new Set<number>();
    for (const name of names) segments.add(this.#homes.get(hashText53(name)));
    segments.delete(0);
    const found = new TextMap<string>();
    if (segments.size === 0) return found;
    const asked = new TextMap<true>();
    for (const name of names) asked.set(name, true);
    for (const row of this.#rows<Row>("segment.id, names, data", [...segments])) {
      const lines = row.data.split("\n");
      (JSON.parse(row.names) as string[]).forEach((name, index) => {
        if (asked.has(name) && this.#livesIn(name, row.id)) found.set(name, lines[index] ?? "");
      });
    }
    return found;
  }

  /** Writes them, whatever was written of them before. */
  write(profiles: readonly PackedProfile[]): void {
    for (const part of portions(profiles, lengthOf, { sizeMost: SEGMENT_LENGTH })) this.#append(part);
    this.#deleteEmpty();
  }

  /** Brings together what is left of thin segments, and forgets what is too old or too much. A step at a time. */
  *tidy(): Generator<void> {
    const thin = [...this.#thin];
    const left = thin.reduce((sum, id) => sum + liveLength(this.#segments.get(id)), 0);
    if (left >= SEGMENT_LENGTH) yield* this.#bringTogether(thin);
    yield;
    this.#forgetOld();
    while (this.size > PROFILES_MOST) {
      yield;
      for (const id of firstOf(this.#segments.keys(), SEGMENTS_A_STEP)) this.#forget(id);
      this.#deleteEmpty();
    }
  }

  *#bringTogether(segments: readonly number[]): Generator<void> {
    for (let at = 0; at < segments.length; at += SEGMENTS_A_STEP) {
      yield;
      const oldestMs = this.#nowMs() - KEPT_MS;
      // One that was emptied meanwhile is gone.
      const part = segments.slice(at, at + SEGMENTS_A_STEP).filter((id) => this.#segments.has(id));
      this.write(this.#living(part).filter(({ seenMs }) => seenMs >= oldestMs));
      for (const id of part) this.#forget(id);
      this.#deleteEmpty();
    }
  }

  #readIndex(): void {
    for (let from = 0; ; from = this.#last) {
      const rows = this.#sql
        .exec<{ segment: number; hashes: string; length: number; seen_ms: number }>(
          "SELECT segment, hashes, length, seen_ms FROM profile_homes WHERE segment > ? ORDER BY segment LIMIT ?",
          from,
          ROWS_READ,
        )
        .toArray();
      for (const { segment, hashes, length, seen_ms: seenMs } of rows) {
        this.#settle(segment, JSON.parse(hashes) as number[], length, seenMs); // only written by #append
      }
      if (rows.length < ROWS_READ) break;
    }
  }

  /** What lives in some segments. */
  #living(segments: readonly number[]): PackedProfile[] {
    return this.#rows<Row & { seen: string }>("segment.id, names, seen, data", segments).flatMap(
      ({ id, names, seen, data }) => {
        const lines = data.split("\n");
        const seenMs = JSON.parse(seen) as number[]; // one a name, as all of it is only written by #append
        return (JSON.parse(names) as string[]).flatMap((name, index) =>
          this.#livesIn(name, id) ? [{ name, data: lines[index] ?? "", seenMs: seenMs[index] ?? 0 }] : [],
        );
      },
    );
  }

  #rows<Columns extends Row>(columns: string, segments: readonly number[]): Columns[] {
    const statement = `SELECT ${columns} FROM json_each(?) AS asked CROSS JOIN profile_segments AS segment ON segment.id = asked.value`;
    return this.#sql.exec<Columns>(statement, JSON.stringify(segments)).toArray();
  }

  #livesIn(name: string, segment: number): boolean {
    return this.#homes.get(hashText53(name)) === segment;
  }

  #append(profiles: readonly PackedProfile[]): void {
    const segment = this.#last + 1;
    const hashes = profiles.map(({ name }) => hashText53(name));
    const names = JSON.stringify(profiles.map(({ name }) => name));
    const seen = JSON.stringify(profiles.map(({ seenMs }) => seenMs));
    const data = profiles.map((profile) => profile.data).join("\n");
    const seenMs = Math.max(...profiles.map((profile) => profile.seenMs));
    const length = names.length + seen.length + data.length;
    this.#sql.exec(
      "INSERT INTO profile_segments (id, names, seen, data) VALUES (?, ?, ?, ?)",
      segment,
      names,
      seen,
      data,
    );
    this.#sql.exec(
      "INSERT INTO profile_homes (segment, hashes, length, seen_ms) VALUES (?, ?, ?, ?)",
      segment,
      JSON.stringify(hashes),
      length,
      seenMs,
    );
    this.#settle(segment, hashes, length, seenMs);
  }

  /** From now on these live in this segment, which is the last. */
  #settle(segment: number, hashes: readonly number[], length: number, seenMs: number): void {
    this.#last = segment;
    this.#segments.set(segment, { profiles: hashes.length, live: hashes.length, length, seenMs });
    for (const hash of hashes) {
      const before = this.#homes.get(hash);
      if (before !== 0) this.#leave(before);
      this.#homes.set(hash, segment);
    }
    this.#weigh(segment);
  }

  /** One profile less lives in a segment. */
  #leave(id: number): void {
    const segment = this.#segments.get(id);
    if (segment === undefined) return;
    segment.live -= 1;
    this.#weigh(id);
  }

  #weigh(id: number): void {
    const segment = this.#segments.get(id);
    if (segment === undefined) return;
    if (segment.live === 0) this.#empty.add(id);
    else if (liveLength(segment) < SEGMENT_LENGTH / 2) this.#thin.add(id);
  }

  /** Whatever lives in a segment is forgotten. */
  #forget(id: number): void {
    const rows = this.#sql.exec<{ hashes: string }>("SELECT hashes FROM profile_homes WHERE segment = ?", id).toArray();
    for (const { hashes } of rows) {
      for (const hash of JSON.parse(hashes) as number[]) if (this.#homes.get(hash) === id) this.#homes.delete(hash); // only written by #append
    }
    this.#empty.add(id);
  }

  #deleteEmpty(): void {
    if (this.#empty.size === 0) return;
    const ids = JSON.stringify([...this.#empty]);
    this.#sql.exec("DELETE FROM profile_homes WHERE segment IN (SELECT value FROM json_each(?))", ids);
    this.#sql.exec("DELETE FROM profile_segments WHERE id IN (SELECT value FROM json_each(?))", ids);
    for (const id of this.#empty) {
      this.#segments.delete(id);
      this.#thin.delete(id);
    }
    this.#empty.clear();
  }

  #forgetOld(): void {
    const oldestMs = this.#nowMs() - KEPT_MS;
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      const next = this.#round.next();
      if (next.done === true) {
        this.#round = this.#segments.entries();
        break;
      }
      const [id, { seenMs }] = next.value;
      if (seenMs < oldestMs) this.#forget(id);
    }
    this.#deleteEmpty();
  }
}

function lengthOf({ name, data }: PackedProfile): number {
  return name.length + data.length;
}

/** What lives in a segment, were its profiles all of one length. */
function liveLength(segment: Segment | undefined): number {
  return segment === undefined ? 0 : (segment.length * segment.live) / segment.profiles;
}

function firstOf<T>(all: Iterator<T>, most: number): T[] {
  const first: T[] = [];
  for (let next = all.next(); next.done !== true && first.length < most; next = all.next()) first.push(next.value);
  return first;
}
