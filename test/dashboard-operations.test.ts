import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { saveTestRelease } from "../aggregator/models/test-registry.ts";
import { openReceiver, type ReceivedWebhook, type Receiver } from "../local/receiver.ts";
import type { Role } from "../shared/keys.ts";
import { testRelease } from "../shared/test-release.ts";
import { describeInBrowser, launchBrowser } from "./browser.ts";
import { registryOf } from "./system-registry.ts";
import { eventually, startSystem, type System } from "./system.ts";

/** Seconds on an idle machine; many browsers share this one. */
const TIMEOUT_MS = 90_000;
const DESK = { width: 1440, height: 900 };

let system: System;
let browser: Browser;
let receiver: Receiver;
/** What the receiver checks signatures by: what was read from the page, as whoever sets it up would. */
const secrets: string[] = [];
const received: ReceivedWebhook[] = [];
/** One for each role: a new tab is a new process, which compiles the dashboard's script again. */
const tabs = new Map<Role, Page>();
let complaints: string[] = [];

describeInBrowser("the operators' pages of the dashboard", () => {
  beforeAll(async () => {
    [system, browser, receiver] = await Promise.all([
      startSystem(),
      launchBrowser(),
      openReceiver({ secrets: () => secrets, onWebhook: (webhook) => received.push(webhook) }),
    ]);
    for (let nth = 0; nth < 8; nth++) await system.send("/v1/events", stolenCard(nth));
    await eventually("the alert", async () => ((await get("/v1/alerts")).data.length > 0 ? true : null));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    await receiver.close();
    await system.stop();
  });
  afterEach(() => {
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  it(
    "adds a webhook and shows its secret once; a test arrives signed with it, and is replayed under the id it had",
    async () => {
      const page = await open("operator", "/alerts/destinations");
      await page.getByText("Alerts go nowhere").waitFor();
      await page.getByRole("button", { name: "Add a destination" }).click();
      await page.getByLabel("URL").fill("not an address");
      await page.getByRole("button", { name: "Add it" }).click();
      await page.getByText("must be an absolute URL").first().waitFor();
      complaints = complaints.filter((text) => !text.includes("422"));
      await page.getByLabel("URL").fill(receiver.url.href);
      await page.getByRole("button", { name: "Add it" }).click();

      const dialog = page.getByRole("dialog", { name: "The webhook’s secret" });
      const secret = await dialog.getByText(/^whsec_/).innerText();
      secrets.push(secret);
      await page.keyboard.press("Escape");
      await dialog.getByText("It cannot be shown again. Is it saved?").waitFor();
      await dialog.getByRole("button", { name: "I have saved it" }).click();
      await page.waitForURL("**/alerts/destinations/wh_*");
      await dialog.waitFor({ state: "detached" });
      expect(await page.content()).not.toContain(secret);

      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByText("The test arrived (204).").waitFor();
      await page.getByRole("button", { name: "Show", exact: true }).click();
      const delivery = page.getByRole("dialog", { name: "Delivery: Test" });
      await delivery.getByText(/^204 in/).waitFor();
      await delivery.getByRole("button", { name: "Replay" }).click();
      await page.getByText("Replayed: it was delivered.").waitFor();
      await delivery
        .getByText(/^204 in/)
        .nth(1)
        .waitFor();
      const ids = received.map(({ headers }) => headers["webhook-id"]);
      expect(ids).toEqual([ids[0], ids[0]]);
    },
    TIMEOUT_MS,
  );

  it(
    "shows what a rule would have raised while it is written, says what does not hold, and keeps who changed it",
    async () => {
      const page = await open("operator", "/alerts/rules/rule_default");
      const preview = page.getByRole("region", { name: "What it would have raised" });
      await preview.getByText("1 alert", { exact: true }).waitFor();
      const score = page.getByLabel("Score, at least");
      await score.fill("2");
      await preview.getByText("A field does not hold").waitFor();
      complaints = complaints.filter((text) => !text.includes("422"));
      expect(await score.getAttribute("aria-invalid")).toBe("true");
      await score.fill("1");
      await preview.getByText("0 alerts").waitFor();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved. It holds from now on.").waitFor();
      await page.getByText("Version 2").waitFor();
      expect(await get("/v1/alert-rules/rule_default")).toMatchObject({ version: 2, conditions: { min_score: 1 } });

      await page.getByRole("button", { name: "Silence Every anomaly" }).click();
      await page.getByRole("menuitem", { name: "For 4 hours" }).click();
      await page.getByText("Silent", { exact: true }).waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    "shows an alert with its anomalies, takes a note, and is done with it once somebody acknowledges",
    async () => {
      const page = await open("operator", "/alerts?acknowledged=false");
      await page.getByRole("link", { name: /through this device/ }).click();
      const detail = page.getByRole("dialog", { name: /through this device/ });
      await detail.locator('a[href^="/anomalies/ano_evt_stolen_"]').first().waitFor();
      await detail.getByLabel("A note for the others").fill("Blocked the device.");
      await detail.getByRole("button", { name: "Add the note" }).click();
      await detail.getByText("Blocked the device.").waitFor();
      await detail.getByRole("button", { name: "Acknowledge" }).click();
      await page.keyboard.press("Escape");
      await page.waitForURL("**/alerts?acknowledged=false");
      await page.getByRole("link", { name: /through this device/ }).waitFor({ state: "detached" });
    },
    TIMEOUT_MS,
  );

  it(
    "promotes a candidate after saying what will happen, and brings back what decided before",
    async () => {
      const release = await testRelease({ version: "global@v1" });
      await saveTestRelease(await registryOf(system), release, { runId: "run_1", version: "2026-W47" });
      const page = await open("operator", "/models/versions/global%40v1");
      await page.getByRole("button", { name: "Promote …" }).click();
      await page.getByText("A rollback brings back the very scores of before").waitFor();
      await page.getByLabel("Reason").fill("finds resellers");
      await page.getByRole("button", { name: "Promote it" }).click();
      await page.getByText("global@v1 decides, everywhere within 2 min.").waitFor();

      await page.getByRole("link", { name: "Now", exact: true }).click();
      const now = page.getByRole("region", { name: "What scores now" });
      await now.getByText("finds resellers").waitFor();
      await now.getByRole("button", { name: "Roll back …" }).click();
      await page.getByRole("button", { name: "Roll back", exact: true }).click();
      await now.getByRole("link", { name: "global@v0" }).waitFor();
      const { data } = await get("/v1/releases");
      expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(["rolled_back", "promoted", "bundled"]);
    },
    TIMEOUT_MS,
  );

  it(
    "starts a dry run, follows it to its end, and says why nothing would come of it",
    async () => {
      const page = await open("operator", "/models/training");
      await page.getByRole("button", { name: "Start a run" }).click();
      await page.getByRole("button", { name: "Start the dry run" }).click();
      await page.waitForURL("**/models/training/trn_*");
      await page.getByText("Dry run done").waitFor();
      await page.getByText("Too few events").waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    "makes a key that is shown once and works, and revokes it",
    async () => {
      const page = await open("admin", "/keys");
      await page.getByRole("button", { name: "Make a key" }).click();
      await page.getByLabel("Role").selectOption("analyst");
      await page.getByLabel("What it is for").fill("The night shift");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "The new key" });
      const key = await dialog.getByText(/^sk_/).innerText();
      await dialog.getByRole("button", { name: "I have saved it" }).click();
      expect(await system.ask("GET", "/v1/me", key)).toMatchObject({ status: 200, body: { role: "analyst" } });

      await page.getByRole("link", { name: "The night shift" }).click();
      await page.getByRole("button", { name: "Revoke …" }).click();
      await page
        .getByRole("dialog", { name: /^Revoke/ })
        .getByRole("button", { name: "Revoke it" })
        .click();
      await page.getByText("It stops within a minute.").waitFor();
      await page.getByRole("dialog", { name: "The night shift" }).getByText("Revoked").first().waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    "has one say twice that one's own key is to be revoked, and passes on why the last admin key is not",
    async () => {
      const asked = { kind: "secret", role: "admin", description: "The only admin" };
      const { body: made } = await system.ask("POST", "/v1/api-keys", system.key("admin"), asked);
      const context = await newContext(made.key);
      const page = await newTab(context);
      await show(page, `/keys/${made.id}`);
      await page.getByText("You are signed in with it").waitFor();
      await page.getByRole("button", { name: "Revoke …" }).click();
      const question = page.getByRole("dialog", { name: "Revoke “The only admin”" });
      const revoke = question.getByRole("button", { name: "Revoke it" });
      expect(await revoke.getAttribute("aria-disabled")).toBe("true");
      await question.getByRole("checkbox", { name: /This is the key I am signed in with/ }).check();
      await revoke.click();
      await question.getByText("This is the last admin key that lasts.").waitFor();
      complaints = complaints.filter((text) => !text.includes("409"));
      await context.close();
    },
    TIMEOUT_MS,
  );

  it(
    "lets an analyst look at all but keys, with nothing that changes and the reason why",
    async () => {
      const page = await open("analyst", "/alerts/destinations");
      const buttons = [
        ["/alerts/destinations", "Add a destination"],
        ["/alerts/rules/rule_default", "Save"],
        ["/alerts/detection", "Save"],
        ["/alerts/lists", "Add an entry"],
        ["/alerts/calendar", "Mark days"],
        ["/models/training", "Start a run"],
        ["/failed-events", "Replay all …"],
      ] as const;
      for (const [path, name] of buttons) {
        await show(page, path);
        const button = page.getByRole("button", { name });
        await button.waitFor();
        expect([path, await button.getAttribute("aria-description")]).toEqual([
          path,
          "Needs a key of role operator; yours is analyst.",
        ]);
      }
      await show(page, "/keys");
      await page.getByText("This key may not see this").waitFor();
    },
    TIMEOUT_MS,
  );
});

/** Loads a page in the tab of a role. */
async function open(role: Role, path: string): Promise<Page> {
  const page = tabs.get(role) ?? (await newTab(await newContext(system.key(role))));
  tabs.set(role, page);
  await show(page, path);
  return page;
}

async function show(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, system.workers.aggregator).href);
}

async function newTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

async function newContext(key: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: DESK, reducedMotion: "reduce" });
  await context.addInitScript((text) => sessionStorage.setItem("pulseecom-key", text), key);
  return context;
}

async function get(path: string) {
  return (await system.ask("GET", path, system.key("admin"))).body;
}

/** One of many attempts with one card each, of which anomalies are made. */
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
