import { randomBytes } from "node:crypto";
import { BoundedMap } from "../../shared/bounded-map.ts";
import { EMPTY_CART, type Cart, type CartLine } from "./cart.ts";
import type { Told, Verdict } from "./teller.ts";
import type { Track } from "./tracks.ts";

export interface Address {
  email: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  postcode: string;
}

export interface Order {
  /** Made when the checkout begins, so that paying twice for it is noticed. */
  number: string;
  lines: readonly CartLine[];
  /** Pence. */
  shippingMinor: number;
  address: Address;
  placedAtMs: number;
  /** Held back until somebody has looked at it. */
  isInReview: boolean;
  /** What the edge said in time; null when it did not. */
  verdict: Verdict | null;
}

export interface Account {
  userId: string;
  email: string;
  /** Newest first. */
  orders: Order[];
}

/** A checkout that was begun. */
export interface Checkout {
  number: string;
  address: Address | null;
  /** The order while it is being placed, so that a second click waits for the first. */
  placing: Promise<Order | null> | null;
}

/** A browser, as its cookie names it. */
export interface Visitor {
  readonly id: string;
  cart: Cart;
  account: Account | null;
  checkout: Checkout | null;
  /** Newest first. */
  orders: Order[];
  /** For the next page only: what to track there and what to say. */
  tracks: Track[];
  notice: string | null;
  /** What the shop's server told the edge for this visitor, oldest first; the panel shows it. */
  told: Told[];
  /** The scene that was played last, and its part of `told`. */
  played: { slug: string; told: readonly Told[] } | null;
}

const VISITORS_KEPT = 10_000;
const ORDERS_KEPT = 20;
const TOLD_KEPT = 100;

export interface Visitors {
  /** The visitor of a cookie, or somebody new who is forgotten unless kept. */
  of(cookie: string | undefined): Visitor;
  keep(visitor: Visitor): void;
  /** Signs in with an e-mail. That is all it takes: this is a demo. @returns whether the account is new */
  signIn(visitor: Visitor, email: string): boolean;
}

/** Everything in memory, bounded; a restart forgets it. */
export function createVisitors(): Visitors {
  const visitors = new BoundedMap<Visitor>(VISITORS_KEPT);
  const accounts = new BoundedMap<Account>(VISITORS_KEPT);
  return {
    of(cookie) {
      const found = cookie === undefined ? undefined : visitors.get(cookie);
      if (found === undefined) return newVisitor();
      // The ones who came last are kept.
      visitors.set(found.id, found);
      return found;
    },
    keep: (visitor) => visitors.set(visitor.id, visitor),
    signIn(visitor, email) {
      const name = email.toLowerCase();
      const known = accounts.get(name);
      const account = known ?? { userId: `shopper-${randomBytes(6).toString("hex")}`, email, orders: [] };
      accounts.set(name, account);
      visitor.account = account;
      return known === undefined;
    },
  };
}

export function rememberOrder(visitor: Visitor, order: Order): void {
  visitor.orders = [order, ...visitor.orders].slice(0, ORDERS_KEPT);
  if (visitor.account !== null) visitor.account.orders = [order, ...visitor.account.orders].slice(0, ORDERS_KEPT);
}

export function rememberTold(visitor: Visitor, told: readonly Told[]): void {
  visitor.told = [...visitor.told, ...told].slice(-TOLD_KEPT);
}

function newVisitor(): Visitor {
  return {
    id: randomBytes(16).toString("hex"),
    cart: EMPTY_CART,
    account: null,
    checkout: null,
    orders: [],
    tracks: [],
    notice: null,
    told: [],
    played: null,
  };
}
