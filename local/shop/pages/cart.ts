import type { Page } from "../answer.ts";
import { FREE_SHIPPING_MINOR, goodsMinor, QUANTITY_MAX, type CartLine } from "../cart.ts";
import { html, type Markup } from "../html.ts";
import { priceText } from "../money.ts";
import { sums, tile } from "./parts.ts";

export function cartPage(lines: readonly CartLine[]): Page {
  const title = "Your basket";
  if (lines.length === 0) {
    return {
      title,
      main: html`<div class="narrow">
        <h1>${title}</h1>
        <p>It is empty. <a href="/">Have a look around</a>.</p>
      </div>`,
    };
  }
  const goods = goodsMinor(lines);
  const missing = FREE_SHIPPING_MINOR - goods;
  return {
    title,
    main: html`<h1>${title}</h1>
      <div class="columns">
        <ul class="lines" role="list">
          ${lines.map(cartLine)}
        </ul>
        <section class="summary" aria-label="Summary">
          ${sums(goods, null)}
          <p class="hint">
            ${missing > 0 ? `${priceText(missing)} more and delivery is free in the United Kingdom.` : "Delivery is free in the United Kingdom."}
          </p>
          <a class="button" href="/checkout">Check out</a>
        </section>
      </div>`,
  };
}

function cartLine({ product, quantity, totalMinor }: CartLine): Markup {
  const { id, name, priceMinor } = product;
  return html`<li class="line">
    <a href="/products/${id}" tabindex="-1" aria-hidden="true">${tile(product, "small")}</a>
    <div class="line-name">
      <a href="/products/${id}">${name}</a>
      <span class="quiet">${priceText(priceMinor)} each</span>
    </div>
    <form class="line-form" method="post" action="/cart/change">
      <input type="hidden" name="id" value="${id}" />
      <label class="unseen" for="quantity-${id}">Quantity of ${name}</label>
      <input
        id="quantity-${id}"
        name="quantity"
        type="number"
        value="${quantity}"
        min="0"
        max="${QUANTITY_MAX}"
        inputmode="numeric"
        required
      />
      <button class="plain" type="submit">Update<span class="unseen"> ${name}</span></button>
    </form>
    <form class="line-form" method="post" action="/cart/change">
      <input type="hidden" name="id" value="${id}" />
      <input type="hidden" name="quantity" value="0" />
      <button class="plain" type="submit">Remove<span class="unseen"> ${name}</span></button>
    </form>
    <span class="price">${priceText(totalMinor)}</span>
  </li>`;
}
