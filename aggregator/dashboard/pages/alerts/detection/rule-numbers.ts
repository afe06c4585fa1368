import type { Answer } from "../../../api/client.ts";

export type RuleNumbers = Answer<"get", "/v1/detection-settings">["rules"];
export type RuleNumberName = keyof RuleNumbers;

export interface RuleNumber {
  name: RuleNumberName;
  label: string;
  /** What it counts, and over what time. */
  words: string;
  /** What holds where neither the shop nor the deployment says otherwise. */
  usual: number;
}

/** The numbers of the named rules, by the rule they belong to. A test holds them equal to shared/rules/settings.ts. */
export const RULE_NUMBERS: readonly { rule: string; numbers: readonly RuleNumber[] }[] = [
  {
    rule: "Card testing",
    numbers: [
      {
        name: "card_testing_cards",
        label: "Cards in 1 h",
        words:
          "Different cards through one customer or device, this one included; half as many again through a network.",
        usual: 4,
      },
      {
        name: "card_testing_declines",
        label: "Declines in 1 h",
        words: "Declined payments through one customer or device, or of one card.",
        usual: 5,
      },
    ],
  },
  {
    rule: "Account takeover",
    numbers: [
      {
        name: "takeover_orders_before",
        label: "Orders before",
        words: "A customer must have made before a change of country and device is strange.",
        usual: 3,
      },
      {
        name: "takeover_logins_per_hour",
        label: "Logins in 1 h",
        words: "Through one device or network, from which strangers among them are suspect.",
        usual: 6,
      },
    ],
  },
  {
    rule: "Velocity",
    numbers: [
      {
        name: "velocity_orders",
        label: "Orders in 1 h",
        words: "Of one customer or card, this one included.",
        usual: 6,
      },
    ],
  },
  {
    rule: "Impossible travel",
    numbers: [
      {
        name: "geo_speed_kmh",
        label: "Speed, km/h",
        words: "That nobody travels at: airliners fly at 900.",
        usual: 1_000,
      },
      {
        name: "geo_distance_km",
        label: "Distance, km",
        words: "Below it, places known from addresses may be wrong.",
        usual: 1_000,
      },
    ],
  },
  {
    rule: "Bulk resellers",
    numbers: [
      {
        name: "bulk_pieces",
        label: "Pieces",
        words: "Of one item in one order; below it nobody is a reseller.",
        usual: 20,
      },
      { name: "bulk_euros", label: "Euros", words: "Of an order; below it nobody buys for resale.", usual: 300 },
      {
        name: "bulk_repeats",
        label: "Repeats in 1 d",
        words: "Orders of mainly the same item by one customer, device or card.",
        usual: 5,
      },
    ],
  },
  {
    rule: "Hoarding",
    numbers: [
      {
        name: "hoarding_pieces",
        label: "Pieces in 1 h",
        words: "Put into carts by one customer or device without an order.",
        usual: 40,
      },
    ],
  },
  {
    rule: "Coupon abuse",
    numbers: [
      {
        name: "coupon_codes",
        label: "Codes in 1 h",
        words: "Different ones tried by one customer, device or card.",
        usual: 15,
      },
      {
        name: "coupon_accounts",
        label: "Customers in 7 d",
        words: "Ordering with a coupon on one device or card.",
        usual: 4,
      },
    ],
  },
  {
    rule: "Refund abuse",
    numbers: [
      {
        name: "refund_count",
        label: "Refunds in 30 d",
        words: "To one customer or card, this one included.",
        usual: 4,
      },
      {
        name: "refund_share",
        label: "Share, 0 to 1",
        words: "Of the money and of the orders of 30 d that they give back.",
        usual: 0.75,
      },
    ],
  },
  {
    rule: "Price glitch",
    numbers: [
      {
        name: "price_glitch_factor",
        label: "Factor",
        words: "By which a price differs from the item’s usual one, up or down.",
        usual: 4,
      },
    ],
  },
  {
    rule: "Bots",
    numbers: [
      {
        name: "bot_views_per_minute",
        label: "Pages in 1 min",
        words: "Looked at by one customer or device.",
        usual: 45,
      },
      {
        name: "bot_gap_variation",
        label: "Evenness",
        words: "Deviation of the gaps between pages over their mean; below it a timer turns them. People’s is about 1.",
        usual: 0.2,
      },
      {
        name: "bot_sign_ups_per_day",
        label: "Sign-ups in 1 d",
        words: "Through one network, by which hardly anything is bought.",
        usual: 12,
      },
    ],
  },
  {
    rule: "Unusual carts",
    numbers: [
      { name: "cart_euros_most", label: "Euros, above", words: "An order is unusual in any shop.", usual: 10_000 },
      { name: "cart_euros_least", label: "Euros, below", words: "An order is unusual in any shop.", usual: 1 },
      {
        name: "cart_adds_per_minute",
        label: "Additions in 1 min",
        words: "Something may be put into the cart by one customer or device.",
        usual: 100,
      },
    ],
  },
];
