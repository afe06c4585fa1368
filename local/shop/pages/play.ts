import type { Page } from "../answer.ts";
import { html, type Markup } from "../html.ts";
import type { Scene } from "../play/scene.ts";
import type { Outcome, Told } from "../teller.ts";
import type { Visitor } from "../visitors.ts";
import { priceText } from "../money.ts";

/** Where alerts are to be seen. */
export interface Outlook {
  /** Address of the list of anomalies. */
  anomalies: string;
  /** Address of what arrived at the webhook; null where there is no receiver. */
  webhooks: string | null;
}

export function playPage(scenes: readonly Scene[], played: Visitor["played"], { anomalies, webhooks }: Outlook): Page {
  const scene = scenes.find(({ slug }) => slug === played?.slug);
  return {
    title: "Play a trick",
    main: html`<h1>Play a trick on the shop</h1>
      <p class="lead">
        Each button makes the shop's server send what such an attack looks like, through the same door as its orders.
      </p>
      <ul class="scenes" role="list">
        ${scenes.map(
          ({ slug, name, what, expect }) =>
            html`<li class="scene">
              <h2>${name}</h2>
              <p>${what}</p>
              <p class="quiet">${expect}</p>
              <form method="post" action="/play/${slug}"><button class="button" type="submit">${name}</button></form>
            </li>`,
        )}
      </ul>
      ${scene !== undefined && played !== null && outcomeTable(scene, played.told)}
      <section aria-labelledby="where">
        <h2 id="where">Where the alerts are</h2>
        <ul>
          <li>In the terminal in which <code>npm start</code> runs: a line for each, a second or two later.</li>
          ${
            webhooks !== null &&
            html`<li>At the webhook, as they arrived and signed: <a href="${webhooks}">${webhooks}</a></li>`
          }
          <li>
            In the list of anomalies, with the analyst's key that the terminal shows:
            <pre class="command">curl -H 'authorization: Bearer sk_…' '${anomalies}'</pre>
          </li>
        </ul>
      </section>`,
  };
}

function outcomeTable({ name }: Scene, told: readonly Told[]): Markup {
  const flagged = told.filter(({ outcome: became }) => isAnomaly(became));
  return html`<section id="outcome" aria-labelledby="outcome-title" tabindex="-1">
    <h2 id="outcome-title">${name}: ${flagged.length} of ${told.length} events are anomalies</h2>
    <div class="table" role="region" aria-labelledby="outcome-title" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Value</th>
            <th scope="col">Score</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${told.map(
            ({ event, outcome: became }) =>
              html`<tr class="${isAnomaly(became) ? "flagged" : ""}">
                <td>${event.name}</td>
                <td class="number">${event.value !== undefined && priceText(Math.round(event.value * 100))}</td>
                ${cells(became)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function isAnomaly(outcome: Outcome): boolean {
  return "verdict" in outcome && outcome.verdict?.anomaly === true;
}

function cells(outcome: Outcome): Markup {
  if (!("verdict" in outcome))
    return html`<td class="number">–</td>
      <td>${outcome.kind}: ${outcome.detail}</td>`;
  const { verdict } = outcome;
  if (verdict === null)
    return html`<td class="number">–</td>
      <td>${outcome.kind}</td>`;
  const [reason] = verdict.reasons;
  return html`<td class="number">${verdict.score.toFixed(2)}</td>
    <td>${verdict.anomaly ? (reason?.detail ?? "no single reason") : "fine"}</td>`;
}
