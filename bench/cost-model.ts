import { LIMITS } from "../shared/limits.ts";
import { PRICES, type PriceName } from "./prices.ts";

/** A shop's traffic, as far as the bill depends on it. */
export interface Demand {
  eventsPerDay: number;
  /** On average: the snippet and the server client send several together. */
  eventsPerRequest: number;
}

/** What one event takes, as measured. */
export interface PerEvent {
  edgeCpuMs: number;
  aggregatorCpuMs: number;
  postgresCpuMs: number;
  /** Of a queue message. */
  messageBytes: number;
  /** Of Postgres, with indexes and all that is kept beside the event. */
  rowBytes: number;
  /** Profiles that it names. */
  entities: number;
  /** Of these, the share that has not been written for another event of the same 15 s. */
  entitiesWrittenShare: number;
  /** Entities a day that were not there before, over events. */
  newEntities: number;
  profileBytes: number;
}

export interface Line {
  component: string;
  /** Of a month. */
  usd: number;
}

const DAYS = 30;
const SECONDS = DAYS * 86_400;
const HOURS = DAYS * 24;
const GB = 1e9;
/** The busiest hour of a shop over its average. */
const PEAK = 3;
/** Events a second that one profile store bears. */
const EVENTS_OF_SHARD = 2_000;
/** An object is billed as if it took all it may. */
const OBJECT_GB = 0.128;
/** How long a profile and an id are kept by the profile store, and what an id takes. */
const PROFILE_DAYS = 45;
const ID_BYTES = 60;
/** Rows written and deleted a profile: a segment of some thirty takes two, and is written anew when little of it is left. */
const ROWS_OF_PROFILE = 0.15;
/** Written, read and deleted, for every 64 KB that are begun. */
const OPERATIONS_OF_UNIT = 3;
const UNIT_BYTES = 64_000;
const MESSAGES_OF_BATCH = 50;
/** How long events stay in Postgres, and what of its changes is kept to go back to. */
const STORED_DAYS = 90;
const HISTORY_DAYS = 1;
/** What of a database's processor may be in use on average, and the least that is on all the time. */
const UTILISATION = 0.5;
const COMPUTE_LEAST_CU = 1;
/** Requests a second that one isolate answers at the peak, and how often each looks for keys, settings, lists and releases. */
const REQUESTS_OF_ISOLATE = 50;
const READS_OF_LOOK = 4;
const LOOK_S = 30;
/** What the platform writes to its logs of each invocation, and for how long. */
const LOG_BYTES = 1_000;
const LOG_DAYS = 7;
const TRAININGS = DAYS / 7;
const STEPS_OF_TRAINING = 40;

/** The bill of a month, by component; see PRICES. */
export function monthlyBill({ eventsPerDay, eventsPerRequest }: Demand, event: PerEvent): Line[] {
  const events = eventsPerDay * DAYS;
  const requests = events / eventsPerRequest;
  const peakPerSecond = (events / SECONDS) * PEAK;
  const shards = Math.max(1, Math.ceil(peakPerSecond / EVENTS_OF_SHARD));
  const eventsPerMessage = Math.min(eventsPerRequest, Math.floor(LIMITS.messageBytes / event.messageBytes));
  const messages = events / eventsPerMessage;
  const units = messages * Math.ceil((eventsPerMessage * event.messageBytes) / UNIT_BYTES);
  const batches = messages / MESSAGES_OF_BATCH;
  const isolates = Math.max(1, peakPerSecond / eventsPerRequest / REQUESTS_OF_ISOLATE);
  const touched = shardsTouched(shards, eventsPerRequest * event.entities);
  const looks = (isolates * SECONDS) / LOOK_S;
  const profilesGb = (event.newEntities * eventsPerDay * PROFILE_DAYS * event.profileBytes) / GB;
  const idsGb = (eventsPerDay * PROFILE_DAYS * ID_BYTES) / GB;
  const logsGb = ((requests + batches) * LOG_BYTES) / GB;
  const computeCu = Math.max(COMPUTE_LEAST_CU, (events * event.postgresCpuMs) / 1000 / SECONDS / UTILISATION);
  return [
    line("Workers: plan", billed("plan", 1)),
    line("Workers: requests", billed("requests", requests + batches)),
    line("Workers: CPU", billed("cpu", events * (event.edgeCpuMs + event.aggregatorCpuMs))),
    line("Durable Objects: requests", billed("objectRequests", requests * touched)),
    line("Durable Objects: duration", billed("objectDuration", shards * OBJECT_GB * SECONDS)),
    line(
      "Durable Objects: rows",
      billed("objectRowsWritten", events * (event.entities * event.entitiesWrittenShare * ROWS_OF_PROFILE + 1)) +
        billed("objectRowsRead", events * (event.entities + 1)),
    ),
    line("Durable Objects: storage", billed("objectStorage", profilesGb + idsGb)),
    line("Queues", billed("queueOperations", units * OPERATIONS_OF_UNIT)),
    line("KV", billed("kvReads", looks * READS_OF_LOOK)),
    line("R2", billed("r2Reads", looks)),
    line("Workflows", billed("workflowSteps", TRAININGS * STEPS_OF_TRAINING)),
    line("Logs", billed("logs", logsGb) + billed("logStorage", (logsGb * LOG_DAYS) / DAYS)),
    line("Postgres: compute", billed("postgresCompute", computeCu * HOURS)),
    line(
      "Postgres: storage",
      billed("postgresStorage", (eventsPerDay * STORED_DAYS * event.rowBytes) / GB) +
        billed("postgresHistory", (eventsPerDay * HISTORY_DAYS * event.rowBytes) / GB),
    ),
  ];
}

export function total(bill: readonly Line[]): number {
  return bill.reduce((sum, { usd }) => sum + usd, 0);
}

/** Dollars of a month for so many of what a price is for. */
export function billed(name: PriceName, amount: number): number {
  const { usd, per, included } = PRICES[name];
  return (Math.max(0, amount - included) / per) * usd;
}

/** Of so many shards, how many on average hold one of so many keys at least: each of these is a call. */
export function shardsTouched(shards: number, keys: number): number {
  return shards * (1 - (1 - 1 / shards) ** keys);
}

function line(component: string, usd: number): Line {
  return { component, usd };
}
