import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Rule } from "./rule.ts";
import { mostThrough } from "./through.ts";

const BUYERS: readonly EntityKind[] = ["customer", "email", "card"];
/** Of somebody who is known by nothing but the device. */
const ANONYMOUS_BUYERS: readonly EntityKind[] = [...BUYERS, "client"];

/** Velocity: one customer or card orders far more often within an hour than people do. */
export const velocity: Rule = {
  code: "velocity",
  explains: ["orders_1h", "orders_1m", "order_burst", "counter_order_burst", "counter_orders_1m"],
  on: ["order", "decline"],
  find(facts, { velocityOrders }) {
    const kinds = facts.subject?.kind === "client" ? ANONYMOUS_BUYERS : BUYERS;
    const found = mostThrough(facts, kinds, ({ before }) => before.orders1h + 1, velocityOrders);
    if (found === null) return null;
    return {
      score: graded(0.7, 0.1, found.value / velocityOrders),
      detail: `${found.value} orders with this ${ENTITY_WORDS[found.kind]} in 1 h`,
    };
  },
};
