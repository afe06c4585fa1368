import { hashText } from "../../shared/hash.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { AnswerStores } from "./once.ts";

/** Objects that the answers are spread over. Changing it forgets which keys were used. */
const OBJECTS = 16;

/** The Durable Objects that keep answers, each entry with the one its hash names. */
export function answerStores(objects: DurableObjectNamespace<IdempotencyStore>): AnswerStores {
  const of = (entry: string) => objects.get(objects.idFromName(`answers-${hashText(entry) % OBJECTS}-of-${OBJECTS}`));
  return {
    begin: async (entry, bodyDigest, patienceMs) => of(entry).begin(entry, bodyDigest, patienceMs),
    finish: async (claim, answer) => of(claim.entry).finish(claim, answer),
    release: async (claim) => of(claim.entry).release(claim),
  };
}
