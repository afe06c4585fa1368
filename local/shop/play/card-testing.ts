import { orderContext, paymentBy } from "../../orders.ts";
import { cardOf, shopperOf } from "../../shoppers.ts";
import { around, basket, MINUTE_MS, pricedBetween, type Scene } from "./scene.ts";

const CARDS = 20;
const COUNTRIES = ["US", "GB", "DE", "FR", "ES", "IT", "CA", "AU"] as const;
const DECLINE_CODES = ["incorrect_cvc", "do_not_honor", "expired_card", "insufficient_funds"] as const;

export const cardTesting: Scene = {
  slug: "card-testing",
  name: "Test stolen cards",
  what: "One browser pays for one cheap thing after the other, with 20 different cards. All are declined.",
  expect:
    "The first few look like a fumbling shopper. From the fourth card on there is an alert, which counts the others.",
  events({ id, endMs, catalogue }) {
    const cheap = pricedBetween(catalogue, 50, 300);
    const thief = shopperOf(id, "card thief", "GB");
    return Array.from({ length: CARDS }, (_, index) => {
      const card = cardOf(`${id} stolen ${index}`, around(COUNTRIES, index));
      const product = around(cheap, index);
      return {
        id: `evt_play_${id}_card_${index}`,
        name: "payment_failed",
        timestamp: new Date(endMs - (CARDS - index) * 0.2 * MINUTE_MS).toISOString(),
        transaction_id: `PLAY-${id}-${index}`,
        ...basket([[product, 1, product.priceMinor]]),
        ...orderContext(thief, "GB"),
        payment: {
          ...paymentBy({ card }),
          outcome: "declined",
          decline_code: around(DECLINE_CODES, index),
        },
      };
    });
  },
};
