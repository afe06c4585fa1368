/** The shop's pages: the snippet embedded as any shop would, and a panel that shows what it does. */
import { prepareCardForm } from "./card-form.ts";
import { openPanel } from "./panel.ts";
import { pulse } from "./pulse.ts";
import { openSightings } from "./sightings.ts";
import { watchWire } from "./wire.ts";

/** Quicker than a shop needs, so that the panel is not behind what a person does. */
const BATCH_MS = 800;

const { key = "", edge = "", user = "", tracks = "[]" } = document.body.dataset;

const sightings = openSightings(sessionStorage, () => panel.refresh());
const panel = openPanel(sightings.list);
// Before the snippet begins, which takes its way out of the page then.
watchWire(window, edge, sightings.take);

pulse("init", { key, batch_ms: BATCH_MS });
if (user !== "") pulse("identify", { user_id: user });
for (const [name, params] of JSON.parse(tracks) as [string, unknown][]) pulse("track", name, params); // as the server wrote them

document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element ? target.closest<HTMLElement>("a[data-item]") : null;
  const { item = "", list } = link?.dataset ?? {};
  if (item !== "") pulse("track", "select_item", { item_list_name: list, currency: "GBP", items: [JSON.parse(item)] });
});

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-track]")) {
  // In the order they were added: the card's form goes first, and may keep it from being sent.
  if (form.matches(".pay")) prepareCardForm(form);
  form.addEventListener("submit", (event) => {
    const [name, params] = JSON.parse(form.dataset["track"] ?? "[]") as [string, unknown]; // as the server wrote it
    if (!event.defaultPrevented) pulse("track", name, params);
  });
}
