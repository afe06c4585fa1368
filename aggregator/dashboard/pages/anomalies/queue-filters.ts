import type { RowOf } from "../../api/client.ts";

export type Anomaly = RowOf<"/v1/anomalies">;

export const FILTERS = {
  status: "open",
  reason: "",
  name: "",
  country: "",
  min_score: "",
  entity: "",
  q: "",
  from: "",
  to: "",
} as const;
export type Filters = Record<keyof typeof FILTERS, string>;

export const NO_FILTERS: Omit<Filters, "status"> = {
  reason: "",
  name: "",
  country: "",
  min_score: "",
  entity: "",
  q: "",
  from: "",
  to: "",
};

/** What the API is asked for. */
export function queryOf({ status, min_score, ...rest }: Filters) {
  return {
    ...rest,
    // Whatever else stands in a link is refused, and told.
    status: status === "all" ? null : (status as Anomaly["status"]),
    min_score: min_score === "" ? null : Number(min_score),
  };
}

/** Whether anything beside the status narrows the list. */
export function isFiltered(filters: Filters): boolean {
  return Object.entries(filters).some(([name, value]) => name !== "status" && value !== "");
}

/** Codes of the named rules; beside them a reason may be any feature. */
const RULES = [
  "card_testing",
  "account_takeover",
  "velocity",
  "geo_anomaly",
  "bulk_reseller",
  "inventory_hoarding",
  "coupon_abuse",
  "refund_abuse",
  "price_glitch",
  "bot_traffic",
  "unusual_cart",
];

/** What there is to choose from: of what was read, the most frequent first, and what is known to exist. */
export function choices(rows: readonly Anomaly[], filters: Filters) {
  const withChosen = (chosen: string, values: readonly string[]) => [
    ...new Set([...frequent(values), ...(chosen === "" ? [] : [chosen])]),
  ];
  return {
    reason: [
      ...new Set([
        ...withChosen(
          filters.reason,
          rows.flatMap(({ event }) => event.assessment.reasons.map(({ code }) => code)),
        ),
        ...RULES,
      ]),
    ],
    name: [
      ...new Set([
        ...withChosen(
          filters.name,
          rows.map(({ event }) => event.name),
        ),
        "purchase",
        "refund",
        "payment_failed",
        "login",
      ]),
    ],
    country: withChosen(
      filters.country,
      rows.flatMap(({ event }) => event.signals.country ?? []),
    ),
  };
}

function frequent(values: readonly string[]): string[] {
  return [...Map.groupBy(values, (value) => value)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([value]) => value);
}
