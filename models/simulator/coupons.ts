import { below, chance, exponential, type Random } from "../../shared/random.ts";
import { DAY_MS, isSale } from "./calendar.ts";
import type { Customer } from "./customers.ts";
import type { Session } from "./session.ts";

/** What a code takes off, as a share of the goods. */
export interface Coupon {
  code: string;
  share: number;
}

/** For a first order; one each. */
export const WELCOME: Coupon = { code: "WELCOME15", share: 0.15 };

const CAMPAIGN_DAYS = 14;
/** Shares of the orders someone tries a code for: on an ordinary day, in a sale, on a first order. */
const TRIES = { usual: 0.08, sale: 0.2, first: 0.25 } as const;
/** Of those who try one: who types it wrong or has an old one first, and whose browser tries all it has heard of. */
const MISHAPS = { mistaken: 0.12, extension: 0.01 } as const;

/** The code in everybody's newsletter this fortnight. */
export function campaignAt(atMs: number): Coupon {
  const number = Math.floor(atMs / DAY_MS / CAMPAIGN_DAYS);
  return { code: `NEWS${100 + (number % 900)}`, share: number % 5 === 0 ? 0.2 : 0.1 };
}

/** A customer at the checkout may try a code, and another. @returns what is taken off; null when nothing is */
export function tryCoupon(session: Session, customer: Customer, random: Random): Coupon | null {
  const isFirst = customer.orders === 0;
  const share = isFirst ? TRIES.first : isSale(session.atMs) ? TRIES.sale : TRIES.usual;
  if (!chance(random, share)) return null;
  const coupon = isFirst && chance(random, 0.7) ? WELCOME : campaignAt(session.atMs);
  if (chance(random, MISHAPS.extension)) {
    for (let tries = 4 + below(random, 8); tries > 0; tries--) {
      session.pause(700);
      enter(session, "coupon_rejected", anyCode(random));
    }
    if (chance(random, 0.5)) return null;
  } else if (chance(random, MISHAPS.mistaken)) {
    for (let tries = 1 + Math.floor(exponential(random, 0.8)); tries > 0; tries--) {
      const old = campaignAt(session.atMs - CAMPAIGN_DAYS * DAY_MS).code;
      enter(session, "coupon_rejected", chance(random, 0.5) ? old : `${coupon.code}${below(random, 10)}`);
    }
    if (chance(random, 0.3)) return null;
  }
  enter(session, "coupon_applied", coupon.code);
  return coupon;
}

/** A code is entered, and taken or not. */
export function enter(session: Session, name: "coupon_applied" | "coupon_rejected", code: string): void {
  session.step(name).event.coupon = code;
}

/** A code that somebody heard of or made up. */
export function anyCode(random: Random): string {
  const word = ["SAVE", "VIP", "DEAL", "FREE", "NEWS", "OFF"][below(random, 6)] ?? "";
  return `${word}${below(random, 1_000)}`;
}
