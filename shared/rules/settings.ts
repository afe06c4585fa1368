import * as z from "zod";

/** Thresholds of the named rules, all in one place; a deployment may override any of them. */
export const RuleSettings = z.strictObject({
  /** Cards through one customer or device within 1 h, this one included; half as many again through a network. 4 unless set. */
  cardTestingCards: z.int().min(2).default(4),
  /** The same of declined payments, also of one card. 5 unless set. */
  cardTestingDeclines: z.int().min(2).default(5),
  /** Orders a customer must have made before a change of country and device counts as strange. 3 unless set. */
  takeoverOrdersBefore: z.int().min(1).default(3),
  /** Logins through one device or network within 1 h, this one included, from which strangers among them are suspect. 6 unless set. */
  takeoverLoginsPerHour: z.int().min(2).default(6),
  /** Orders of one customer or card within 1 h, this one included. 6 unless set. */
  velocityOrders: z.int().min(2).default(6),
  /** Speed in km/h that nobody travels at: airliners fly at 900. 1,000 unless set. */
  geoSpeedKmh: z.number().min(100).default(1_000),
  /** Distance in km below which places known from addresses may be wrong. 1,000 unless set. */
  geoDistanceKm: z.number().min(100).default(1_000),
  /** Pieces of one item in one order, below which nobody is a reseller. 20 unless set. */
  bulkPieces: z.int().min(2).default(20),
  /** Euros of an order for resale; of one for less, as many more pieces are needed. 300 unless set. */
  bulkEuros: z.number().min(0).default(300),
  /** Orders of mainly the same item by one customer, device or card within 1 d, this one included. 5 unless set. */
  bulkRepeats: z.int().min(2).default(5),
  /** Pieces put into carts by one customer or device within 1 h without an order. 40 unless set. */
  hoardingPieces: z.int().min(2).default(40),
  /** Different codes tried by one customer, device or card within 1 h, this one included. 15 unless set. */
  couponCodes: z.int().min(2).default(15),
  /** Customers ordering with a coupon on one device or card within 7 d, this one included. 4 unless set. */
  couponAccounts: z.int().min(2).default(4),
  /** Refunds to one customer or card within 30 d, this one included. 4 unless set. */
  refundCount: z.int().min(2).default(4),
  /** Share, 0..1, of the money and of the orders of 30 d that these refunds give back. 0.75 unless set. */
  refundShare: z.number().min(0.1).max(1).default(0.75),
  /** Factor by which a price must differ from the item's usual one, up or down. 4 unless set. */
  priceGlitchFactor: z.number().min(1.1).default(4),
  /** Pages looked at by one customer or device within 1 min, this one included. 45 unless set. */
  botViewsPerMinute: z.int().min(10).default(45),
  /** Standard deviation of the gaps between pages over their mean, below which a timer turns them; people's is about 1. 0.2 unless set. */
  botGapVariation: z.number().min(0.01).max(0.5).default(0.2),
  /** Accounts opened through one network within 1 d, this one included, by which hardly anything is bought. 12 unless set. */
  botSignUpsPerDay: z.int().min(3).default(12),
  /** Euros, roughly, above which an order is unusual in any shop. 10,000 unless set. */
  cartEurosMost: z.number().min(1).default(10_000),
  /** Euros, roughly, below which an order is unusual in any shop. 1 unless set. */
  cartEurosLeast: z.number().min(0).default(1),
  /** Times something may be put into the cart by one customer or device within 1 min. 100 unless set. */
  cartAddsPerMinute: z.int().min(5).default(100),
});
export type RuleSettings = z.infer<typeof RuleSettings>;
