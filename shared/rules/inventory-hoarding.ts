import type { KnownEntity } from "../facts.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { graded, type Rule } from "./rule.ts";
import { mostThrough } from "./through.ts";

/** How often the same thing is put into the cart by those who correct its number. */
const ADDS_PER_ITEM = 3;

/** Whoever takes more different things than this within a day is putting together an order. */
const ITEMS_MOST = 10;

/** A network is many people: more pieces and more adds of an item, several pieces at a time, and hardly an order. */
const NETWORK = { pieces: 2, addsPerItem: 6, piecesPerAdd: 3, addsPerOrder: 10 } as const;

/**
 * Inventory hoarding: carts are filled with many pieces of the same thing again and again, and nothing is ordered, so that nobody else
 * can buy it. People who collect for later take different things; a company fills one cart and orders; at a sale a whole network
 * wants one thing, but everybody one or two of it.
 */
export const inventoryHoarding: Rule = {
  code: "inventory_hoarding",
  explains: [],
  on: ["cart_add"],
  find(facts, { hoardingPieces }) {
    const { units } = facts.seen;
    const found = mostThrough(facts, HOARDERS, (entity) => {
      const pieces = piecesOf(entity.before, units) / (entity.kind === "ip" ? NETWORK.pieces : 1);
      return pieces >= hoardingPieces && isHeld(entity, units) ? pieces : 0;
    });
    if (found === null) return null;
    const { before, kind } = found;
    const orders = before.orders1h === 0 ? "no order" : before.orders1h === 1 ? "1 order" : `${before.orders1h} orders`;
    return {
      score: graded(0.71, 0.08, found.value / hoardingPieces),
      detail: `${piecesOf(before, units)} pieces put into carts through this ${ENTITY_WORDS[kind]} in 1 h, ${before.cartAdds1h + 1} times mainly the same, with ${orders}`,
    };
  },
};

const HOARDERS: readonly EntityKind[] = ["customer", "email", "client", "ip"];

function piecesOf({ cartUnits1h }: Snapshot, units: number): number {
  return cartUnits1h + units;
}

function isHeld({ kind, before }: KnownEntity, units: number): boolean {
  const adds = before.cartAdds1h + 1;
  const items = before.links.item?.recent ?? Infinity;
  if (items > ITEMS_MOST) return false;
  const perItem = adds / items;
  if (kind !== "ip") return before.orders1h === 0 && perItem >= ADDS_PER_ITEM;
  return (
    perItem >= NETWORK.addsPerItem &&
    piecesOf(before, units) >= NETWORK.piecesPerAdd * adds &&
    adds >= NETWORK.addsPerOrder * before.orders1h
  );
}
