import { portions } from "../../shared/portions.ts";
import { TextMap } from "../../shared/text-map.ts";
import type { Sql } from "../sql.ts";

/** What is remembered of an event's id: it counts; or it was learned from and then not taken in, so its sender holds it for new. */
export type Mark = "counted" | "taken back";

/**
 * Ids have a table a period, and the table as a whole is dropped when it is old: rows are never deleted one by one. So an id is
 * remembered for 36 to 54 days. Every table is searched for a new id: more and shorter periods would take less room and more time.
 */
const PERIOD_MS = 18 * 86_400_000;
const PERIODS_BEFORE = 2;
/** Written in a millisecond; in 10 where ids are random and there are millions. */
const IDS_A_STATEMENT = 500;

/**
 * Ids of events, in memory until they are written. They are kept as they are, not as hashes: exact, and ids that grow with time, as
 * most do, are written and found side by side.
 */
export class KeptIds {
  readonly #sql: Sql;
  readonly #nowMs: () => number;
  readonly #unwritten = new TextMap<Mark>();
  /** Those that have a table, newest first. */
  #periods: number[] = [];
  /** One a period, oldest first. */
  #findStatements: string[] = [];

  constructor(sql: Sql, nowMs: () => number) {
    this.#sql = sql;
    this.#nowMs = nowMs;
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'ids_*'")
      .toArray();
    this.#setPeriods(tables.map(({ name }) => Number(name.slice("ids_".length))));
  }

  get isWritten(): boolean {
    return this.#unwritten.size === 0;
  }

  /** The marks of those among the ids that have one. */
  find(ids: readonly string[]): TextMap<Mark> {
    const marks = this.findWritten(ids);
    for (const id of ids) {
      const mark = this.unwritten(id);
      if (mark !== undefined) marks.set(id, mark);
    }
    return marks;
  }

  /** The marks of those that are written and have one; what is not written yet knows better. */
  findWritten(ids: readonly string[]): TextMap<Mark> {
    const marks = new TextMap<Mark>();
    for (const part of inStatements(ids)) this.#read(part, marks);
    return marks;
  }

  /** The mark of an id that is not written yet. */
  unwritten(id: string): Mark | undefined {
    return this.#unwritten.get(id);
  }

  set(id: string, mark: Mark): void {
    this.#unwritten.set(id, mark);
  }

  /** Writes what is not written yet, a slice a step. */
  *flush(): Generator<void> {
    for (const part of inStatements([...this.#unwritten.keys()])) {
      this.#write(part);
      yield;
    }
  }

  /** Writes what is not written yet, at once. */
  write(): void {
    for (const part of inStatements([...this.#unwritten.keys()])) this.#write(part);
  }

  #read(ids: string[], marks: TextMap<Mark>): void {
    if (this.#periods.length === 0) return;
    const asked = JSON.stringify(ids);
    // A later table knows better, and is asked later.
    for (const statement of this.#findStatements) {
      const found = this.#sql.exec<{ id: string; taken_back: number }>(statement, asked).toArray();
      for (const { id, taken_back } of found) marks.set(id, taken_back === 0 ? "counted" : "taken back");
    }
  }

  #write(ids: readonly string[]): void {
    const table = this.#table();
    const marked: Record<Mark, string[]> = { counted: [], "taken back": [] };
    for (const id of ids) {
      const mark = this.#unwritten.get(id);
      if (mark !== undefined) marked[mark].push(id);
    }
    for (const [mark, those] of Object.entries(marked)) {
      if (those.length === 0) continue;
      // In order, so that neighbours are written together.
      this.#sql.exec(
        `INSERT OR REPLACE INTO ${table} (id, taken_back) SELECT value, ? FROM json_each(?) ORDER BY value`,
        mark === "counted" ? 0 : 1,
        JSON.stringify(those),
      );
      for (const id of those) this.#unwritten.delete(id);
    }
  }

  /** The table of the present, made when its period begins; those that are too old go. */
  #table(): string {
    const [newest = -Infinity] = this.#periods;
    const period = Math.max(newest, Math.floor(this.#nowMs() / PERIOD_MS));
    if (period !== newest) {
      this.#sql.exec(
        `CREATE TABLE IF NOT EXISTS ids_${period} (id TEXT PRIMARY KEY, taken_back INTEGER NOT NULL) WITHOUT ROWID`,
      );
      const isOver = (old: number) => old < period - PERIODS_BEFORE;
      for (const old of this.#periods.filter(isOver)) this.#sql.exec(`DROP TABLE ids_${old}`);
      this.#setPeriods([period, ...this.#periods.filter((old) => !isOver(old))]);
    }
    return `ids_${period}`;
  }

  #setPeriods(periods: number[]): void {
    this.#periods = periods.toSorted((one, other) => other - one);
    this.#findStatements = this.#periods
      .toReversed()
      .map(
        (period) =>
          `SELECT kept.id, taken_back FROM json_each(?) AS asked CROSS JOIN ids_${period} AS kept ON kept.id = asked.value`,
      );
  }
}

function inStatements(ids: readonly string[]): string[][] {
  return portions(ids, () => 1, { sizeMost: IDS_A_STATEMENT });
}
