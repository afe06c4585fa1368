import { contextOf, orderContext } from "../../orders.ts";
import { shopperOf } from "../../shoppers.ts";
import { around, basket, DAY_MS, MINUTE_MS, pricedBetween, type Scene } from "./scene.ts";

const ORDERS_BEFORE = 4;
const STOLEN_LINES = 6;

export const accountTakeover: Scene = {
  slug: "account-takeover",
  name: "Take over an account",
  what: `A customer in Britain has ordered ${ORDERS_BEFORE} times in a month. Now somebody signs in as her from a new device in the United States and orders far more, with a new card.`,
  expect: `Her ${ORDERS_BEFORE} orders pass. The last one is an alert: first order from and to a new country, on a new device.`,
  events({ id, endMs, catalogue }) {
    const userId = `play-${id}-customer`;
    const customer = shopperOf(id, "customer", "GB");
    const thief = shopperOf(id, "account thief", "US");
    const goods = pricedBetween(catalogue, 495, 1_295);
    const own = Array.from({ length: ORDERS_BEFORE }, (_, index) => {
      const product = around(goods, index);
      return {
        id: `evt_play_${id}_own_${index}`,
        name: "purchase",
        timestamp: new Date(endMs - (ORDERS_BEFORE - index) * 7 * DAY_MS).toISOString(),
        user_id: userId,
        transaction_id: `PLAY-${id}-O${index}`,
        ...basket([[product, 2, product.priceMinor]]),
        ...orderContext(customer, "GB"),
      };
    });
    const stolen = Array.from({ length: STOLEN_LINES }, (_, index) => around(goods, ORDERS_BEFORE + index));
    return [
      ...own,
      {
        id: `evt_play_${id}_login`,
        name: "login",
        timestamp: new Date(endMs - 6 * MINUTE_MS).toISOString(),
        client_id: thief.clientId,
        user_id: userId,
        context: contextOf(thief),
      },
      {
        id: `evt_play_${id}_taken`,
        name: "purchase",
        timestamp: new Date(endMs).toISOString(),
        user_id: userId,
        transaction_id: `PLAY-${id}-T`,
        ...basket(stolen.map((product) => [product, 3, product.priceMinor])),
        ...orderContext(thief, "US"),
      },
    ];
  },
};
