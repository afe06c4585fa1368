import { cardWithNumber } from "../test-cards.ts";
import { pulse } from "./pulse.ts";

/**
 * The card's form: what is typed stays here, and the token of the card it belongs to is sent in its place, with the ids of this
 * browser, so that the shop's server can say whose order it is.
 */
export function prepareCardForm(form: HTMLFormElement): void {
  const number = form.querySelector<HTMLInputElement>("#card-number");
  const error = form.querySelector("#card-error");
  const choices = [...form.querySelectorAll<HTMLInputElement>("input[name=card_token]")];
  if (number === null || error === null) return;

  for (const choice of choices) {
    choice.addEventListener("change", () => {
      number.value = choice.dataset["number"] ?? "";
      error.textContent = "";
    });
  }
  number.addEventListener("input", () => {
    const card = cardWithNumber(number.value);
    for (const choice of choices) choice.checked = choice.value === card?.token;
  });
  form.addEventListener("submit", (event) => {
    if (cardWithNumber(number.value) === undefined) {
      event.preventDefault();
      error.textContent = "This is none of the test cards. Choose one above.";
      number.focus();
      return;
    }
    const status = pulse("status");
    setHidden(form, "client_id", status?.client_id);
    setHidden(form, "session_id", status?.session_id);
  });
}

function setHidden(form: HTMLFormElement, name: string, value: string | null | undefined): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value ?? "";
}
