import type { KeptEvent } from "../event.ts";
import type { Signals } from "../signals.ts";

export interface BotTrait {
  points: number;
  words: string;
}

/** Screens that automated browsers have unless told otherwise. */
const HEADLESS_SCREENS: ReadonlySet<string> = new Set(["800x600", "0x0", "1x1"]);

/** What speaks for a program behind an event; each trait of one alone is had by some people too. */
export function botEvidence(event: KeptEvent, { bot, browser, os, tls_class: tls }: Signals): BotTrait[] {
  const { context } = event;
  const traits: BotTrait[] = [];
  if (isDriven(event)) traits.push({ points: 2, words: "a browser driven by a program" });
  if (bot === true) traits.push({ points: 2, words: "the user agent is a program's" });
  const { width, height } = context?.screen ?? {};
  if (width !== undefined && height !== undefined && HEADLESS_SCREENS.has(`${width}x${height}`)) {
    traits.push({ points: 1, words: `a screen of ${width}×${height}` });
  }
  if (bot === undefined && tls !== undefined) traits.push({ points: 1, words: "no user agent" });
  if (bot === false && (browser === undefined || os === undefined)) {
    traits.push({ points: 1, words: "a user agent that names no browser or no system" });
  }
  if (context?.locale !== undefined && /^(c|posix|und)\b/i.test(context.locale)) {
    traits.push({ points: 1, words: `the locale ${context.locale.slice(0, 10)}` });
  }
  return traits;
}

/** Whether the browser says that a program drives it, as the snippet tells. */
export function isDriven({ properties }: KeptEvent): boolean {
  const signals = properties?.["_signals"];
  return typeof signals === "object" && signals !== null && "webdriver" in signals && signals.webdriver === true;
}
