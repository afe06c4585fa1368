import Bowser from "bowser";
import { isbot } from "isbot";
import { BoundedMap } from "../shared/bounded-map.ts";
import type { Signals } from "../shared/signals.ts";

export type Agent = Pick<Signals, "browser" | "os" | "device_class" | "bot">;

const CACHED = 500;
/** Browsers' own are below 300 characters; what is longer is cut, so that neither parser nor cache is fed by a stranger. */
const LENGTH = 1_000;
/** A name as products have it. The parser takes it from anything before a slash, an address included. */
const NAME = /^[\w .+-]{1,60}$/;
const cache = new BoundedMap<Agent>(CACHED);

/** Browser, system, class of device and whether it is a declared bot, from a User-Agent header. Empty or unknown: nothing is claimed. */
export function readUserAgent(header: string | null | undefined): Agent {
  if (!header) return {};
  const text = header.slice(0, LENGTH);
  const held = cache.get(text);
  if (held !== undefined) return held;
  const agent = parse(text);
  cache.set(text, agent);
  return agent;
}

const DEVICE_CLASSES: Record<string, Signals["device_class"]> = {
  desktop: "desktop",
  mobile: "mobile",
  tablet: "tablet",
  tv: "tv",
};

function parse(text: string): Agent {
  const bot = isbot(text);
  const { browser, os, platform } = Bowser.parse(text);
  return {
    ...(browser.name && NAME.test(browser.name) ? { browser: browser.name } : {}),
    ...(os.name && NAME.test(os.name) ? { os: os.name } : {}),
    device_class: bot ? "bot" : (DEVICE_CLASSES[platform.type ?? ""] ?? "other"),
    bot,
  };
}
