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
  links: Partial<Record<Link, string>>;
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
