import type { Teller } from "./teller.ts";
import { withQuantity } from "./cart.ts";
import { paymentFailedOf, purchaseOf, type Attempt } from "./order-events.ts";
import { rememberOrder, rememberTold, type Order } from "./visitors.ts";

/**
 * Pay and place an order, and tell the edge either way. What the edge makes of it decides: an anomaly is held back until somebody has
 * looked at it; everything else goes out, also what the edge gave no verdict on in time.
 *
 * @returns null when the card was declined
 */
export async function placeOrder(attempt: Attempt, { tell }: Pick<Teller, "tell">): Promise<Order | null> {
  const { visitor, number, lines, shippingMinor, address, atMs } = attempt;
  const isDeclined = attempt.card.declineCode !== null;
  const told = await tell(isDeclined ? paymentFailedOf(attempt) : purchaseOf(attempt));
  rememberTold(visitor, [told]);
  if (isDeclined) return null;

  const verdict = "verdict" in told.outcome ? told.outcome.verdict : null;
  const isInReview = verdict?.anomaly === true;
  const order: Order = { number, lines, shippingMinor, address, placedAtMs: atMs, isInReview, verdict };
  rememberOrder(visitor, order);
  // What was added meanwhile in another tab stays.
  for (const { product, quantity } of lines) {
    const left = (visitor.cart.get(product.id) ?? 0) - quantity;
    visitor.cart = withQuantity(visitor.cart, product.id, left);
  }
  return order;
}
