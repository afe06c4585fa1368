import { html, json, type Markup } from "../html.ts";
import { priceText } from "../money.ts";
import { itemOf } from "../tracks.ts";
import type { CartLine } from "../cart.ts";
import type { Product } from "../catalogue.ts";

/** Pictures of products are drawn by the server; their size is given, so that nothing moves when they come. */
export function tile(product: Product, size: "small" | "card" | "large", isLazy = false): Markup {
  const pixels = { small: 64, card: 240, large: 480 }[size];
  return html`<img
    class="tile tile-${size}"
    src="/tiles/${product.id}.svg"
    width="${pixels}"
    height="${pixels}"
    alt=""
    loading="${isLazy ? "lazy" : "eager"}"
    decoding="async"
  />`;
}

/** The first rows of a list are on screen at once. */
const AT_ONCE = 8;

/** @param listName of the list, as `select_item` tells it when one is chosen */
export function productList(products: readonly Product[], listName: string): Markup {
  return html`<ul class="products" role="list">
    ${products.map(
      (product, index) =>
        html`<li class="product">
          <a
            class="product-link"
            href="/products/${product.id}"
            data-list="${listName}"
            data-item="${json(itemOf(product))}"
          >
            ${tile(product, "card", index >= AT_ONCE)}
            <span class="product-name">${product.name}</span>
          </a>
          <span class="price">${priceText(product.priceMinor)}</span>
        </li>`,
    )}
  </ul>`;
}

/** What an order comes to, line by line. */
export function orderLines(lines: readonly CartLine[]): Markup {
  return html`<ul class="lines" role="list">
    ${lines.map(
      ({ product, quantity, totalMinor }) =>
        html`<li class="line">
          ${tile(product, "small")}
          <span class="line-name">${product.name} <span class="quiet">× ${quantity}</span></span>
          <span class="price">${priceText(totalMinor)}</span>
        </li>`,
    )}
  </ul>`;
}

/** @param shipping null while it is not known where to */
export function sums(goods: number, shipping: number | null): Markup {
  return html`<dl class="sums">
    <div>
      <dt>Goods</dt>
      <dd>${priceText(goods)}</dd>
    </div>
    <div>
      <dt>Delivery</dt>
      <dd>${shipping === null ? "at checkout" : shipping === 0 ? "free" : priceText(shipping)}</dd>
    </div>
    <div class="sums-total">
      <dt>Total</dt>
      <dd>${priceText(goods + (shipping ?? 0))}</dd>
    </div>
  </dl>`;
}

export interface Field {
  name: string;
  label: string;
  value: string;
  /** What is wrong with it; null when nothing is. */
  error: string | null;
  type?: "text" | "email";
  autocomplete: string;
  hint?: string;
}

/** A field with its label, and what is wrong with it where a screen reader reads it. */
export function field({ name, label, value, error, type = "text", autocomplete, hint }: Field): Markup {
  const note = error ?? hint ?? null;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      maxlength="254"
      required
      ${error !== null && html`aria-invalid="true"`}
      ${note !== null && html`aria-describedby="${name}-note"`}
    />
    ${note !== null && html`<p class="${error === null ? "hint" : "error"}" id="${name}-note">${note}</p>`}
  </div>`;
}
