import type { Page } from "../answer.ts";
import { countOf } from "../cart.ts";
import { CATEGORIES } from "../category.ts";
import { html, json, type Markup } from "../html.ts";
import type { Visitor } from "../visitors.ts";

export const SHOP_NAME = "Halfpenny Lane";

/** What every page is made with. */
export interface Frame {
  /** Origin of the edge, where the page sends its events. */
  edge: string;
  /** Address of the snippet. */
  snippet: string;
  publishableKey: string;
  /** Addresses of the shop's own files, which name their content. */
  styles: string;
  script: string;
  icon: string;
}

/** Whether the panel was opened or closed; otherwise it is open where there is room. */
export type PanelState = "open" | "closed" | "auto";

/** A whole page. The panel's state is part of it, so that nothing moves once the script has come. */
export function layout(
  { title, main, tracks = [], query = "" }: Page,
  { edge, snippet, publishableKey, styles, script, icon }: Frame,
  visitor: Visitor,
  panel: PanelState,
): Markup {
  const count = countOf(visitor.cart);
  return html`<!doctype html>
    <html lang="en-GB" data-panel="${panel}">
      <head>
        <meta charset="utf-8" />
        <title>${title === SHOP_NAME ? `${SHOP_NAME}: small things for the home` : `${title} – ${SHOP_NAME}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="A small demo shop that shows PulseEcom at work. Nothing is sold here." />
        <link rel="icon" href="${icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${styles}" />
        <script src="${script}" defer></script>
        <script src="${snippet}" async></script>
      </head>
      <body
        data-key="${publishableKey}"
        data-edge="${edge}"
        data-user="${visitor.account?.userId ?? ""}"
        data-tracks="${json(tracks)}"
      >
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <p class="banner">
            A demo shop: nothing is sold and no card is charged. <a href="/play">Play a trick on it</a>
          </p>
          <div class="bar">
            <a class="logo" href="/">${LOGO}<span>${SHOP_NAME}</span></a>
            <form class="search" action="/search" role="search">
              <label class="unseen" for="q">Search the shop</label>
              <input
                id="q"
                name="q"
                type="search"
                value="${query}"
                placeholder="Search, such as “tea”"
                maxlength="100"
              />
              <button type="submit">Search</button>
            </form>
            <nav class="own" aria-label="Yours">
              <a href="/account">${visitor.account === null ? "Sign in" : "Account"}</a>
              <a class="basket" href="/cart"
                >Basket<span class="badge">${count}<span class="unseen"> things in it</span></span></a
              >
            </nav>
          </div>
          <nav class="shelves" aria-label="Categories">
            <ul role="list">
              ${CATEGORIES.map(({ slug, name }) => html`<li><a href="/categories/${slug}">${name}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          ${visitor.notice !== null && html`<p class="notice" role="status">${visitor.notice}</p>`} ${main}
        </main>
        <footer class="foot">
          <p>
            ${SHOP_NAME} is made up. Its goods and prices are those of a real gift shop in 2011:
            <a href="https://doi.org/10.24432/C5BW33">Online Retail</a>, Daqing Chen, UCI Machine Learning Repository,
            CC BY 4.0.
          </p>
          <p>Accounts, baskets and orders are kept in memory until the shop is stopped.</p>
        </footer>
        ${PANEL}
      </body>
    </html>`;
}

const LOGO = html`<svg viewBox="0 0 40 40" width="36" height="36" aria-hidden="true">
  <path d="M4 18 20 5l16 13v17H4z" fill="currentColor" />
  <circle cx="20" cy="23" r="8.5" fill="var(--ground)" />
  <path d="M20 14.5a8.5 8.5 0 0 1 0 17z" fill="var(--accent)" />
</svg>`;

const PANEL = html`<aside class="panel" aria-label="Events of this shop">
  <button class="panel-toggle" type="button" aria-expanded="false" aria-controls="panel-body">
    <span>Events</span><span class="badge panel-count">0</span>
  </button>
  <div class="panel-body" id="panel-body">
    <p class="panel-status" role="status">Waiting for pulse.js</p>
    <p class="panel-note">
      “page” events come from pulse.js, whose publishable key is told no score. “server” events come from the shop's
      server; you see their scores because this is a demo.
    </p>
    <ol class="panel-list" role="list"></ol>
  </div>
</aside>`;
