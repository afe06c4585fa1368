import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { OTHER } from "../store/rollups.ts";
import { atMinute, minutesOf } from "./minutes.ts";
import { WATCHED_NAMES } from "./read-sums.ts";
import { NEW_PROFILE, newScopeState, type Scope } from "./scope.ts";
import { WATCHED_DIMENSIONS } from "./watched.ts";

/** What was just there is looked at to see which members are the largest. */
const CHOICE_DAYS = 7;
const MEMBERS_MOST = 20;
/** A member is watched on until so many are larger: its place among the last may change every hour. */
const MEMBERS_KEPT = 30;
const HISTORY_HOURS = 28 * 24;
/** Amounts are in one currency until another has so many times its orders: of two that are level, neither is the largest for long. */
const CURRENCY_TIMES = 2;

const Chosen = z.object({
  dimension: z.enum(WATCHED_DIMENSIONS),
  member: z.string(),
  place: z.coerce.number(),
  orders: z.record(z.string(), z.number()).nullable(),
  first_hour: z.number().nullable(),
});

/**
 * The scopes to watch: everything, and the largest members of each dimension. Those watched already stay while they are among the larger
 * ones, and everything always: an outage is not over when it is a week old. New ones begin with nothing learned, where their last four
 * weeks begin; and so do those whose amounts are in another currency from now on.
 */
export async function chooseScopes(db: Db, known: readonly Scope[], hour: number): Promise<Scope[]> {
  const since = atMinute((hour - CHOICE_DAYS * 24) * 60);
  const rows = await queryRows(
    db,
    Chosen,
    sql`
      WITH recent AS (
        SELECT dimension, member, currency, sum(events) AS events, sum(orders) AS orders FROM rollups_1d
        WHERE dimension IN (${WATCHED_NAMES}) AND at >= ${since} AND member <> ${OTHER}
        GROUP BY 1, 2, 3
      ), ranked AS (
        SELECT dimension, member, row_number() OVER (PARTITION BY dimension ORDER BY sum(events) DESC, member) AS place,
          jsonb_object_agg(currency, orders) FILTER (WHERE currency <> '' AND orders > 0) AS orders
        FROM recent GROUP BY 1, 2
      )
      SELECT dimension, member, place, orders, (
        SELECT ${minutesOf(sql`min(r.at)`)} / 60 FROM rollups_1h AS r
        WHERE r.dimension = ranked.dimension AND r.member = ranked.member AND r.at >= ${atMinute((hour - HISTORY_HOURS) * 60)}
      ) AS first_hour
      FROM ranked WHERE place <= ${MEMBERS_KEPT}
      ORDER BY dimension, place`,
  );
  const chosen = rows.flatMap(({ dimension, member, place, orders, first_hour }): Scope[] => {
    const own = known.find((scope) => scope.dimension === dimension && scope.member === member);
    const currency = currencyOf(orders ?? {}, own?.state.currency ?? null);
    if (own !== undefined && own.state.currency === currency) return [own];
    if (own === undefined && place > MEMBERS_MOST) return [];
    return [{ dimension, member, state: newScopeState(currency, first_hour ?? hour), profile: NEW_PROFILE }];
  });
  const all = known.find(({ dimension }) => dimension === "all");
  return all === undefined || chosen.some(({ dimension }) => dimension === "all") ? chosen : [all, ...chosen];
}

/** @param orders by currency @param kept the one amounts are in, null for none so far */
export function currencyOf(orders: Readonly<Record<string, number>>, kept: string | null): string | null {
  const [largest] = Object.entries(orders).toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  if (largest === undefined) return kept;
  const [currency, most] = largest;
  const own = kept === null ? 0 : (orders[kept] ?? 0);
  return own * CURRENCY_TIMES >= most ? kept : currency;
}
