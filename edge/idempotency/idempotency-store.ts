import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { AnswerMemory, type Answer, type Begun, type Claim } from "./answer-memory.ts";

const PURGE_EVERY_MS = 3_600_000;
/** Between purges while there is more that is too old. */
const PURGE_PAUSE_MS = 1_000;

/** Answers under Idempotency-Keys, of all whose hash leads here. An answer is on disk before `finish` returns. */
export class IdempotencyStore extends DurableObject<Env> {
  readonly #memory: AnswerMemory;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#memory = new AnswerMemory(state.storage.sql, { nowMs: () => Date.now(), newId: () => crypto.randomUUID() });
  }

  begin(entry: string, bodyDigest: string, patienceMs: number): Promise<Begun> {
    return this.#memory.begin(entry, bodyDigest, patienceMs);
  }

  async finish(claim: Claim, answer: Answer): Promise<void> {
    this.#memory.finish(claim, answer);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + PURGE_EVERY_MS);
  }

  release(claim: Claim): void {
    this.#memory.release(claim);
  }

  override async alarm(): Promise<void> {
    const oldestMs = this.#memory.purge();
    if (oldestMs === null) return;
    const nowMs = Date.now();
    const isMore = oldestMs <= nowMs;
    await this.ctx.storage.setAlarm(isMore ? nowMs + PURGE_PAUSE_MS : Math.max(oldestMs, nowMs + PURGE_EVERY_MS));
  }
}
