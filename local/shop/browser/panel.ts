import { drawEntry, entryOfSighting, entryOfTold, type Entry, type Told } from "./panel-entry.ts";
import { pulse, type PulseStatus } from "./pulse.ts";
import type { Sightings } from "./sightings.ts";

const LOOK_MS = 1_000;
/** Wide enough for the panel beside the page; the same as in shop.css. */
const ROOMY = "(min-width: 75rem)";
const A_YEAR_S = 31_536_000;

export interface Panel {
  /** Show what is known by now. */
  refresh(): void;
}

/** The panel beside the shop: what was sent, and what the edge said. It stays closed, or open, on the pages to come. */
export function openPanel(list: () => ReturnType<Sightings["list"]>): Panel {
  const toggle = one(".panel-toggle");
  const count = one(".panel-count");
  const status = one(".panel-status");
  const lines = one(".panel-list");
  const drawn = new Map<string, ReturnType<typeof drawEntry>>();
  const root = document.documentElement;
  const roomy = matchMedia(ROOMY);
  let told: Told[] = [];

  const isOpen = () => root.dataset["panel"] === "open" || (root.dataset["panel"] === "auto" && roomy.matches);
  const showState = () => toggle.setAttribute("aria-expanded", String(isOpen()));
  toggle.addEventListener("click", () => {
    const state = isOpen() ? "closed" : "open";
    root.dataset["panel"] = state;
    document.cookie = `shop_panel=${state}; Path=/; SameSite=Lax; Max-Age=${A_YEAR_S}`;
    showState();
  });
  roomy.addEventListener("change", showState);

  function refresh(): void {
    // Of two in the same millisecond the later seen is the newer.
    const entries = [...list().map(entryOfSighting), ...told.map(entryOfTold)].toReversed().toSorted(newestFirst);
    count.textContent = String(entries.length);
    entries.forEach((entry, index) => {
      const line = drawn.get(entry.id) ?? drawEntry(entry);
      drawn.set(entry.id, line);
      line.update(entry);
      // What is in its place already is not moved: it may be open, or have the focus.
      if (lines.children[index] !== line.item) lines.insertBefore(line.item, lines.children[index] ?? null);
    });
  }

  async function look(): Promise<void> {
    const words = statusWords(pulse("status"));
    // Said aloud when it changes, not each time.
    if (status.textContent !== words) status.textContent = words;
    if (document.hidden || !told.some(({ outcome }) => outcome.kind === "waiting")) return;
    await askServer();
  }

  async function askServer(): Promise<void> {
    try {
      const response = await fetch("/panel");
      told = ((await response.json()) as { told: Told[] }).told; // as the shop's server writes it
      refresh();
    } catch {
      // The shop was stopped: what is shown stays.
    }
  }

  showState();
  refresh();
  void askServer();
  setInterval(() => void look(), LOOK_MS);
  return { refresh };
}

function newestFirst(a: Entry, b: Entry): number {
  return b.atMs - a.atMs;
}

function statusWords(status: PulseStatus | undefined): string {
  if (status === undefined) return "pulse.js has not come yet";
  const { version, consent, queued, stopped, last_error: error } = status;
  if (consent !== "granted") return "This browser asks not to be tracked, so the page sends nothing";
  if (stopped) return `The edge refuses this page: ${error ?? "no reason"}`;
  return `pulse.js ${version}, ${queued === 0 ? "everything is sent" : `${queued} waiting`}`;
}

function one(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
