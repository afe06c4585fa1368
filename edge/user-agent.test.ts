import { describe, expect, it } from "vitest";
import { readUserAgent } from "./user-agent.ts";
import excerpt from "./user-agents.json" with { type: "json" };

interface Agent {
  source: string;
  user_agent: string;
  browser?: string;
  os?: string;
  bot?: boolean;
}
const agents: Agent[] = excerpt.agents;

/** The sources' names for what the parser calls otherwise. */
const BROWSERS: Record<string, string> = {
  "Chrome Mobile": "Chrome",
  "Chrome Mobile iOS": "Chrome",
  HeadlessChrome: "Chrome",
  "Mobile Safari": "Safari",
  "Mobile Safari UI/WKWebView": "Safari",
  Edge: "Microsoft Edge",
  "Edge Mobile": "Microsoft Edge",
  "Firefox Mobile": "Firefox",
  "Firefox iOS": "Firefox",
  "Samsung Internet": "Samsung Internet for Android",
  MiuiBrowser: "Miui",
  "DuckDuckGo Mobile": "DuckDuckGo",
  IE: "Internet Explorer",
};
const SYSTEMS: Record<string, string> = { "Mac OS X": "macOS", Ubuntu: "Linux" };

/** Where the parser says another thing than the source, by the part of the agent that tells which. */
const MISSED_BROWSERS: Record<string, string> = {
  "UCMobile/15": "UC Browser's new name is taken for the Chrome it is built on",
  "Instagram 33": "a page inside an app is taken for the browser that shows it",
  "Phantom/ios": "the Phantom wallet is taken for PhantomJS",
  "DuckDuckGo/5": "DuckDuckGo on Android is taken for the Chrome it is built on",
};
const MISSED_SYSTEMS: Record<string, string> = {
  "CriOS/102 Version": "a phone that asks for the desktop's page is taken for a Mac",
  "KAIOS/2.5.1": "KaiOS has no name",
};
/** Programs without a page: the parser has no name for them, and they are told by being bots. */
const PROGRAMS = new Set(["curl", "Python Requests", "Go-http-client", "okhttp"]);

const withBrowser = agents.filter(({ browser }) => browser !== undefined && !PROGRAMS.has(browser));
const withSystem = agents.filter(({ os }) => os !== undefined && os !== "Other");
const ours = (names: Record<string, string>, name = "") => names[name] ?? name;
const isAmong = (misses: Record<string, string>, agent: string) =>
  Object.keys(misses).some((part) => agent.includes(part));

describe("readUserAgent", () => {
  it.each(withBrowser)(
    "names the browser like uap-core, or is a known miss: $user_agent",
    ({ user_agent, browser }) => {
      const agrees = readUserAgent(user_agent).browser === ours(BROWSERS, browser);
      expect(agrees).toBe(!isAmong(MISSED_BROWSERS, user_agent));
    },
  );

  it.each(withSystem)("names the system like uap-core, or is a known miss: $user_agent", ({ user_agent, os }) => {
    const agrees = readUserAgent(user_agent).os === ours(SYSTEMS, os);
    expect(agrees).toBe(!isAmong(MISSED_SYSTEMS, user_agent));
  });

  it("agrees with uap-core on at least 85 % of the browsers and 80 % of the systems", () => {
    const sameBrowser = withBrowser.filter(
      ({ user_agent, browser }) => readUserAgent(user_agent).browser === ours(BROWSERS, browser),
    );
    const sameSystem = withSystem.filter(({ user_agent, os }) => readUserAgent(user_agent).os === ours(SYSTEMS, os));
    expect(withBrowser.length).toBeGreaterThan(25);
    expect(withSystem.length).toBeGreaterThan(10);
    expect(sameBrowser.length / withBrowser.length).toBeGreaterThanOrEqual(0.85);
    expect(sameSystem.length / withSystem.length).toBeGreaterThanOrEqual(0.8);
  });

  it.each(agents.filter(({ bot }) => bot !== undefined))(
    "tells bots from shoppers ($bot) in $user_agent",
    ({ user_agent, bot }) => {
      const agent = readUserAgent(user_agent);
      expect(agent.bot).toBe(bot);
      expect(agent.device_class === "bot").toBe(bot);
    },
  );

  it.each(agents.filter(({ browser }) => PROGRAMS.has(browser ?? "") || /Headless|Googlebot/.test(browser ?? "")))(
    "takes $browser for a bot, because no shopper uses it",
    ({ user_agent }) => {
      expect(readUserAgent(user_agent).device_class).toBe("bot");
    },
  );

  it.each([
    ["Windows NT 10.0; Win64; x64", "desktop"],
    ["Nexus 5 Build/KOT49H", "mobile"],
    ["SAMSUNG SM-T800", "tablet"],
    ["iPad; U; CPU OS 4_3_2", "tablet"],
    ["KFTT Build/IML74K", "tablet"],
    ["Tizen 2.3", "tv"],
    ["Web0S 10.0", "tv"],
    ["PlayStation 4", "tv"],
    ["CrKey armv7l", "other"],
  ])("takes %s for a %s", (part, device) => {
    const found = agents.find(({ user_agent }) => user_agent.includes(part));
    expect(readUserAgent(found?.user_agent).device_class).toBe(device);
  });

  it.each([null, undefined, ""])("claims nothing of %j", (header) => {
    expect(readUserAgent(header)).toEqual({});
  });

  it("takes no personal text for a name, because the parser calls anything before a slash a browser", () => {
    expect(readUserAgent("ann@shop.example/1.0 (mail ann@shop.example) x").browser).toBeUndefined();
    const long = readUserAgent(`${"x".repeat(500)}/1.0 (X11) y`);
    expect(long.browser).toBeUndefined();
  });

  it("reads no further than a browser's own would go, so that a long header costs nothing", () => {
    const agent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 ";
    expect(readUserAgent(agent + "x".repeat(100_000))).toBe(readUserAgent(agent + "x".repeat(1_000)));
    expect(readUserAgent(`${" ".repeat(1_000)}Googlebot`).bot).toBe(readUserAgent(" ".repeat(1_000)).bot);
  });

  it("answers the same again from memory, also after more agents than it holds", () => {
    const agent =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1";
    const first = readUserAgent(agent);
    expect(readUserAgent(agent)).toBe(first);
    for (let index = 0; index < 600; index++) readUserAgent(`Probe/${index}.0`);
    const again = readUserAgent(agent);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });
});
