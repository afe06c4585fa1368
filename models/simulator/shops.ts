/** What a shop may not send. */
export type Withheld = "card" | "device" | "network" | "account" | "email" | "address" | "items" | "decline_amount";

/** What a simulated shop is like. Shares are 0..1. */
export interface Shop {
  name: string;
  /** Where its customers live, by share; shares add up to 1. */
  markets: Readonly<Record<string, number>>;
  /** What it charges in; in other countries it charges the first. */
  currencies: readonly string[];
  ordersPerDay: number;
  /** Customers it has before the simulation begins. */
  customers: number;
  /** Share of orders by someone who never ordered before. */
  newShare: number;
  guestShare: number;
  /** Share of guests who leave an e-mail. */
  guestEmailShare: number;
  items: number;
  /** Of ln of an item's price in euros. */
  priceLog: { mean: number; deviation: number };
  /** Share of items whose price each order names itself: gift cards, custom work. */
  openPriceShare: number;
  /** Of ln of what customers like to spend on an order, in euros. */
  basketLog: { mean: number; deviation: number };
  /** Spread of one customer's orders, as ln: between these. */
  ownSpreadLog: { least: number; most: number };
  wholesaleShare: number;
  /** Share of first tries at paying that are declined although nothing is wrong. */
  declineShare: number;
  refundShare: number;
  /** Share of orders followed by another of the same customer within the hour. */
  encoreShare: number;
  mobileShare: number;
  /** Carrier and office networks a country's shoppers share. */
  sharedNetworks: number;
  ships: boolean;
  /** Declined payments are events of their own; else purchases with the outcome "declined". */
  reportsFailedPayments: boolean;
  withholds: readonly Withheld[];
}

const USUAL: Omit<Shop, "name" | "markets" | "currencies"> = {
  ordersPerDay: 150,
  customers: 3_000,
  newShare: 0.35,
  guestShare: 0.3,
  guestEmailShare: 0.9,
  items: 800,
  priceLog: { mean: 3.3, deviation: 0.7 },
  openPriceShare: 0.01,
  basketLog: { mean: 4, deviation: 0.6 },
  ownSpreadLog: { least: 0.2, most: 0.7 },
  wholesaleShare: 0.01,
  declineShare: 0.06,
  refundShare: 0.05,
  encoreShare: 0.02,
  mobileShare: 0.55,
  sharedNetworks: 40,
  ships: true,
  reportsFailedPayments: true,
  withholds: [],
};

/** Kinds of shops that differ in what is ordinary. */
export const SHOPS = {
  fashion: {
    ...USUAL,
    name: "fashion",
    markets: { DE: 0.55, AT: 0.15, CH: 0.1, FR: 0.1, NL: 0.1 },
    currencies: ["EUR", "CHF"],
    refundShare: 0.15,
  },
  electronics: {
    ...USUAL,
    name: "electronics",
    markets: { PL: 0.6, CZ: 0.25, DE: 0.15 },
    currencies: ["PLN", "CZK", "EUR"],
    priceLog: { mean: 4.4, deviation: 1.1 },
    basketLog: { mean: 5.1, deviation: 0.9 },
    ownSpreadLog: { least: 0.4, most: 1.1 },
    newShare: 0.5,
    declineShare: 0.09,
    openPriceShare: 0.005,
  },
  grocery: {
    ...USUAL,
    name: "grocery",
    markets: { US: 0.92, CA: 0.08 },
    currencies: ["USD", "CAD"],
    ordersPerDay: 250,
    customers: 2_500,
    newShare: 0.12,
    guestShare: 0.08,
    items: 1_500,
    priceLog: { mean: 1.5, deviation: 0.6 },
    basketLog: { mean: 3.9, deviation: 0.5 },
    ownSpreadLog: { least: 0.15, most: 0.5 },
    declineShare: 0.04,
    encoreShare: 0.04,
  },
  giftware: {
    ...USUAL,
    name: "giftware",
    markets: { GB: 0.86, IE: 0.05, DE: 0.04, FR: 0.03, NL: 0.02 },
    currencies: ["GBP"],
    ordersPerDay: 90,
    customers: 1_500,
    newShare: 0.2,
    items: 1_200,
    priceLog: { mean: 1, deviation: 0.8 },
    basketLog: { mean: 4.6, deviation: 1 },
    ownSpreadLog: { least: 0.3, most: 1 },
    wholesaleShare: 0.25,
    openPriceShare: 0.02,
    encoreShare: 0.04,
    mobileShare: 0.25,
  },
  digital: {
    ...USUAL,
    name: "digital",
    markets: { US: 0.25, BR: 0.15, MX: 0.1, IN: 0.15, ID: 0.1, DE: 0.1, GB: 0.08, JP: 0.07 },
    currencies: ["USD", "BRL", "INR", "EUR", "GBP", "JPY"],
    ordersPerDay: 300,
    customers: 4_000,
    newShare: 0.25,
    guestShare: 0.02,
    items: 60,
    priceLog: { mean: 2, deviation: 0.8 },
    openPriceShare: 0,
    basketLog: { mean: 2.3, deviation: 0.7 },
    ownSpreadLog: { least: 0.2, most: 0.9 },
    wholesaleShare: 0,
    declineShare: 0.12,
    refundShare: 0.02,
    encoreShare: 0.2,
    mobileShare: 0.8,
    sharedNetworks: 60,
    ships: false,
  },
  furniture: {
    ...USUAL,
    name: "furniture",
    markets: { FR: 0.5, IT: 0.3, ES: 0.2 },
    currencies: ["EUR"],
    ordersPerDay: 60,
    customers: 800,
    newShare: 0.75,
    guestShare: 0.45,
    items: 500,
    priceLog: { mean: 5.5, deviation: 1 },
    basketLog: { mean: 6.3, deviation: 0.9 },
    ownSpreadLog: { least: 0.4, most: 1.2 },
    wholesaleShare: 0.03,
    declineShare: 0.1,
    encoreShare: 0.015,
    mobileShare: 0.35,
  },
  cosmetics: {
    ...USUAL,
    name: "cosmetics",
    markets: { JP: 0.7, AU: 0.2, US: 0.1 },
    currencies: ["JPY", "AUD", "USD"],
    priceLog: { mean: 2.8, deviation: 0.6 },
    basketLog: { mean: 3.6, deviation: 0.6 },
    newShare: 0.3,
    mobileShare: 0.75,
    reportsFailedPayments: false,
  },
} as const satisfies Record<string, Shop>;

export type ShopName = keyof typeof SHOPS;
