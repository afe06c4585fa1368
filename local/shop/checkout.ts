import { randomBytes } from "node:crypto";
import * as z from "zod";
import { page, see, type Answer, type Visit } from "./answer.ts";
import { goodsMinor, linesOf, shippingMinor, type CartLine } from "./cart.ts";
import type { Catalogue } from "./catalogue.ts";
import { COUNTRIES } from "./countries.ts";
import { addressPage, NO_ERRORS, paymentPage, thankYouPage, type AddressErrors } from "./pages/checkout.ts";
import { missingPage } from "./pages/missing.ts";
import { placeOrder } from "./place-order.ts";
import type { Teller } from "./teller.ts";
import { cardWithToken } from "./test-cards.ts";
import { cartTrack } from "./tracks.ts";
import type { Address, Checkout, Order, Visitor } from "./visitors.ts";

/** As the edge takes it. */
export const Email = z.email({ pattern: z.regexes.unicodeEmail }).max(254);
/** Letters, digits, spaces and hyphens: every country's here. */
const Postcode = z.string().regex(/^[\p{L}\d][\p{L}\d -]{1,11}$/u);
/** An id that the page takes from the snippet. */
const PageId = z.string().regex(/^[\w.:-]{1,100}$/);

/** From the cart to the thank-you page: where to, how to pay, done. */
export function createCheckout(catalogue: Catalogue, teller: Pick<Teller, "tell">) {
  return {
    address({ visitor }: Visit): Answer {
      const lines = linesOf(visitor.cart, catalogue);
      if (lines.length === 0) return see("/cart");
      const typed = begun(visitor).address ?? { email: visitor.account?.email ?? "", country: "GB", postcode: "" };
      return page({ ...addressPage(lines, typed, NO_ERRORS), tracks: [cartTrack("begin_checkout", lines)] });
    },

    takeAddress({ visitor, form }: Visit): Answer {
      const lines = linesOf(visitor.cart, catalogue);
      if (lines.length === 0) return see("/cart");
      const typed = addressIn(form);
      const errors = errorsOf(typed);
      if (Object.values(errors).some((error) => error !== null)) return page(addressPage(lines, typed, errors));
      begun(visitor).address = typed;
      const shippingTier = typed.country === "GB" ? "home" : "abroad";
      visitor.tracks.push(cartTrack("add_shipping_info", lines, { shipping_tier: shippingTier }));
      return see("/checkout/payment");
    },

    payment({ visitor }: Visit): Answer {
      const lines = linesOf(visitor.cart, catalogue);
      const { number, address } = begun(visitor);
      if (lines.length === 0) return see("/cart");
      if (address === null) return see("/checkout");
      return page(paymentPage(number, lines, address));
    },

    /** Pays once for each checkout, however often it is asked to. */
    async pay(visit: Visit): Promise<Answer> {
      const { visitor, form } = visit;
      const number = form.get("number") ?? "";
      if (visitor.orders.some((order) => order.number === number)) return see(`/orders/${number}`);
      const { checkout } = visitor;
      if (checkout === null || checkout.number !== number || checkout.address === null) return see("/checkout");
      checkout.placing ??= place(visit, checkout, checkout.address);
      const order = await checkout.placing;
      checkout.placing = null;
      if (order === null) return see("/checkout/payment");
      visitor.checkout = null;
      return see(`/orders/${order.number}`);
    },

    order({ visitor, named }: Visit): Answer {
      const own = [...visitor.orders, ...(visitor.account?.orders ?? [])];
      const order = own.find(({ number }) => number === named);
      return page(order === undefined ? missingPage() : thankYouPage(order));
    },
  };

  /** @returns null, with a notice for the shopper, when nothing was paid */
  async function place(visit: Visit, { number }: Checkout, address: Address): Promise<Order | null> {
    const { visitor, form, from } = visit;
    const lines = linesOf(visitor.cart, catalogue);
    const card = cardWithToken(form.get("card_token") ?? "");
    if (lines.length === 0 || card === undefined) {
      visitor.notice = "There was no card to pay with. Choose one of the test cards.";
      return null;
    }
    const attempt = {
      number,
      lines,
      shippingMinor: shippingOf(lines, address),
      address,
      card,
      visitor,
      clientId: pageIdIn(form, "client_id"),
      sessionId: pageIdIn(form, "session_id"),
      from,
      atMs: Date.now(),
    };
    const order = await placeOrder(attempt, teller);
    if (order === null) visitor.notice = "Your card was declined. Nothing was charged. Try another card.";
    return order;
  }
}

/** The visitor's checkout; a new one when none was begun. */
function begun(visitor: Visitor): Checkout {
  visitor.checkout ??= { number: newOrderNumber(), address: null, placing: null };
  return visitor.checkout;
}

/** `HL-` and 8 digits of a base of 32, none of which is easily misread. */
function newOrderNumber(): string {
  const digits = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  return `HL-${[...randomBytes(8)].map((byte) => digits.charAt(byte % 32)).join("")}`;
}

export function shippingOf(lines: readonly CartLine[], { country }: Pick<Address, "country">): number {
  return shippingMinor(goodsMinor(lines), country);
}

function addressIn(form: URLSearchParams): Address {
  const valueOf = (name: string) => (form.get(name) ?? "").trim();
  return { email: valueOf("email"), country: valueOf("country"), postcode: valueOf("postcode").toUpperCase() };
}

function errorsOf({ email, country, postcode }: Address): AddressErrors {
  return {
    email: Email.safeParse(email).success ? null : "Type an e-mail address, such as name@example.com.",
    country: COUNTRIES.has(country) ? null : "Choose a country we send to.",
    postcode: Postcode.safeParse(postcode).success ? null : "Type a postcode, such as SW1A 1AA.",
  };
}

function pageIdIn(form: URLSearchParams, name: string): string | null {
  const id = PageId.safeParse(form.get(name));
  return id.success ? id.data : null;
}
