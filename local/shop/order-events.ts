import { createHash, randomBytes } from "node:crypto";
import type { Event } from "../../shared/event.ts";
import { pounds } from "../orders.ts";
import type { Visit } from "./answer.ts";
import { goodsMinor, type CartLine } from "./cart.ts";
import { CURRENCY } from "./money.ts";
import type { TestCard } from "./test-cards.ts";
import { itemsOf } from "./tracks.ts";
import type { Address, Visitor } from "./visitors.ts";

/** Everything about one try to pay. */
export interface Attempt {
  number: string;
  lines: readonly CartLine[];
  /** Pence. */
  shippingMinor: number;
  address: Address;
  card: TestCard;
  visitor: Visitor;
  /** As the page gives them; null where the snippet did not run. */
  clientId: string | null;
  sessionId: string | null;
  from: Visit["from"];
  atMs: number;
}

/** The order that was paid. Its id is made of the order's number: however often it is sent, it is one purchase. */
export function purchaseOf(attempt: Attempt): Event {
  return { id: `evt_shop_${attempt.number}`, name: "purchase", ...paid(attempt, { outcome: "authorized" }) };
}

/** A card that was declined. Each try is an event of its own. */
export function paymentFailedOf(attempt: Attempt): Event {
  const { declineCode } = attempt.card;
  return {
    id: `evt_shop_${attempt.number}-${randomBytes(4).toString("hex")}`,
    name: "payment_failed",
    ...paid(attempt, { outcome: "declined", ...(declineCode === null ? {} : { decline_code: declineCode }) }),
  };
}

function paid(attempt: Attempt, outcome: Pick<NonNullable<Event["payment"]>, "outcome" | "decline_code">) {
  const { number, lines, address, card, visitor, from } = attempt;
  return {
    timestamp: new Date(attempt.atMs).toISOString(),
    ...(attempt.clientId === null ? {} : { client_id: attempt.clientId }),
    ...(attempt.sessionId === null ? {} : { session_id: attempt.sessionId }),
    ...(visitor.account === null ? {} : { user_id: visitor.account.userId }),
    email: address.email,
    transaction_id: number,
    value: pounds(goodsMinor(lines)),
    currency: CURRENCY,
    shipping: pounds(attempt.shippingMinor),
    items: itemsOf(lines),
    payment: {
      method: "card",
      card_fingerprint: fingerprintOf(card, visitor),
      bin: card.bin,
      card_country: card.country,
      ...outcome,
    },
    shipping_address: { country: address.country, postal_code: address.postcode },
    context: {
      ...(from.ip === undefined ? {} : { ip: from.ip }),
      ...(from.userAgent === undefined ? {} : { user_agent: from.userAgent }),
    },
  } satisfies Partial<Event>;
}

/** A provider's name for a card that tells nothing of it. Everybody has test cards of their own here, as people do. */
function fingerprintOf({ token }: TestCard, { id }: Visitor): string {
  return `card-${createHash("sha256").update(`${id} ${token}`).digest("hex").slice(0, 16)}`;
}
