/** The slice's invoices as a shop's server would send them to the edge. */
import type { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import type { Invoice, InvoiceLine } from "./retail-slice.ts";
import { countryCode, shopperOf, type Shopper } from "./shoppers.ts";

/** One replay of the slice. */
export interface Run {
  /**
   * 4 to 12 of a-z 0-9. It is part of every id, and of the customers' as well: a second replay of the same weeks is other people's,
   * or each of its orders would be its customer's second within minutes.
   */
  id: string;
  /** When the last event of the replay happened, Unix time. */
  endMs: number;
}

export interface ShopEvent {
  event: Event;
  atMs: number;
}

const CURRENCY = "GBP";

/** Lines that are no goods but what it costs to send them. */
const SHIPPING_CODES = new Set(["POST", "DOT", "C2"]);
/** Lines booked by hand: discounts, corrections, fees, samples. Nobody put them into a basket. */
const ADJUSTMENT_CODES = new Set(["M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"]);

/**
 * The invoices as events, oldest first, moved in time such that the last happens at `run.endMs`; the time between them is kept.
 *
 * An invoice is one `purchase`, a cancellation one `refund`. `value` is the sum of the goods; postage is `shipping`; adjustments are
 * left out, and with them the few invoices that hold nothing else.
 */
export function shopEvents(invoices: readonly Invoice[], run: Run): ShopEvent[] {
  const shiftMs = run.endMs - Math.max(...invoices.map(({ atMs }) => atMs));
  return invoices
    .flatMap((invoice) => {
      const event = eventOf(invoice, invoice.atMs + shiftMs, run);
      return event === null ? [] : [{ event, atMs: invoice.atMs + shiftMs }];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

/** The id under which a customer of the slice shops in a run. */
export function userIdOf(customer: string, run: Run): string {
  return `${customer}-${run.id}`;
}

/** A sum of pence as a decimal number of pounds. */
export function pounds(minor: number): number {
  return minor / 100;
}

function eventOf(invoice: Invoice, atMs: number, run: Run): Event | null {
  const goods = invoice.lines.filter(
    ({ stockCode }) => !SHIPPING_CODES.has(stockCode) && !ADJUSTMENT_CODES.has(stockCode),
  );
  if (goods.length === 0) return null;
  const isCancellation = invoice.number.startsWith("C");
  const shippingMinor = sumMinor(invoice.lines.filter(({ stockCode }) => SHIPPING_CODES.has(stockCode)));
  const shopper = shopperOf(run.id, invoice.customer, countryCode(invoice.country));
  return {
    id: `evt_${run.id}_${invoice.number}`,
    name: isCancellation ? "refund" : "purchase",
    timestamp: new Date(atMs).toISOString(),
    user_id: userIdOf(invoice.customer, run),
    transaction_id: `${invoice.number}-${run.id}`,
    value: pounds(sumMinor(goods)),
    currency: CURRENCY,
    ...(shippingMinor === 0 ? {} : { shipping: pounds(shippingMinor) }),
    // Larger invoices are cut, not split: parts would look like a burst of orders. `value` stays the whole.
    items: goods.slice(0, LIMITS.items).map(itemOf),
    // A refund is booked in the office, not by the shopper.
    ...(isCancellation ? {} : orderContext(shopper, shopper.country)),
  };
}

function itemOf({ stockCode, description, quantity, priceMinor }: InvoiceLine) {
  return { item_id: stockCode, item_name: description, price: pounds(priceMinor), quantity: Math.abs(quantity) };
}

function sumMinor(lines: readonly InvoiceLine[]): number {
  return lines.reduce((sum, { quantity, priceMinor }) => sum + Math.abs(quantity) * priceMinor, 0);
}

/** What a shop's server adds to an order that was paid: device, network, card and destination. */
export function orderContext(
  shopper: Shopper,
  destination: string | undefined,
): Pick<Event, "client_id" | "payment" | "shipping_address" | "context"> {
  return {
    client_id: shopper.clientId,
    payment: { ...paymentBy(shopper), outcome: "authorized" },
    ...(destination === undefined ? {} : { shipping_address: { country: destination } }),
    context: contextOf(shopper),
  };
}

export function paymentBy({ card }: Pick<Shopper, "card">): NonNullable<Event["payment"]> {
  const { fingerprint, bin, country } = card;
  return {
    method: "card",
    card_fingerprint: fingerprint,
    bin,
    ...(country === undefined ? {} : { card_country: country }),
  };
}

export function contextOf({ ip, userAgent, country }: Shopper): NonNullable<Event["context"]> {
  return { ip, user_agent: userAgent, ...(country === undefined ? {} : { geo: { country } }) };
}
