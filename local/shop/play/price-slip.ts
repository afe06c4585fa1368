import { orderContext } from "../../orders.ts";
import { shopperOf } from "../../shoppers.ts";
import { around, basket, DAY_MS, MINUTE_MS, pricedBetween, type Scene } from "./scene.ts";

const USUAL_ORDERS = 8;
const SLIPPED_ORDERS = 3;
const SLIPPED_MINOR = 5;

export const priceSlip: Scene = {
  slug: "price-slip",
  name: "Let a price slip",
  what: `Somebody types £0.05 into the price list. ${USUAL_ORDERS} shoppers bought the thing at its price this week; now ${SLIPPED_ORDERS} get it for five pence.`,
  expect: `The ${USUAL_ORDERS} usual orders pass. The ${SLIPPED_ORDERS} cheap ones are alerts that name the item and its usual price.`,
  events({ id, count, endMs, catalogue }) {
    // Another one each time: a price that stays is usual in the end.
    const product = around(pricedBetween(catalogue, 395, 1_295), count);
    const order = (index: number, atMs: number, priceMinor: number) => ({
      id: `evt_play_${id}_price_${index}`,
      name: "purchase",
      timestamp: new Date(atMs).toISOString(),
      user_id: `play-${id}-${index}`,
      transaction_id: `PLAY-${id}-P${index}`,
      ...basket([[product, 1 + (index % 2), priceMinor]]),
      ...orderContext(shopperOf(id, `price ${index}`, "GB"), "GB"),
    });
    const usual = Array.from({ length: USUAL_ORDERS }, (_, index) =>
      order(index, endMs - ((USUAL_ORDERS - index) * 6 * DAY_MS) / USUAL_ORDERS, product.priceMinor),
    );
    const slipped = Array.from({ length: SLIPPED_ORDERS }, (_, index) =>
      order(USUAL_ORDERS + index, endMs - (SLIPPED_ORDERS - index) * MINUTE_MS, SLIPPED_MINOR),
    );
    return [...usual, ...slipped];
  },
};
