/** What an event is to a profile. An order and a decline are payment attempts; a step is anything that only shows presence. */
export const ACTS = [
  "order",
  "decline",
  "refund",
  "login",
  "sign_up",
  "coupon_refused",
  "cart_add",
  "checkout",
  "view",
  "step",
] as const;
export type Act = (typeof ACTS)[number];

/** What an entity can be seen together with. */
export const LINKS = [
  "customer",
  "card",
  "device",
  "country",
  "destination",
  "address",
  "category",
  "coupon",
  "item",
  "software",
] as const;
export type Link = (typeof LINKS)[number];

/** Who and what an event names. */
export type Links = { [Name in Link]?: string | undefined };

/** The keys of links, in the order of `LINKS`. */
export function linksInOrder(links: Links): (string | undefined)[] {
  return [
    links.customer,
    links.card,
    links.device,
    links.country,
    links.destination,
    links.address,
    links.category,
    links.coupon,
    links.item,
    links.software,
  ];
}

/** One event as a profile sees it. */
export interface Observation {
  /** The event's id, by which the keeper of profiles lets them learn from it once. */
  id: string;
  atMs: number;
  act: Act;
  /** ln(1 + euros) of a payment attempt or refund; null when it carries no amount. */
  amountLog: number | null;
  /** Pieces put into the cart or ordered; 0 for other acts. */
  units: number;
  links: Links;
  /** Where the shopper is, in degrees; null when that is not known. */
  place: Place | null;
  /** The shopper's session; null when the event names none. */
  visit: string | null;
}

export interface Place {
  latitude: number;
  longitude: number;
}

/** Whether an act is an attempt to pay. */
export function isPayment(act: Act): boolean {
  return act === "order" || act === "decline";
}
