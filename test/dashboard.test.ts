import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Role } from "../shared/keys.ts";
import { describeInBrowser, launchBrowser } from "./browser.ts";
import { eventually, startSystem, type System } from "./system.ts";

/** Seconds on an idle machine; many browsers share this one. */
const TIMEOUT_MS = 90_000;
/** What Web Vitals call good. */
const SHIFT_MOST = 0.1;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

/** Every page as it is looked through, by whom, and the heading that says it is there. */
const PAGES: readonly { path: string; role: Role; heading: string | RegExp }[] = [
  { path: "/overview", role: "analyst", heading: "Overview" },
  { path: "/anomalies", role: "operator", heading: "Anomalies" },
  { path: "/anomalies/ano_evt_stolen_0011", role: "operator", heading: /cards through this device/ },
  { path: "/incidents", role: "analyst", heading: "Incidents" },
  { path: "/figures?metric=orders&group_by=country", role: "analyst", heading: "Metrics" },
  { path: "/events?name=payment_failed", role: "analyst", heading: "Events" },
  { path: "/events/evt_stolen_0011", role: "analyst", heading: "Event" },
  { path: "/insights", role: "analyst", heading: "Insights" },
  { path: "/quality", role: "analyst", heading: "Data quality" },
  { path: "/alerts", role: "operator", heading: "Alerts" },
  { path: "/alerts/destinations", role: "analyst", heading: "Alerts" },
  { path: "/alerts/rules", role: "operator", heading: "Alerts" },
  { path: "/alerts/rules/rule_default", role: "operator", heading: "What it would have raised" },
  { path: "/alerts/detection", role: "operator", heading: "Threshold" },
  { path: "/lists?list=block", role: "operator", heading: "Alerts" },
  { path: "/calendar", role: "analyst", heading: "Alerts" },
  { path: "/models", role: "operator", heading: "What scores now" },
  { path: "/models/versions/global@v0", role: "operator", heading: "global@v0" },
  { path: "/models/drift", role: "analyst", heading: "Level" },
  { path: "/models/training", role: "analyst", heading: "Models" },
  { path: "/models/releases", role: "analyst", heading: "Models" },
  { path: "/failed-events", role: "operator", heading: "Failed events" },
  { path: "/accounting?hours=1", role: "analyst", heading: "The books" },
  { path: "/keys", role: "analyst", heading: "Keys" },
  { path: "/keys", role: "admin", heading: "Keys" },
  { path: "/nowhere", role: "analyst", heading: "No such page" },
];

let system: System;
let browser: Browser;
let origin: string;
/** One for each role, so that files are loaded and compiled once. */
const contexts = new Map<Role | null, BrowserContext>();
/** One for each role, for what only looks: a new tab is a new process, which compiles the dashboard's script again. */
const tabs = new Map<Role, Page>();
let opened: Page[] = [];
/** What browsers complained about: errors, and all that the content security policy refused. */
let complaints: string[] = [];

describeInBrowser("the dashboard", () => {
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
    origin = system.workers.aggregator.origin;
    await system.send("/v1/events/batch", { events: Array.from({ length: 20 }, (_, nth) => order(nth)) });
    for (let nth = 0; nth < 12; nth++) await system.send("/v1/events", stolenCard(nth));
    await eventually("the anomalies", async () => ((await statusOf(11)) === undefined ? null : true));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    await system.stop();
  });
  afterEach(async () => {
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  it(
    "signs in with a key that may read, keeps it no longer than the tab unless asked to, and shows it in no address",
    async () => {
      const page = await open(null);
      await page.goto(`${origin}/anomalies?status=all`);
      const field = page.getByLabel("Secret key");
      await field.waitFor();
      expect(await violations(axeIn(page))).toEqual([]);
      const enter = async (key: string) => {
        await field.fill(key);
        await page.keyboard.press("Enter");
      };
      await enter("not-a-key");
      await page.getByText("This has not the form of a secret key").waitFor();
      await enter(system.key("ingest"));
      await page.getByText("This key may only send events").waitFor();
      await enter(system.key("analyst"));
      await page.getByRole("heading", { name: "Anomalies", level: 1 }).waitFor();
      expect(page.url()).toBe(`${origin}/anomalies?status=all`);
      const kept = () =>
        page.evaluate("[localStorage, sessionStorage].map((kept) => JSON.stringify(kept).includes('sk_'))");
      expect(await kept()).toEqual([false, true]);
      await page.getByRole("button", { name: /^Account/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await field.waitFor();
      expect(await kept()).toEqual([false, false]);
    },
    TIMEOUT_MS,
  );

  it(
    "shows an anomaly as it is found, and takes a verdict by keys alone, and takes it back",
    async () => {
      const page = await open("operator");
      await page.goto(`${origin}/overview`);
      await page.getByRole("button", { name: "Live feed: Live" }).waitFor();
      await system.send("/v1/events", stolenCard(12));
      await page
        .getByRole("list", { name: "Events, newest first" })
        .locator('a[href="/anomalies/ano_evt_stolen_0012"]')
        .waitFor();

      await page.keyboard.press("g");
      await page.keyboard.press("a");
      const queue = page.getByRole("list", { name: "Anomalies, newest first" });
      await queue.locator('a[href$="ano_evt_stolen_0012"]').waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/anomalies/ano_evt_stolen_0012");
      await page.getByRole("heading", { name: /13 cards/ }).waitFor();
      await page.keyboard.press("c");
      await eventually("the verdict", async () => ((await statusOf(12)) === "confirmed" ? true : null));
      await page.waitForURL((url) => !url.pathname.endsWith("0012"));
      await page.keyboard.press("u");
      await eventually("the verdict taken back", async () => ((await statusOf(12)) === "open" ? true : null));
    },
    TIMEOUT_MS,
  );

  it(
    "judges several at once",
    async () => {
      const page = await open("operator");
      await page.goto(`${origin}/anomalies?q=evt_stolen_0011`);
      await page.getByRole("checkbox").first().check();
      await page.getByRole("toolbar", { name: "Selected anomalies" }).getByRole("button", { name: "Dismiss" }).click();
      await eventually("the verdict", async () => ((await statusOf(11)) === "dismissed" ? true : null));
      await page.getByText("None matches these filters").waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    "lets an analyst look, and says why he may not judge",
    async () => {
      const page = await open("analyst");
      await page.goto(`${origin}/anomalies/ano_evt_stolen_0010`);
      const confirm = page.getByRole("button", { name: "Confirm" });
      await confirm.waitFor();
      expect(await confirm.getAttribute("aria-disabled")).toBe("true");
      await confirm.hover();
      await page.getByText("Needs a key of role operator; yours is analyst.").waitFor();
      await page.keyboard.press("c");
      expect(await statusOf(10)).toBe("open");
    },
    TIMEOUT_MS,
  );

  it(
    "gives what a list shows as a file",
    async () => {
      const page = await open("analyst");
      await page.goto(`${origin}/events?name=payment_failed`);
      await page.getByRole("button", { name: "Download" }).click();
      const coming = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: /^CSV/ }).click();
      const download = await coming;
      expect(download.suggestedFilename()).toBe("events.csv");
      const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
      expect(lines[0]).toMatch(/^id,/);
      expect(lines.length).toBe(1 + 13);
    },
    TIMEOUT_MS,
  );

  it(
    "names the live feed lost while it is, asks by hand meanwhile, and comes back by itself",
    async () => {
      const page = await open("analyst");
      await page.goto(`${origin}/overview`);
      await page.getByRole("button", { name: "Live feed: Live" }).waitFor();
      await settled(page);
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "Live feed: Not live" }).waitFor();
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Live feed: Live" }).waitFor();
      complaints = complaints.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
    },
    TIMEOUT_MS,
  );

  it.each(PAGES)(
    "shows $path in both themes to whoever listens too, moves nothing while it loads, and fits a phone",
    async ({ path, role, heading }) => {
      const page = await tabOf(role);
      await page.goto(`${origin}${path}`);
      await page.getByRole("heading", { name: heading }).first().waitFor();
      await settled(page);
      expect(await page.evaluate(SHIFT)).toBeLessThan(SHIFT_MOST);
      expect(await violations(axeIn(page))).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(axeIn(page, AXE_IS_THERE).withRules("color-contrast"))).toEqual([]);
      await page.setViewportSize(PHONE);
      expect(await page.evaluate("document.documentElement.scrollWidth - document.body.offsetWidth")).toBe(0);
    },
    TIMEOUT_MS,
  );
});

/** @param role whose key is signed in; nobody's for null */
async function open(role: Role | null): Promise<Page> {
  const page = await newPage(role);
  opened.push(page);
  return page;
}

/** A role's tab, as wide and as light as a new one. */
async function tabOf(role: Role): Promise<Page> {
  const page = tabs.get(role) ?? (await newPage(role));
  tabs.set(role, page);
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: "light" });
  return page;
}

async function newPage(role: Role | null): Promise<Page> {
  const context = contexts.get(role) ?? (await newContext(role));
  contexts.set(role, context);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

async function newContext(role: Role | null): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: DESK, colorScheme: "light", reducedMotion: "reduce" });
  if (role !== null)
    await context.addInitScript((key) => sessionStorage.setItem("pulseecom-key", key), system.key(role));
  return context;
}

/** Until everything that was asked for is there, and drawn. */
async function settled(page: Page): Promise<void> {
  await eventually("the whole page", async () =>
    (await page.locator("[aria-busy=true], .skeleton").count()) === 0 ? true : null,
  );
}

/** A script for a page that was looked through before: axe itself is half a megabyte, which the page would compile again. */
const AXE_IS_THERE = ";";

/** It tells of violations alone: a page passes in thousands of places, and to name each takes longer than to look. */
function axeIn(page: Page, axeSource?: string): AxeBuilder {
  const source = axeSource === undefined ? {} : { axeSource };
  return new AxeBuilder({ page, ...source }).options({ resultTypes: ["violations"], selectors: false });
}

/** What axe finds that keeps people from using a page. */
async function violations(axe: AxeBuilder): Promise<string[]> {
  const { violations: found } = await axe.setLegacyMode().analyze();
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

async function statusOf(nth: number): Promise<string | undefined> {
  const { body } = await system.ask("GET", `/v1/anomalies/ano_${stolenCard(nth).id}`, system.key("analyst"));
  return body.status === 404 ? undefined : body.status;
}

/** One of many attempts with one card each, which an anomaly is made of. */
function stolenCard(nth: number) {
  return {
    id: `evt_stolen_${nth.toString().padStart(4, "0")}`,
    name: "payment_failed",
    timestamp: new Date().toISOString(),
    client_id: "client-of-a-thief",
    value: 1,
    currency: "EUR",
    payment: { method: "card", card_fingerprint: `stolen-${nth}`, card_country: "CA", outcome: "declined" },
    context: { ip: "203.0.113.7", geo: { country: "DE", city: "Berlin" } },
  };
}

function order(nth: number) {
  return {
    id: `evt_order_${nth.toString().padStart(4, "0")}`,
    name: "purchase",
    timestamp: new Date(Date.now() - nth * 600_000).toISOString(),
    user_id: `customer-${nth % 5}`,
    client_id: `client-${nth % 5}`,
    session_id: `session-${nth}`,
    transaction_id: `T-${nth}`,
    value: 40 + nth,
    currency: "EUR",
    items: [{ item_id: "mug", item_name: "Mug", item_category: "Kitchen", price: 40 + nth, quantity: 1 }],
    payment: { method: "card", card_fingerprint: `card-${nth % 5}`, outcome: "authorized" },
    context: { ip: `198.51.100.${nth}`, geo: { country: nth % 3 === 0 ? "AT" : "DE" } },
  };
}

/** How far things moved by themselves, as Web Vitals count it. In the page's own language: no types of browsers here. */
const SHIFT = `new Promise((resolve) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => (sum += hadRecentInput ? 0 : value)));
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})`;
