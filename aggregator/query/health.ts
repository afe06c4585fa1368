import { sql } from "drizzle-orm";
import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { withDeadline } from "../../shared/deadline.ts";
import type { Db } from "../store/db.ts";

const DATABASE_DEADLINE_MS = 2_000;

const aliveRoute = defineRoute({
  method: "get",
  path: "/healthz",
  operationId: "alive",
  summary: "Whether the Worker answers",
  access: "public",
  status: 200,
  output: z.strictObject({ status: z.literal("ok") }),
  problems: [],
});

const readyRoute = defineRoute({
  method: "get",
  path: "/readyz",
  operationId: "ready",
  summary: "Whether the Worker can do its work",
  access: "public",
  status: 200,
  output: z.strictObject({ status: z.literal("ready"), database: z.literal("ok") }),
  problems: ["unavailable"],
});

export function healthOperations({ db }: { db: Db }): Operation[] {
  return [
    operation(aliveRoute, async () => ({ status: "ok" }) as const),
    operation(readyRoute, async () => {
      try {
        await withDeadline(Promise.resolve(db.execute(sql`SELECT 1`)), DATABASE_DEADLINE_MS, "the database");
      } catch (cause) {
        throw new Problem("unavailable", "The database does not answer.", { cause, headers: { "retry-after": "5" } });
      }
      return { status: "ready", database: "ok" } as const;
    }),
  ];
}
