import { ENTITY_WORDS } from "../observe.ts";
import type { Rule } from "./rule.ts";

/** Velocity: one customer or card orders far more often within an hour than people do. */
export const velocity: Rule = {
  code: "velocity",
  explains: ["orders_1h", "orders_1m", "order_burst", "counter_order_burst"],
  find({ seen, subject, counters }, { velocityOrders }) {
    if (seen.kind === "other") return null;
    const card = counters.find(({ kind }) => kind === "card");
    const byCustomer = (subject?.before.orders1h ?? 0) + 1;
    const byCard = (card?.before.orders1h ?? 0) + 1;
    const orders = Math.max(byCustomer, byCard);
    if (orders < velocityOrders) return null;
    const kind = byCard > byCustomer ? "card" : (subject?.kind ?? "customer");
    return {
      score: Math.min(1, 0.7 + 0.1 * Math.log2(orders / velocityOrders)),
      detail: `${orders} orders with this ${ENTITY_WORDS[kind]} in 1 h`,
    };
  },
};
