import type { Page } from "../answer.ts";
import { goodsMinor } from "../cart.ts";
import { html } from "../html.ts";
import { priceText } from "../money.ts";
import type { Account } from "../visitors.ts";
import { field } from "./parts.ts";

/** @param error what is wrong with what was typed; null at first */
export function signInPage(typed: string, error: string | null): Page {
  return {
    ...(error === null ? {} : { status: 422 }),
    title: error === null ? "Sign in" : "Please check: sign in",
    main: html`<div class="narrow">
      <h1>Sign in</h1>
      <p class="lead">An e-mail is all it takes, as this is a demo. If it is new here, an account is made.</p>
      <form method="post" action="/account">
        ${field({ name: "email", label: "E-mail", type: "email", value: typed, error, autocomplete: "email" })}
        <button class="button" type="submit">Go on</button>
      </form>
    </div>`,
  };
}

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

export function accountPage({ email, orders }: Account): Page {
  return {
    title: "Account",
    main: html`<div class="narrow">
      <h1>Your account</h1>
      <p class="lead">${email}</p>
      <h2>Orders</h2>
      ${
        orders.length === 0
          ? html`<p>None yet.</p>`
          : html`<ul class="orders" role="list">
              ${orders.map(
                ({ number, lines, shippingMinor, placedAtMs, isInReview }) =>
                  html`<li class="line">
                    <span class="line-name">
                      <a href="/orders/${number}">${number}</a>
                      <span class="quiet"
                        >${DAY.format(placedAtMs)}, ${isInReview ? "being looked at" : "on its way"}</span
                      >
                    </span>
                    <span class="price">${priceText(goodsMinor(lines) + shippingMinor)}</span>
                  </li>`,
              )}
            </ul>`
      }
      <form method="post" action="/account/sign-out">
        <button class="button secondary" type="submit">Sign out</button>
      </form>
    </div>`,
  };
}
