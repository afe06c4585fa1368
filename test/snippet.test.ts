import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SNIPPET } from "../edge/snippet/served.ts";
import { listen, stopListening } from "../local/listen.ts";
import { describeInBrowser, launchBrowser } from "./browser.ts";
import { openFakeEdge, type FakeEdge, type SentEvent } from "./fake-edge.ts";
import { eventually, startSystem, type System } from "./system.ts";

const LOADER = readFileSync(new URL("../edge/snippet/loader.html", import.meta.url), "utf8");
/** As the README gives it. */
const LOADER_OPTIONS = '{ key: "pk_…" }';
const LOADER_EDGE = "https://edge.example";
/** Short waits; what a test waits for is said beside it. */
const QUICK = { batch_ms: 40, retry_ms: 60 };

/** Seconds on an idle machine; many browsers share this one. */
const TIMEOUT_MS = 90_000;

let system: Promise<System>;
let browser: Browser;
let edge: FakeEdge;
let server: Server;
let shop: string;

/** What the shop answers, by path. */
const pages = new Map<string, { html: string; headers: Record<string, string> }>();
let visits = 0;

interface Visit {
  key: string;
  url: string;
  context: BrowserContext;
  page: Page;
  /** Calls `pulse` on the page. */
  pulse(...args: unknown[]): Promise<unknown>;
  /** The events taken in, when there are as many. */
  taken(count: number): Promise<SentEvent[]>;
  status(): Promise<Record<string, unknown>>;
  errors: string[];
}

interface Setting {
  options?: object;
  /** Runs before all of the page's own scripts. */
  before?: string;
  /** Beside the loader, in the order of the page. */
  head?: string;
  body?: string;
  loader?: string;
  headers?: Record<string, string>;
  context?: BrowserContext;
  query?: string;
}

function loader(key: string, options: object, script = edge.origin): string {
  const text = JSON.stringify({ key, ...QUICK, ...options });
  return LOADER.replace(LOADER_OPTIONS, text).replace(LOADER_EDGE, script);
}

/** Opens a page of the shop with the snippet on it. */
async function visitIn(context: BrowserContext, setting: Setting): Promise<Visit> {
  visits++;
  const key = `pk_${visits}`;
  const path = `/${visits}/`;
  const { options = {}, before, head = "", body = "", headers = {}, query = "" } = setting;
  pages.set(path, { html: head + (setting.loader ?? loader(key, options)) + body, headers });
  if (before !== undefined) await context.addInitScript(before);
  return open(context, key, shop + path + query);
}

async function open(context: BrowserContext, key: string, url: string): Promise<Visit> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  const pulse = (...args: unknown[]) => page.evaluate((given) => globalThis.pulse(...given), args);
  return {
    key,
    url,
    context,
    page,
    pulse,
    errors,
    status: async () => (await pulse("status")) as Record<string, unknown>, // what this command answers
    taken: (count) =>
      eventually(`event ${count} under ${key}`, async () => {
        const events = edge.taken(key);
        return events.length < count ? null : events;
      }),
  };
}

declare global {
  /** The snippet's, in the pages of this file. */
  function pulse(...args: unknown[]): unknown;
}

const names = (events: SentEvent[]) => events.map((event) => String(event["name"]));
const views = (events: SentEvent[]) =>
  events.filter(({ name }) => name === "page_view").map(({ context }) => context.page.url);
const stored = (page: Page) => page.evaluate("Object.keys(localStorage)");
/** Hides or shows the page, as switching tabs does. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, value: ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"))`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  // Takes a while, in which the other tests run.
  system = startSystem();
  edge = await openFakeEdge();
  server = createServer((request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const found = pages.get(`/${path.split("/")[1]}/`);
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      ...found?.headers,
    });
    response.end(found?.html ?? "");
  });
  shop = `http://localhost:${await listen(server, 0)}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await stopListening(server, 0);
  await edge.close();
  await (await system).stop();
});

/** With `visit`: a visit in a browser that was never here. It ends with the test, as pages that stay open are work, though nobody looks. */
// oxlint-disable-next-line no-empty-pattern -- vitest reads from it which other fixtures this one takes: none
const it = test.extend("visit", ({}, { onCleanup }) => {
  const contexts = new Set<BrowserContext>();
  onCleanup(async () => {
    await Promise.all([...contexts].map((context) => context.close()));
  });
  return async (setting: Setting = {}) => {
    const context = setting.context ?? (await browser.newContext());
    contexts.add(context);
    return visitIn(context, setting);
  };
});

describeInBrowser.concurrent("pulse.js in a browser", { timeout: TIMEOUT_MS }, () => {
  it("records what a page called before the script came, with its time, and sends it without asking first and without cookies", async ({
    visit,
  }) => {
    const context = await browser.newContext();
    await context.addCookies([{ name: "session", value: "secret", url: edge.origin }]);
    await context.route("**/pulse.js", async (route) => {
      await pause(300);
      await route.continue();
    });
    const { key, page, taken } = await visit({
      context,
      body: `<script>
        pulse("track", "add_to_cart", { value: 5, currency: "EUR" });
        globalThis.calledMs = Date.now();
      </script>`,
    });
    const events = await taken(2);
    const timeOf = (wanted: string) => Date.parse(events.find(({ name }) => name === wanted)?.["timestamp"]);
    expect(timeOf("page_view")).toBeLessThanOrEqual(timeOf("add_to_cart"));
    expect(timeOf("add_to_cart")).toBeLessThanOrEqual(Number(await page.evaluate("globalThis.calledMs")));
    const [request] = edge.arrived(key);
    expect(request).toMatchObject({ contentType: "text/plain;charset=UTF-8", cookie: undefined });
    expect(edge.preflights()).toBe(0);
  });

  it("runs under a strict content security policy, from its versioned file with its integrity, without a line of script in the page", async ({
    visit,
  }) => {
    const key = "pk_csp";
    const { page } = await visit({
      headers: {
        "content-security-policy":
          `default-src 'none'; script-src ${edge.origin}/pulse-${SNIPPET.version}.js; connect-src ${edge.origin}; ` +
          "require-trusted-types-for 'script'",
      },
      loader: `<script async src="${edge.origin}/pulse-${SNIPPET.version}.js" integrity="${SNIPPET.integrity}" crossorigin="anonymous"
        data-init='${JSON.stringify({ key, ...QUICK })}'></script>`,
      before:
        "addEventListener('securitypolicyviolation', (event) => (globalThis.violation = event.violatedDirective))",
    });
    await eventually("the view", async () => (edge.taken(key).length > 0 ? true : null));
    expect(await page.evaluate("globalThis.violation ?? null")).toBe(null);
  });

  it("needs no change of a GA4 set-up: its data layer before and after loading, gtag, and a replaced push", async ({
    visit,
  }) => {
    const { page, taken } = await visit({
      head: `<script>
        dataLayer = [{ event: "view_item", ecommerce: { currency: "EUR", value: 5, items: [{ item_id: "a", price: "5.00" }] } }];
        function gtag() { dataLayer.push(arguments) }
        gtag("event", "add_to_cart", { currency: "EUR", value: 5, items: [{ item_id: "a", quantity: "2" }] });
      </script>`,
    });
    await taken(3);
    await page.evaluate(`
      const before = dataLayer.push;
      dataLayer.push = (...pushed) => before.apply(dataLayer, pushed);
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: "begin_checkout", ecommerce: { currency: "EUR", value: 5 } });
      dataLayer.push = function () { return Array.prototype.push.apply(dataLayer, arguments) };
      gtag("event", "purchase", { transaction_id: "T-1", value: 5, currency: "EUR" });
    `);
    const events = await taken(5);
    expect(names(events).sort()).toEqual(["add_to_cart", "begin_checkout", "page_view", "purchase", "view_item"]);
    expect(events.find(({ name }) => name === "view_item")).toMatchObject({
      value: 5,
      items: [{ item_id: "a", price: 5 }],
    });
    expect(events.find(({ name }) => name === "add_to_cart")).toMatchObject({ items: [{ item_id: "a", quantity: 2 }] });
    expect(events.find(({ name }) => name === "begin_checkout")).not.toHaveProperty("items");
    expect(await page.evaluate("dataLayer.length")).toBe(5);
  });

  it("counts the views of a single-page shop: new addresses and going back, not the same address, its fragment or a tab shown again", async ({
    visit,
  }) => {
    const { page, url, taken, pulse } = await visit();
    await page.evaluate(`
      history.pushState(null, "", "shoes");
      history.replaceState({ scroll: 1 }, "", location.href);
      history.pushState(null, "", "#reviews");
      history.replaceState(null, "", "shoes?page=2");
    `);
    await setHidden(page, true);
    await setHidden(page, false);
    await page.evaluate("history.go(-2)");
    await taken(4);
    await pulse("track", "last");
    const events = await taken(5);
    expect(views(events)).toEqual([url, `${url}shoes`, `${url}shoes?page=2`, url]);
    expect(events[1]?.context.page.referrer).toBe(url);
  });

  it("counts a return from the back-forward cache, and goes on recording there", async ({ visit }) => {
    const { page, url, taken, pulse, errors } = await visit();
    await taken(1);
    await page.evaluate("globalThis.sameDocument = true");
    await page.goto(`${shop}/elsewhere`);
    await page.evaluate("history.back()").catch(() => "the page is gone before it answers");
    const events = await taken(2);
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    await pulse("track", "after");
    expect(names(await taken(3))).toEqual(["page_view", "page_view", "after"]);
    expect([views(events), errors]).toEqual([[url, url], []]);
  });

  it("counts a prerendered page when somebody sees it, and not before", async ({ visit }) => {
    const { key, page, taken, pulse } = await visit({
      before: "Object.defineProperty(document, 'prerendering', { configurable: true, value: true })",
    });
    await pulse("track", "early");
    await pause(4 * QUICK.batch_ms);
    expect(edge.arrived(key)).toEqual([]);
    const seenMs = Date.now();
    await page.evaluate(`Object.defineProperty(document, "prerendering", { value: false });
      document.dispatchEvent(new Event("prerenderingchange"))`);
    const events = await taken(2);
    expect(names(events).sort()).toEqual(["early", "page_view"]);
    for (const { timestamp } of events) expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(seenMs);
  });

  it("loses nothing of twenty pages that are closed or left at once", async ({ visit }) => {
    const first = await visit({ options: { batch_ms: 60_000 } });
    const { key, url, context, page, pulse } = first;
    for (let i = 0; i < 20; i += 2) {
      const closed = await open(context, key, url);
      await closed.pulse("track", `closing_${i}`);
      await closed.page.close({ runBeforeUnload: false });
      await page.goto(url);
      await pulse("track", `closing_${i + 1}`);
      await page.goto("about:blank");
    }
    // What a beacon took is confirmed by the next page; what was not sent at all is sent by it.
    const { status } = await open(context, key, url);
    const closing = () => names(edge.taken(key)).filter((name) => name.startsWith("closing_"));
    await eventually("all twenty", async () => (closing().length === 20 ? true : null));
    expect(closing().sort()).toEqual(Array.from({ length: 20 }, (_each, index) => `closing_${index}`).sort());
    await eventually("an empty queue", async () => ((await status())["queued"] === 0 ? true : null));
  });

  it("hands over what waits as soon as the page is hidden, which may be the last that is heard of it", async ({
    visit,
  }) => {
    const { page, pulse, taken } = await visit({ options: { batch_ms: 60_000 } });
    await pulse("track", "unseen");
    await setHidden(page, true);
    expect(names(await taken(2)).sort()).toEqual(["page_view", "unseen"]);
  });

  it("hands over by beacon what a page without storage would lose when it is left", async ({ visit }) => {
    const { key, page, url, pulse } = await visit({ options: { cookieless: true, batch_ms: 60_000 } });
    for (let i = 0; i < 5; i++) {
      await page.goto(url);
      await pulse("track", `leaving_${i}`);
      await page.goto("about:blank");
    }
    const leaving = () => names(edge.taken(key)).filter((name) => name.startsWith("leaving_"));
    await eventually("all beacons", async () => (leaving().length === 5 ? true : null));
  });

  it("sends by itself what the browser or a blocker refuses as a beacon", async ({ visit }) => {
    const { page, pulse, taken } = await visit({
      options: { batch_ms: 60_000 },
      before: "Navigator.prototype.sendBeacon = () => false",
    });
    await pulse("track", "leaving");
    await page.goto("about:blank");
    expect(names(await taken(2)).sort()).toEqual(["leaving", "page_view"]);
  });

  it("keeps what happens offline, over a change of page, and sends it when the network is back", async ({ visit }) => {
    const { key, context, page, pulse, taken } = await visit();
    await taken(1);
    await context.setOffline(true);
    await pulse("track", "offline_1");
    await pause(3 * QUICK.batch_ms);
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    await pulse("track", "offline_2");
    expect(names(edge.taken(key))).toEqual(["page_view"]);
    await context.setOffline(false);
    expect(names(await taken(3)).sort()).toEqual(["offline_1", "offline_2", "page_view"]);
  });

  it("tries again, under the same ids, when the edge drops the connection or fails", async ({ visit }) => {
    const { key, pulse, taken } = await visit();
    await taken(1);
    const answers = ["drop", { status: 500 }, "drop"] as const;
    let asked = 0;
    edge.script(key, () => answers[asked++]);
    await pulse("track", "insisting");
    const [, event] = await taken(2);
    expect(edge.times(key, event?.["id"])).toBe(4);
  });

  it("waits as long as the edge asks it to, on a new page too", async ({ visit }) => {
    const { key, context, url, pulse, taken, status } = await visit();
    await taken(1);
    let asked = 0;
    edge.script(key, () => (asked++ === 0 ? { status: 429, headers: { "retry-after": "1" } } : undefined));
    await pulse("track", "waiting");
    await eventually("the reason", async () => (await status())["last_error"]);
    await open(context, key, url);
    await taken(3);
    const [refused, next] = edge.arrived(key).slice(1);
    expect((next?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it("does not send again what the edge rejects, and says why", async ({ visit }) => {
    const { key, pulse, status } = await visit({ options: { page_views: false } });
    edge.script(key, ({ events }) => ({
      status: 200,
      body: {
        results: events.map(({ id }, index) => ({ index, id, status: "rejected", errors: [{ pointer: "/value" }] })),
      },
    }));
    await pulse("track", "wrong");
    const said = await eventually("the reason", async () => (await status())["last_error"]);
    expect(said).toContain("/value");
    await pause(4 * QUICK.batch_ms);
    expect([edge.arrived(key).length, (await status())["queued"]]).toEqual([1, 0]);
  });

  it.for([
    { how: "with Web Locks", before: undefined },
    { how: "without them", before: "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })" },
  ])("shares ids and the queue between tabs that send at once, $how", async ({ before }, { visit }) => {
    const first = await visit({ ...(before === undefined ? {} : { before }), loader: "" });
    const { context, key } = first;
    edge.script(key, () => "slow");
    pages.set(new URL(first.url).pathname, { html: loader(key, {}), headers: {} });
    // One after the other: storage has no lock, so of a visitor's very first two pages in one instant each may make its own ids.
    const tabs = [await open(context, key, first.url), await open(context, key, first.url)];
    await Promise.all(tabs.map(({ pulse }, index) => pulse("track", `tab_${index}`)));
    const events = await first.taken(4);
    expect(new Set(events.map(({ client_id }) => client_id)).size).toBe(1);
    expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1);
    await eventually("an empty queue", async () => ((await tabs[0]?.status())?.["queued"] === 0 ? true : null));
    // A tab may not see yet what another took from the queue; that it is sent twice changes nothing.
    if (before === undefined) expect(edge.most(key)).toBe(1);
  });

  it("keeps nothing and sends nothing before there is consent, then everything with its time", async ({ visit }) => {
    const { key, page, pulse, taken, status } = await visit({ options: { consent: "pending" } });
    await pulse("track", "view_item");
    const trackedMs = Date.now();
    await pause(4 * QUICK.batch_ms);
    expect([await stored(page), edge.arrived(key), (await status())["held"]]).toEqual([[], [], 2]);
    await pulse("consent", "granted");
    const events = await taken(2);
    for (const { timestamp } of events) expect(Date.parse(timestamp)).toBeLessThanOrEqual(trackedMs);
    expect(await stored(page)).toContain("pulse.client");
  });

  it("forgets everything when consent is denied, and obeys Google's consent mode", async ({ visit }) => {
    const { key, page, pulse, taken } = await visit();
    await taken(1);
    await page.evaluate("localStorage.cart = 'the shop’s own'");
    await page.evaluate("dataLayer.push(['consent', 'update', { analytics_storage: 'denied' }])");
    await pulse("track", "view_item");
    await page.goto("about:blank");
    expect(names(edge.taken(key))).toEqual(["page_view"]);
    const next = await open(page.context(), key, shop);
    expect(await stored(next.page)).toEqual(["cart"]);
  });

  it.for([
    { options: {}, count: 0, because: "it is honoured unless a shop says otherwise" },
    { options: { respect_gpc: false }, count: 1, because: "the shop said otherwise" },
  ])("records $count views under Global Privacy Control: $because", async ({ options, count }, { visit }) => {
    const { key, page, pulse } = await visit({
      options,
      before: "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })",
    });
    await pulse("consent", "granted");
    await pulse("flush");
    await pause(4 * QUICK.batch_ms);
    expect([edge.taken(key).length, ((await stored(page)) as string[]).length > 0]).toEqual([count, count > 0]);
  });

  it("keeps nothing on the device in cookieless mode, and one id for the page", async ({ visit }) => {
    const { page, context, pulse, taken } = await visit({ options: { cookieless: true } });
    await pulse("track", "view_item");
    const events = await taken(2);
    expect(new Set(events.map(({ client_id }) => client_id)).size).toBe(1);
    expect([await stored(page), await context.cookies()]).toEqual([[], []]);
  });

  it("tells how often and how evenly was typed, and never what, where a card is put in", async ({ visit }) => {
    const { key, page, pulse, taken } = await visit({
      body: "<form><input name=card><input name=holder></form>",
    });
    await page.locator("[name=card]").pressSequentially("4242424242424242", { delay: 5 });
    await page.locator("[name=holder]").fill("Zzyzx Qwghlm");
    await pulse("track", "add_payment_info");
    const events = await taken(2);
    const { _signals: signals } = events.find(({ name }) => name === "add_payment_info")?.["properties"] ?? {};
    expect(signals).toMatchObject({ keys: { count: 16 }, webdriver: true });
    expect(Object.keys(signals).sort()).toEqual(["keys", "on_page_ms", "webdriver"]);
    expect(events[0]?.context).toMatchObject({ locale: "en-US", screen: { width: 1280, height: 720 } });
    for (const secret of ["424242", "Zzyzx", "Qwghlm"]) expect(JSON.stringify(edge.arrived(key))).not.toContain(secret);
  });

  it("leaves out the signals that a shop switched off", async ({ visit }) => {
    const off = { screen: false, locale: false, on_page_ms: false, keys: false, pointer: false, webdriver: false };
    const { taken } = await visit({ options: { signals: off } });
    const [event] = await taken(1);
    expect([Object.keys(event?.context), event?.["properties"]]).toEqual([["page"], { _signals: {} }]);
  });

  const HOSTILE: { what: string; before: string; head?: string; isScriptHidden?: boolean }[] = [
    {
      what: "froze the prototypes",
      before: "[Object, Array, Function, String, Promise, Map, History].forEach((one) => Object.freeze(one.prototype))",
    },
    {
      what: "has an old library's JSON",
      before:
        "Array.prototype.toJSON = String.prototype.toJSON = function () { return 'broken' }; JSON.stringify = () => '[]'; JSON.parse = () => ({})",
    },
    {
      what: "has storage that throws",
      before:
        "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
    },
    {
      what: "has no randomUUID and a constant generator",
      before: "delete Crypto.prototype.randomUUID; Crypto.prototype.getRandomValues = (bytes) => bytes.fill(7)",
    },
    {
      what: "polluted Object.prototype",
      before:
        "Object.assign(Object.prototype, { endpoint: 'https://evil.example', cookieless: true, consent: 'denied', value: -1, status: 'rejected', event: 'purchase', version: '1', q: [] })",
    },
    {
      what: "has elements with the names of what we look for",
      before: "",
      head: "<form id=pulse></form><img name=currentScript src=https://evil.example><form name=title></form><form name=referrer></form>",
      isScriptHidden: true,
    },
    {
      what: "has a clock that jumps",
      before: "{ const now = Date.now; let calls = 0; Date.now = () => now() + (calls++ % 2) * -864e5 }",
    },
    {
      what: "replaced Array's and Object's helpers",
      before:
        "Array.from = () => []; Array.prototype.reduce = () => 0; Array.prototype.entries = () => []; Object.entries = Object.entries.bind(Object)",
    },
  ];
  it.for(HOSTILE)(
    "records on a page that $what, and throws nothing into it",
    async ({ before, head = "", isScriptHidden = false }, { visit }) => {
      const { pulse, taken, errors } = await visit({
        before,
        head,
        options: isScriptHidden ? { endpoint: edge.origin } : {},
      });
      await pulse("track", "add_to_cart", { value: 5, currency: "EUR", items: [{ item_id: "a" }], list: ["b"] });
      const events = await taken(2);
      expect(events.find(({ name }) => name === "add_to_cart")).toMatchObject({
        value: 5,
        items: [{ item_id: "a" }],
        properties: { list: ["b"] },
      });
      expect(new Set(events.map(({ id }) => id)).size).toBe(2);
      expect(errors).toEqual([]);
    },
  );

  it("hands over by beacon on a page that broke fetch", async ({ visit }) => {
    const { page, pulse, taken, errors } = await visit({
      before: "globalThis.fetch = () => { throw new Error('broken') }",
    });
    await pulse("track", "leaving");
    await page.goto("about:blank");
    expect(names(await taken(2)).sort()).toEqual(["leaving", "page_view"]);
    expect(errors).toEqual([]);
  });

  it("is one, though a page loads it twice and keeps the loader's stub", async ({ visit }) => {
    const { key, page, taken, pulse } = await visit({
      body: "<script>const stub = pulse</script>",
    });
    await taken(1);
    await page.addScriptTag({ url: `${edge.origin}/pulse.js` });
    await page.evaluate("stub('track', 'by_stub')");
    await pulse("init", { key: "pk_other" });
    await pulse("track", "last");
    expect(names(await taken(3)).sort()).toEqual(["by_stub", "last", "page_view"]);
    expect([edge.arrived("pk_other"), edge.taken(key).length]).toEqual([[], 3]);
  });

  it("explains in the console what it does, when asked to", async ({ visit }) => {
    const { page, pulse, taken, status } = await visit();
    await taken(1);
    await eventually("its answer", async () => ((await status())["queued"] === 0 ? true : null));
    const lines: string[] = [];
    page.on("console", (message) => lines.push(message.text()));
    await pulse("debug", true);
    await pulse("track", "view_item");
    await pulse("track", "no name");
    await eventually("the answer", async () => (lines.length >= 3 ? true : null));
    expect(lines.sort()).toEqual([
      "[pulse] 1 sent: 200",
      "[pulse] no name: no name",
      "[pulse] view_item, consent granted",
    ]);
    expect(await status()).toEqual({
      version: SNIPPET.version,
      consent: "granted",
      client_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      session_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      queued: 0,
      held: 0,
      stopped: false,
      last_error: "no name: no name",
    });
  });
});

describeInBrowser("a shop's visit, end to end", { timeout: TIMEOUT_MS }, () => {
  it("brings each event of it to Postgres once, from the first page to the order, though tabs close on the way", async () => {
    const { workers, publishableKey, ask, key } = await system;
    const context = await browser.newContext();
    const pageOf = async (path: string, ...calls: unknown[][]) => {
      const options = { key: publishableKey, endpoint: String(workers.edge), ...QUICK };
      pages.set(path, { html: loader(publishableKey, options), headers: {} });
      const visited = await open(context, publishableKey, shop + path);
      for (const call of calls) await visited.pulse(...call);
      return visited;
    };
    const items = [{ item_id: "mug", item_name: "Mug", price: "9.90", quantity: 2, item_brand: "Claymore" }];
    const goods = { currency: "EUR", value: 19.8, items };
    const home = await pageOf("/home/");
    const { session_id } = await eventually("a session", async () => {
      const status = await home.status();
      return status["session_id"] === null ? null : status;
    });
    await home.page.close();
    await (
      await pageOf("/mug/", ["track", "view_item", goods], ["track", "Product Added", { product_id: "mug" }])
    ).page.close();
    await pageOf("/checkout/", ["identify", { user_id: "u-1" }], ["track", "begin_checkout", goods]);
    const thanks = await pageOf("/thanks/", ["track", "purchase", { ...goods, transaction_id: "T-1" }]);
    await thanks.page.reload();
    await thanks.pulse("track", "purchase", { ...goods, transaction_id: "T-1" });

    const wanted = [
      "add_to_cart",
      "begin_checkout",
      ...Array.from({ length: 5 }, () => "page_view"),
      "purchase",
      "view_item",
    ];
    const rows = await eventually("all events", async () => {
      const answer = await ask("GET", `/v1/events?session_id=${String(session_id)}`, key("analyst"));
      const { data } = answer.body as { data: SentEvent[] };
      return data.length < wanted.length ? null : data;
    });
    expect(rows.map(({ name, event }) => String(name ?? event.name)).sort()).toEqual(wanted);
  });
});
