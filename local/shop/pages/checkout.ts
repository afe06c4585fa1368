import type { Page } from "../answer.ts";
import { goodsMinor, shippingMinor, type CartLine } from "../cart.ts";
import { COUNTRIES } from "../countries.ts";
import { html, json, type Markup } from "../html.ts";
import { priceText } from "../money.ts";
import { TEST_CARDS } from "../test-cards.ts";
import { cartTrack } from "../tracks.ts";
import type { Address, Order } from "../visitors.ts";
import { field, orderLines, sums } from "./parts.ts";

/** What is wrong with each field; null where nothing is. */
export type AddressErrors = Record<keyof Address, string | null>;

export const NO_ERRORS: AddressErrors = { email: null, country: null, postcode: null };

export function addressPage(lines: readonly CartLine[], typed: Address, errors: AddressErrors): Page {
  const isWrong = Object.values(errors).some((error) => error !== null);
  return {
    ...(isWrong ? { status: 422 } : {}),
    title: isWrong ? "Please check: where to" : "Where to",
    main: withSummary(
      html`<h1>Where to?</h1>
        ${steps("address")}
        <form method="post" action="/checkout">
          ${field({
            name: "email",
            label: "E-mail",
            type: "email",
            value: typed.email,
            error: errors.email,
            autocomplete: "email",
            hint: "Kept by the edge as a keyed hash only. Made-up ones are welcome.",
          })}
          <div class="field">
            <label for="country">Country</label>
            <select
              id="country"
              name="country"
              autocomplete="country"
              ${errors.country !== null && html`aria-invalid="true"`}
            >
              ${[...COUNTRIES].map(
                ([code, name]) =>
                  html`<option value="${code}" ${code === typed.country && html`selected`}>${name}</option>`,
              )}
            </select>
            ${errors.country !== null && html`<p class="error">${errors.country}</p>`}
          </div>
          ${field({
            name: "postcode",
            label: "Postcode",
            value: typed.postcode,
            error: errors.postcode,
            autocomplete: "postal-code",
          })}
          <button class="button" type="submit">Go on to payment</button>
        </form>`,
      lines,
      isWrong ? null : typed.country,
    ),
  };
}

export function paymentPage(number: string, lines: readonly CartLine[], address: Address): Page {
  const [first] = TEST_CARDS;
  const paying = cartTrack("add_payment_info", lines, { payment_type: "card" });
  const total = goodsMinor(lines) + shippingMinor(goodsMinor(lines), address.country);
  return {
    title: "Payment",
    main: withSummary(
      html`<h1>Payment</h1>
        ${steps("payment")}
        <p class="hint">
          To ${address.email}, ${address.postcode}, ${COUNTRIES.get(address.country) ?? address.country}.
          <a href="/checkout">Change</a>
        </p>
        <form class="pay" method="post" action="/checkout/payment" data-track="${json(paying)}">
          <input type="hidden" name="number" value="${number}" />
          <input type="hidden" name="client_id" value="" />
          <input type="hidden" name="session_id" value="" />
          <fieldset class="choices">
            <legend>Choose a test card</legend>
            ${TEST_CARDS.map(
              ({ number: digits, label, token }, index) =>
                html`<label class="choice">
                  <input
                    type="radio"
                    name="card_token"
                    value="${token}"
                    data-number="${digits}"
                    ${index === 0 && html`checked`}
                  />
                  <span>${label}<span class="quiet">${digits}</span></span>
                </label>`,
            )}
          </fieldset>
          <p class="hint" id="card-hint">
            What is in these fields never leaves this page: a made-up token is sent in its place. pulse.js reads no
            fields. Please type no real card.
          </p>
          <div class="card-fields">
            <div class="field">
              <label for="card-number">Card number</label>
              <input
                id="card-number"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength="23"
                value="${first?.number ?? ""}"
                aria-describedby="card-hint card-error"
              />
            </div>
            <div class="field">
              <label for="card-expiry">Expiry</label>
              <input
                id="card-expiry"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength="7"
                value="12 / 30"
              />
            </div>
            <div class="field">
              <label for="card-code">Security code</label>
              <input id="card-code" type="text" inputmode="numeric" autocomplete="off" maxlength="4" value="123" />
            </div>
          </div>
          <p class="error" id="card-error" role="alert"></p>
          <button class="button" type="submit">Pay ${priceText(total)}</button>
        </form>`,
      lines,
      address.country,
    ),
  };
}

export function thankYouPage({ number, lines, shippingMinor: shipping, address, isInReview }: Order): Page {
  return {
    title: isInReview ? "We have your order" : "Thank you",
    main: html`<div class="narrow">
      <h1>${isInReview ? "We have your order" : "Thank you"}</h1>
      <p class="lead">
        ${
          isInReview
            ? `Order ${number}: we look at some orders by hand before they leave, and this is one. We will write to ${address.email}.`
            : `Order ${number} is on its way to ${address.postcode}, ${COUNTRIES.get(address.country) ?? ""}.`
        }
      </p>
      ${orderLines(lines)} ${sums(goodsMinor(lines), shipping)}
      <p><a class="button" href="/">Go on shopping</a></p>
    </div>`,
  };
}

function withSummary(main: Markup, lines: readonly CartLine[], country: string | null): Markup {
  const goods = goodsMinor(lines);
  return html`<div class="columns">
    <div>${main}</div>
    <section class="summary" aria-labelledby="summary">
      <h2 id="summary">Your order</h2>
      ${orderLines(lines)} ${sums(goods, country === null ? null : shippingMinor(goods, country))}
    </section>
  </div>`;
}

function steps(current: "address" | "payment"): Markup {
  const step = (name: typeof current, words: string) =>
    html`<li ${name === current && html`aria-current="step"`}>${words}</li>`;
  return html`<ol class="steps">
    ${step("address", "Where to")}${step("payment", "Payment")}
  </ol>`;
}
