import type { Page } from "../answer.ts";
import { FREE_SHIPPING_MINOR, QUANTITY_MAX, SHIPPING_MINOR } from "../cart.ts";
import type { Catalogue, Product } from "../catalogue.ts";
import { CATEGORIES, type Category } from "../category.ts";
import { html } from "../html.ts";
import { priceText } from "../money.ts";
import { SHOP_NAME } from "./layout.ts";
import { productList, tile } from "./parts.ts";

export function homePage(catalogue: Catalogue, featured: readonly Product[]): Page {
  return {
    title: SHOP_NAME,
    main: html`<section class="hero">
        <div>
          <h1>Small things for the home</h1>
          <p>Hot water bottles, paper chains, tins for tea: what a house is glad of.</p>
          <p><a class="button" href="/categories/christmas">See the Christmas shelf</a></p>
        </div>
        <div class="hero-tiles">${featured.slice(1, 5).map((product) => tile(product, "card"))}</div>
      </section>
      <section aria-labelledby="shelves">
        <h2 id="shelves">Shelves</h2>
        <ul class="shelf-cards" role="list">
          ${CATEGORIES.map(({ slug, name }) => {
            const products = catalogue.inCategory(slug);
            return html`<li>
              <a class="shelf-card" href="/categories/${slug}">
                ${products.slice(0, 1).map((product) => tile(product, "small"))}
                <span>${name} <span class="quiet">${products.length}</span></span>
              </a>
            </li>`;
          })}
        </ul>
      </section>
      <section aria-labelledby="featured">
        <h2 id="featured">Bought most</h2>
        ${productList(featured, "featured")}
      </section>`,
  };
}

export function shelfPage({ name, line }: Category, products: readonly Product[]): Page {
  return {
    title: name,
    main: html`<h1>${name}</h1>
      <p class="lead">${line}</p>
      ${productList(products, name)}`,
  };
}

export function searchPage(words: string, found: readonly Product[]): Page {
  if (words === "") {
    return {
      title: "Search",
      main: html`<div class="narrow">
        <h1>Search</h1>
        <p>Type what you look for into the field above: a thing, a colour, a pattern.</p>
      </div>`,
    };
  }
  return {
    title: `Search: ${words}`,
    main:
      found.length === 0
        ? html`<div class="narrow">
            <h1>Nothing found for “${words}”</h1>
            <p>
              Try fewer words, or one of these: <a href="/search?q=tea">tea</a>, <a href="/search?q=heart">heart</a>,
              <a href="/search?q=retrospot">retrospot</a>.
            </p>
          </div>`
        : html`<h1>${found.length === 1 ? "1 thing" : `${found.length} things`} for “${words}”</h1>
            ${productList(found, "search")}`,
  };
}

export function productPage(product: Product, related: readonly Product[]): Page {
  const { id, name, category, priceMinor, orders } = product;
  return {
    title: name,
    main: html`<nav class="crumbs" aria-label="You are here">
        <a href="/">Shop</a> <span aria-hidden="true">/</span>
        <a href="/categories/${category.slug}">${category.name}</a>
      </nav>
      <div class="detail">
        ${tile(product, "large")}
        <div>
          <h1>${name}</h1>
          <p class="detail-price">${priceText(priceMinor)}</p>
          <form class="add" method="post" action="/cart">
            <input type="hidden" name="id" value="${id}" />
            <div class="field">
              <label for="quantity">Quantity</label>
              <input
                id="quantity"
                name="quantity"
                type="number"
                value="1"
                min="1"
                max="${QUANTITY_MAX}"
                inputmode="numeric"
                required
              />
            </div>
            <button class="button" type="submit">Add to basket</button>
          </form>
          <dl class="facts">
            <div>
              <dt>Item</dt>
              <dd>${id}</dd>
            </div>
            <div>
              <dt>Popular</dt>
              <dd>in ${orders} orders over four weeks</dd>
            </div>
            <div>
              <dt>Delivery</dt>
              <dd>
                ${priceText(SHIPPING_MINOR.home)}, free from ${priceText(FREE_SHIPPING_MINOR)}; abroad
                ${priceText(SHIPPING_MINOR.abroad)}
              </dd>
            </div>
          </dl>
        </div>
      </div>
      <section aria-labelledby="related">
        <h2 id="related">More from this shelf</h2>
        ${productList(related, "related")}
      </section>`,
  };
}
