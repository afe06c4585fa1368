import type { AttackName } from "../world.ts";
import { accountTakeover } from "./account-takeover.ts";
import type { Attack } from "./attack.ts";
import { botTraffic } from "./bot-traffic.ts";
import { bulkReseller } from "./bulk-reseller.ts";
import { cardTesting } from "./card-testing.ts";
import { couponAbuse } from "./coupon-abuse.ts";
import { geoAnomaly } from "./geo-anomaly.ts";
import { inventoryHoarding } from "./inventory-hoarding.ts";
import { priceGlitch } from "./price-glitch.ts";
import { refundAbuse } from "./refund-abuse.ts";
import { unusualCart } from "./unusual-cart.ts";
import { velocity } from "./velocity.ts";

/** Every attack, by name. */
export const ATTACKS: Readonly<Record<AttackName, Attack>> = {
  card_testing: cardTesting,
  account_takeover: accountTakeover,
  velocity,
  geo_anomaly: geoAnomaly,
  bulk_reseller: bulkReseller,
  inventory_hoarding: inventoryHoarding,
  coupon_abuse: couponAbuse,
  refund_abuse: refundAbuse,
  price_glitch: priceGlitch,
  bot_traffic: botTraffic,
  unusual_cart: unusualCart,
};
