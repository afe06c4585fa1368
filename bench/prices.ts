/** What a provider asks for something, in US dollars. */
export interface Price {
  usd: number;
  /** So many of `of` cost `usd`. */
  per: number;
  of: string;
  /** A month's that are in the plan. */
  included: number;
  source: string;
  /** When the source was read, or says it was updated. */
  asOf: string;
}

const MILLION = 1_000_000;
const CLOUDFLARE = "developers.cloudflare.com";

/** Every price that the cost model knows: Cloudflare's Workers Paid plan, and Neon's Scale plan. */
export const PRICES = {
  plan: price(5, 1, "Workers Paid", 0, `${CLOUDFLARE}/workers/platform/pricing`),
  requests: price(0.3, MILLION, "Worker requests", 10 * MILLION, `${CLOUDFLARE}/workers/platform/pricing`),
  cpu: price(0.02, MILLION, "ms of CPU", 30 * MILLION, `${CLOUDFLARE}/workers/platform/pricing`),
  objectRequests: price(0.15, MILLION, "requests", MILLION, `${CLOUDFLARE}/durable-objects/platform/pricing`),
  objectDuration: price(12.5, MILLION, "GB-s", 400_000, `${CLOUDFLARE}/durable-objects/platform/pricing`),
  objectRowsRead: price(0.001, MILLION, "rows", 25_000 * MILLION, `${CLOUDFLARE}/durable-objects/platform/pricing`),
  objectRowsWritten: price(1, MILLION, "rows", 50 * MILLION, `${CLOUDFLARE}/durable-objects/platform/pricing`),
  objectStorage: price(0.2, 1, "GB-month", 5, `${CLOUDFLARE}/durable-objects/platform/pricing`),
  queueOperations: price(0.4, MILLION, "operations of 64 KB", MILLION, `${CLOUDFLARE}/queues/platform/pricing`),
  kvReads: price(0.5, MILLION, "reads", 10 * MILLION, `${CLOUDFLARE}/kv/platform/pricing`),
  r2Reads: price(0.36, MILLION, "class B operations", 10 * MILLION, `${CLOUDFLARE}/r2/pricing`),
  workflowSteps: price(0.8, 100_000, "steps", 500_000, `${CLOUDFLARE}/changelog, Workflows billing, 2026-07-07`),
  logs: price(0.25, 1, "GB taken in", 50, `${CLOUDFLARE}/observability/pricing, from 2026-12-01`),
  logStorage: price(0.1, 1, "GB-month", 12, `${CLOUDFLARE}/observability/pricing, from 2026-12-01`),
  postgresCompute: price(0.222, 1, "CU-hours", 0, "neon.com/docs/introduction/plans", "2026-11-12"),
  postgresStorage: price(0.35, 1, "GB-month", 0, "neon.com/docs/introduction/plans", "2026-11-12"),
  postgresHistory: price(0.2, 1, "GB-month", 0, "neon.com/docs/introduction/plans", "2026-11-12"),
} as const satisfies Record<string, Price>;
export type PriceName = keyof typeof PRICES;

function price(usd: number, per: number, of: string, included: number, source: string, asOf = "2026-11-21"): Price {
  return { usd, per, of, included, source, asOf };
}
