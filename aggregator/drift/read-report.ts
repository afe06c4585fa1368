import { readFeatureSums, readScoreDays } from "../days/read-days.ts";
import { daysAfter } from "../days/utc-days.ts";
import { listSettings } from "../detection/settings.ts";
import { wishOn } from "../budget/wish.ts";
import type { Db } from "../store/db.ts";
import { REFERENCE_DAYS, reportOf, type Evidence, type ShownReport } from "./report.ts";

/** Versions of the settings among which the wish of the day is looked for. */
const VERSIONS = 100;

/** So many days up to one, held against the 28 before them. */
export async function readReport(db: Db, last: string, days: number): Promise<ShownReport> {
  const first = daysAfter(last, 1 - days);
  const [from, to] = [daysAfter(first, -REFERENCE_DAYS), daysAfter(first, -1)];
  const [current, before, currentFeatures, featuresBefore, versions] = await Promise.all([
    readScoreDays(db, first, last),
    readScoreDays(db, from, to),
    readFeatureSums(db, first, last),
    readFeatureSums(db, from, to),
    listSettings(db, { limit: VERSIONS, below: null }),
  ]);
  const payments = current.filter((day) => day.payments).reduce((sum, { events }) => sum + events, 0);
  return reportOf({ current, before, currentFeatures, featuresBefore, wish: wished() });

  function wished(): Evidence["wish"] {
    const budget = wishOn(versions, last);
    if (budget === null) return null;
    if ("share" in budget) return { alerts: budget.share * payments, countsAll: false };
    return { alerts: budget.per_day * days, countsAll: true };
  }
}
