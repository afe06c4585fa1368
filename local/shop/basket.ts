import { page, see, type Answer, type Visit } from "./answer.ts";
import { linesOf, withAdded, withQuantity } from "./cart.ts";
import type { Catalogue } from "./catalogue.ts";
import { cartPage } from "./pages/cart.ts";
import { missingPage } from "./pages/missing.ts";
import { cartTrack, productTrack } from "./tracks.ts";

/** The cart: looking at it, and changing it. What changed is tracked by the page that is shown next. */
export function createBasket(catalogue: Catalogue) {
  return {
    view({ visitor }: Visit): Answer {
      const lines = linesOf(visitor.cart, catalogue);
      return page({ ...cartPage(lines), tracks: lines.length === 0 ? [] : [cartTrack("view_cart", lines)] });
    },

    /** Adds to the cart. */
    add({ visitor, form }: Visit): Answer {
      const product = catalogue.find(form.get("id") ?? "");
      if (product === undefined) return page(missingPage());
      const added = Math.max(1, quantityIn(form) ?? 1);
      const before = visitor.cart.get(product.id) ?? 0;
      visitor.cart = withAdded(visitor.cart, product.id, added);
      const more = (visitor.cart.get(product.id) ?? 0) - before;
      visitor.notice = more === 0 ? "Your basket holds no more of this." : `Added: ${product.name}.`;
      if (more > 0) visitor.tracks.push(productTrack("add_to_cart", product, more));
      return see("/cart");
    },

    /** Sets how many of a product there are; 0 removes it. */
    change({ visitor, form }: Visit): Answer {
      const product = catalogue.find(form.get("id") ?? "");
      const quantity = quantityIn(form);
      const before = product === undefined ? undefined : visitor.cart.get(product.id);
      if (product === undefined || quantity === null || before === undefined) return see("/cart");
      visitor.cart = withQuantity(visitor.cart, product.id, quantity);
      const more = (visitor.cart.get(product.id) ?? 0) - before;
      if (more > 0) visitor.tracks.push(productTrack("add_to_cart", product, more));
      if (more < 0) visitor.tracks.push(productTrack("remove_from_cart", product, -more));
      visitor.notice = quantity === 0 ? `Removed: ${product.name}.` : null;
      return see("/cart");
    },
  };
}

/** A whole number; null when it is none. */
function quantityIn(form: URLSearchParams): number | null {
  const text = form.get("quantity") ?? "";
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}
