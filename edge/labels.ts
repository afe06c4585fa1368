import { withDeadline } from "../shared/deadline.ts";
import { LabelMessage } from "../shared/label.ts";
import { describe } from "../shared/serve.ts";
import { shardOf, type Stores } from "./profiles/know.ts";
import type { FraudLabel } from "./profiles/profile-memory.ts";

/** The part of a queue's batch that is used. */
export interface LabelBatch {
  readonly queue: string;
  readonly messages: readonly { id: string; body: unknown; ack(): void; retry(): void }[];
}

export interface LabelServices {
  stores: Pick<Stores, "shards" | "learnLabels">;
  log(line: Record<string, unknown>): void;
}

/** Nobody waits for it; a store that is starting takes a second. */
const DEADLINE_MS = 10_000;

/**
 * Tells the profile stores what turned out to be fraud. A message is acknowledged once every store that keeps one of its entities has it
 * on disk, and comes again otherwise: a store learns from each label once. So does one that cannot be read, as the aggregator may be
 * deployed before the edge. Never throws.
 */
export async function consumeLabels(batch: LabelBatch, { stores, log }: LabelServices): Promise<void> {
  const read = batch.messages.map(({ body }) => LabelMessage.safeParse(body));
  const byShard = new Map<number, FraudLabel[]>();
  const shardsOf = read.map(({ data: label }) => {
    const entities = Map.groupBy(label?.entities ?? [], (name) => shardOf(name, stores.shards));
    for (const [shard, names] of entities) {
      if (label !== undefined) listAt(byShard, shard).push(labelOf(label, names));
    }
    return [...entities.keys()];
  });
  const away = new Set<number>();
  let cause: string | undefined;
  await Promise.all(
    [...byShard].map(async ([shard, labels]) => {
      try {
        await withDeadline(stores.learnLabels(shard, labels), DEADLINE_MS, "a profile store");
      } catch (error) {
        away.add(shard);
        cause = describe(error);
      }
    }),
  );
  let retried = 0;
  for (const [index, message] of batch.messages.entries()) {
    const isLearned = read[index]?.success === true && !shardsOf[index]?.some((shard) => away.has(shard));
    if (isLearned) message.ack();
    else message.retry();
    if (!isLearned) retried++;
  }
  const unreadable = batch.messages.filter((_message, index) => read[index]?.success === false).map(({ id }) => id);
  log({
    queue: batch.queue,
    labels: batch.messages.length,
    ...(retried > 0 ? { retried } : {}),
    ...(unreadable.length > 0 ? { unreadable } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

function labelOf({ id, by, known_at }: LabelMessage, entities: string[]): FraudLabel {
  return { id, entities, by, knownMs: Date.parse(known_at) };
}

function listAt<T>(lists: Map<number, T[]>, key: number): T[] {
  const known = lists.get(key) ?? [];
  lists.set(key, known);
  return known;
}
