import * as z from "zod";

/** Thresholds of the named rules, all in one place; a deployment may override any of them. */
export const RuleSettings = z.strictObject({
  /** Different cards through one client or network within 1 h, this one included. */
  cardTestingCards: z.int().min(2).default(4),
  /** Declined payments through one card, client or network within 1 h. */
  cardTestingDeclines: z.int().min(2).default(5),
  /** Orders a customer must have made before a change of country and device counts as strange. */
  takeoverOrdersBefore: z.int().min(1).default(3),
  /** Factor by which a price must differ from the item's usual one, up or down. */
  priceGlitchFactor: z.number().min(1.1).default(4),
  /** Orders of one customer or card within 1 h, this one included. */
  velocityOrders: z.int().min(2).default(6),
});
export type RuleSettings = z.infer<typeof RuleSettings>;
