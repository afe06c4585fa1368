import type { Cell } from "../store/read-rollups.ts";
import { quotient } from "./quotient.ts";

/** What the values of a series are. */
export interface Kind {
  /** Of a country, a category …, or of everything. */
  isGrouped: boolean;
  isMoney: boolean;
  /** One sum divided by another. */
  isQuotient: boolean;
}

export interface Series {
  group: string | null;
  currency?: string;
  points: Point[];
}

interface Point {
  at: string;
  value: number | null;
  numerator?: number;
  denominator?: number;
}

/** The cells of each series: by currency, and of each the largest member first. */
export function bySeries(cells: readonly Cell[]): Cell[][] {
  const keyOf = ({ currency, place }: Cell) => `${currency} ${String(place).padStart(6, "0")}`;
  const series = [...Map.groupBy(cells, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return series.map(([, own]) => own);
}

/** The cells of a series in which there is nothing. */
export const NOTHING: Cell[] = [{ at_ms: 0, member: "", place: 1, currency: "", value: "0", per: "0" }];

/** The cells of one series with a point for every bucket; where there is no cell, all is 0. */
export function seriesOf(cells: readonly Cell[], startsMs: readonly number[], kind: Kind): Series {
  const { member, currency } = cells[0] ?? { member: "", currency: "" };
  const cellAt = new Map(cells.map((cell) => [cell.at_ms, cell]));
  const points = startsMs.map((atMs) => {
    const { value, per } = cellAt.get(atMs) ?? { value: "0", per: "0" };
    return {
      at: new Date(atMs).toISOString(),
      ...(kind.isQuotient ? quotient(value, per, kind.isMoney ? currency : null) : { value: Number(value) }),
    };
  });
  return { group: kind.isGrouped ? member : null, ...(kind.isMoney ? { currency } : {}), points };
}
