import type { Page } from "../answer.ts";
import { html } from "../html.ts";

export function missingPage(): Page {
  return {
    status: 404,
    title: "Not here",
    main: html`<div class="narrow">
      <h1>This is not here</h1>
      <p>Perhaps it was sold out, or never was. Search for it above, or <a href="/">start at the front door</a>.</p>
    </div>`,
  };
}

export function brokenPage(): Page {
  return {
    status: 500,
    title: "Something broke",
    main: html`<div class="narrow">
      <h1>Something broke</h1>
      <p>It is our fault, not yours. Your basket is as it was. <a href="/">Go back to the shop</a>.</p>
    </div>`,
  };
}
