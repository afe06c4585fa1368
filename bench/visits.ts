import { shopperOf } from "../local/shoppers.ts";
import type { Event, Item } from "../shared/event.ts";

/**
 * What comes with an order. Of the events that shops have published of themselves (REES46, Taobao, RetailRocket) 90 to 98 in 100 are
 * views, 1 to 6 things put into a cart, and 1 to 2 purchases.
 */
const VIEWS = 46;
const CARTS = 3;
/** Pages that a visitor looks at; whoever buys looks at as many before. */
const VIEWS_OF_VISIT = 6;
const STEP_MS = 20_000;

interface Timed {
  event: Event;
  atMs: number;
}

/**
 * Each order among visits to the things that are in it: its buyer's own, and those of others who buy nothing. Oldest first.
 *
 * @param run what sessions end with
 */
export function visitsAround(orders: readonly Timed[], run: string): Event[] {
  const timed = orders.flatMap(({ event, atMs }) =>
    event.name === "purchase" ? [...stepsTo(event, atMs, run), { event, atMs }] : [{ event, atMs }],
  );
  return timed.toSorted((a, b) => a.atMs - b.atMs).map(({ event }) => event);
}

function stepsTo(order: Event, atMs: number, run: string): Timed[] {
  const items = order.items ?? [];
  return Array.from({ length: VIEWS + CARTS }, (_step, at) => {
    const isCart = at >= VIEWS;
    const item = items[at % items.length] ?? {};
    // The last visit is the buyer's, and the things go into the cart in it.
    const visit = Math.floor((VIEWS + CARTS - 1 - at) / VIEWS_OF_VISIT);
    const stepMs = atMs - (VIEWS + CARTS - at) * STEP_MS;
    const who = visit === 0 ? buyerOf(order, run) : visitorOf(order, visit, run);
    return { event: isCart ? cartAdd(who, item, stepMs) : view(who, item, stepMs), atMs: stepMs };
  });
}

type Who = Pick<Event, "user_id" | "client_id" | "session_id" | "context">;

function buyerOf({ id, user_id, client_id, context }: Event, run: string): Who {
  return { user_id, client_id, session_id: `${id}-0-${run}`, context };
}

/** Somebody of whom the shop knows no more than the device. */
function visitorOf({ id, context }: Event, visit: number, run: string): Who {
  const { clientId, ip, userAgent } = shopperOf(run, `${id} visitor ${visit}`, undefined);
  return {
    client_id: clientId,
    session_id: `${id}-${visit}-${run}`,
    context: { ...context, ip, user_agent: userAgent },
  };
}

function view(who: Who, item: Item, atMs: number): Event {
  const page = { url: `https://shop.example/products/${item.item_id}`, title: item.item_name };
  return { ...step("view_item", who, atMs), items: [item], context: { ...who.context, page } };
}

function cartAdd(who: Who, item: Item, atMs: number): Event {
  return { ...step("add_to_cart", who, atMs), items: [item], currency: "GBP" };
}

function step(name: string, who: Who, atMs: number): Event {
  return { id: "", name, timestamp: new Date(atMs).toISOString(), ...who };
}
