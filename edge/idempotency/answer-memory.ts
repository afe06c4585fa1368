import { withDeadline } from "../../shared/deadline.ts";
import type { Sql } from "../sql.ts";

/** What was answered, as it is answered again. */
export interface Answer {
  status: number;
  body: string;
}

/** The right to answer first; given back by `finish` or `release`. */
export interface Claim {
  entry: string;
  bodyDigest: string;
  id: string;
}

/** How a request may go on. */
export type Begun =
  | { kind: "first"; claim: Claim }
  | { kind: "replay"; answer: Answer }
  /** The entry was used with another body. */
  | { kind: "differs" }
  /** The first has not come to its end in the time there was. */
  | { kind: "under way" };

interface UnderWay extends Claim {
  /** When whoever has the claim counts as gone. */
  untilMs: number;
  ended: Promise<void>;
  end(): void;
}

interface Services {
  nowMs(): number;
  newId(): string;
}

const KEPT_MS = 12 * 3_600_000;
/** Taking in one event never takes that long. */
const LEASE_MS = 10_000;
const ROWS_A_PURGE = 1_000;

/**
 * Answers by entry, which is a key and whose it is. Who is at work on one is known only in memory: should that be lost, a request that
 * comes meanwhile goes first too, and it is for the event's id that it counts once.
 */
export class AnswerMemory {
  readonly #sql: Sql;
  readonly #services: Services;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(sql: Sql, services: Services) {
    this.#sql = sql;
    this.#services = services;
    // Rows are numbered as they come, and so in the order in which they go.
    sql.exec(
      `CREATE TABLE IF NOT EXISTS answers (
        number INTEGER PRIMARY KEY, entry TEXT NOT NULL UNIQUE, body_digest TEXT NOT NULL,
        status INTEGER NOT NULL, body TEXT NOT NULL, until_ms INTEGER NOT NULL
      )`,
    );
  }

  /** @param patienceMs how long to wait for a first one under way; with 0 the answer comes at once */
  async begin(entry: string, bodyDigest: string, patienceMs: number): Promise<Begun> {
    const patientUntilMs = this.#services.nowMs() + patienceMs;
    for (;;) {
      const begun = this.#tryBegin(entry, bodyDigest);
      const first = this.#underWay.get(entry);
      if (begun.kind !== "under way" || first === undefined) return begun;
      const waitMs = Math.min(patientUntilMs, first.untilMs) - this.#services.nowMs();
      if (waitMs <= 0) return begun;
      await withDeadline(first.ended, waitMs).catch(() => undefined);
    }
  }

  /** Keeps an answer for 12 h, unless the claim was lost to another, whose answer is kept instead. */
  finish({ entry, bodyDigest, id }: Claim, { status, body }: Answer): void {
    const first = this.#underWay.get(entry);
    if (first !== undefined && first.id !== id) return;
    const nowMs = this.#services.nowMs();
    if (this.#read(entry, nowMs) === null) {
      this.#sql.exec(
        "INSERT OR REPLACE INTO answers (entry, body_digest, status, body, until_ms) VALUES (?, ?, ?, ?, ?)",
        entry,
        bodyDigest,
        status,
        body,
        nowMs + KEPT_MS,
      );
    }
    this.#end(first);
  }

  /** There is no answer worth keeping: the next request goes first. */
  release({ entry, id }: Claim): void {
    const first = this.#underWay.get(entry);
    if (first?.id === id) this.#end(first);
  }

  /** Lets go some of what is too old. @returns when the oldest answer left is; null when there is none */
  purge(): number | null {
    const nowMs = this.#services.nowMs();
    for (const first of this.#underWay.values()) if (first.untilMs <= nowMs) this.#end(first);
    this.#sql.exec(
      "DELETE FROM answers WHERE number IN (SELECT number FROM answers ORDER BY number LIMIT ?) AND until_ms <= ?",
      ROWS_A_PURGE,
      nowMs,
    );
    const [oldest] = this.#sql
      .exec<{ until_ms: number }>("SELECT until_ms FROM answers ORDER BY number LIMIT 1")
      .toArray();
    return oldest?.until_ms ?? null;
  }

  #tryBegin(entry: string, bodyDigest: string): Begun {
    const nowMs = this.#services.nowMs();
    const kept = this.#read(entry, nowMs);
    if (kept !== null) return kept.bodyDigest === bodyDigest ? { kind: "replay", answer: kept.answer } : DIFFERS;
    const first = this.#underWay.get(entry);
    if (first !== undefined && first.untilMs > nowMs) {
      return first.bodyDigest === bodyDigest ? { kind: "under way" } : DIFFERS;
    }
    this.#end(first);
    const claim = { entry, bodyDigest, id: this.#services.newId() };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(entry, { ...claim, untilMs: nowMs + LEASE_MS, ended: promise, end: resolve });
    return { kind: "first", claim };
  }

  #end(first: UnderWay | undefined): void {
    if (first === undefined) return;
    this.#underWay.delete(first.entry);
    first.end();
  }

  #read(entry: string, nowMs: number): { bodyDigest: string; answer: Answer } | null {
    const [row] = this.#sql
      .exec<{ body_digest: string; status: number; body: string }>(
        "SELECT body_digest, status, body FROM answers WHERE entry = ? AND until_ms > ?",
        entry,
        nowMs,
      )
      .toArray();
    if (row === undefined) return null;
    return { bodyDigest: row.body_digest, answer: { status: row.status, body: row.body } };
  }
}

const DIFFERS: Begun = { kind: "differs" };
