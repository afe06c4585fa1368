import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Event } from "../../shared/event.ts";
import { openTestShop, type TestShop, type TestVisitor } from "./test-shop.ts";

let test: TestShop;
let visitor: TestVisitor;
beforeEach(async () => {
  test = await openTestShop();
  visitor = test.visitor();
});
afterEach(() => test.close());

const ADDRESS = { email: "ada@example.com", country: "GB", postcode: "sw1a 1aa" };

/** Goods in the cart and an address given. @returns the order's number */
async function toPayment(who = visitor, address = ADDRESS): Promise<string> {
  await who.post("/cart", { id: "22222", quantity: "2" });
  await who.post("/checkout", address);
  return numberIn((await who.get("/checkout/payment")).text);
}

const numberIn = (text: string) => /name="number" value="(HL-\w{8})"/.exec(text)?.[1] ?? "none";
const paying = (number: string, more: Record<string, string> = {}) => ({
  number,
  card_token: "tok_test_pays",
  ...more,
});

/** What a page tracks by itself. */
function tracksOf(text: string): [name: string, params: Record<string, unknown>][] {
  const attribute = /data-tracks="([^"]*)"/.exec(text)?.[1] ?? "";
  return JSON.parse(attribute.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&"));
}
const namesOf = (text: string) => tracksOf(text).map(([name]) => name);

describe("every page", () => {
  it.each([
    { path: "/", status: 200 },
    { path: "/categories/bags", status: 200 },
    { path: "/search", status: 200 },
    { path: "/search?q=tea", status: 200 },
    { path: "/products/22222", status: 200 },
    { path: "/cart", status: 200 },
    { path: "/account", status: 200 },
    { path: "/play", status: 200 },
    { path: "/products/nothing", status: 404 },
    { path: "/categories/nothing", status: 404 },
    { path: "/orders/HL-SOMEBODY", status: 404 },
    { path: "/tiles/nothing.svg", status: 404 },
    { path: "/%00/../etc/passwd", status: 404 },
  ])("$path answers $status as a page that runs no script but its own and the edge's", async ({ path, status }) => {
    const { status: answered, headers, text } = await visitor.get(path);
    expect(answered).toBe(status);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = headers.get("content-security-policy");
    expect(policy).toMatch(/default-src 'none'; script-src 'self' http:\/\/127\.0\.0\.1:\d+;/);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(text).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
  });

  it("gives every field a label, and every picture its size and an alternative", async () => {
    await toPayment();
    for (const path of ["/", "/products/22222", "/cart", "/checkout", "/checkout/payment", "/account"]) {
      const { text } = await visitor.get(path);
      for (const [field] of text.matchAll(/<(?:input|select)[^>]*>/g)) {
        const id = /\sid="([^"]+)"/.exec(field)?.[1] ?? "";
        const isNamed =
          /type="(hidden|radio)"/.test(field) || text.includes(`<label for="${id}"`) || text.includes(`for="${id}">`);
        expect(isNamed, `${path}: ${field}`).toBe(true);
      }
      for (const [picture] of text.matchAll(/<img[^>]*>/g))
        expect(picture).toMatch(/width="\d+"[^>]*height="\d+"[^>]*alt="/);
    }
  });

  it("shows what a shopper types as text", async () => {
    const { text } = await visitor.get(`/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).not.toContain("<script>alert");
  });

  it("gives its files for good under names that say what is in them", async () => {
    const { text } = await visitor.get("/");
    for (const path of text.match(/\/assets\/[0-9a-f]{12}\/shop\.(css|js)/g) ?? []) {
      const file = await visitor.get(path);
      expect([file.status, file.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    }
  });
});

describe("the door", () => {
  it("takes no forms of other sites, which could fill a shopper's cart", async () => {
    const foreign = await visitor.post("/cart", { id: "22222" }, { origin: "http://evil.example" });
    expect(foreign.status).toBe(403);
    const own = await visitor.post("/cart", { id: "22222" }, { origin: test.shop.url.origin });
    expect(own.status).toBe(303);
  });

  it("answers to no other name, so that a name that leads here opens nothing", async () => {
    const status = await new Promise((resolve) => {
      httpRequest(test.shop.url, { headers: { host: "evil.example" } }, (answer) =>
        resolve(answer.resume().statusCode),
      ).end();
    });
    expect(status).toBe(421);
  });

  it.each([
    { method: "DELETE", path: "/cart", allow: "GET, HEAD, POST" },
    { method: "GET", path: "/cart/change", allow: "POST" },
  ])("says what is allowed to $method $path", async ({ method, path, allow }) => {
    const answer = await fetch(new URL(path, test.shop.url), { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  });

  it("reads no more than a form can be", async () => {
    const { status } = await visitor.post("/cart", { id: "x".repeat(20_000) });
    expect(status).toBe(413);
  });

  it("remembers only who did something, so that passers-by fill no memory", async () => {
    expect((await visitor.get("/")).headers.get("set-cookie")).toBeNull();
    const { headers } = await visitor.post("/cart", { id: "22222", quantity: "1" });
    expect(headers.get("set-cookie")).toMatch(/^shop_\d+=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Lax$/);
  });
});

describe("the cart", () => {
  it("is tracked by the page that follows each change, once, with what really changed", async () => {
    await visitor.post("/cart", { id: "22222", quantity: "3" });
    const added = await visitor.get("/cart");
    expect(tracksOf(added.text)).toEqual([
      ["add_to_cart", expect.objectContaining({ currency: "GBP", value: 38.25 })],
      ["view_cart", expect.objectContaining({ currency: "GBP", value: 38.25 })],
    ]);
    expect(namesOf((await visitor.get("/cart")).text)).toEqual(["view_cart"]);

    await visitor.post("/cart/change", { id: "22222", quantity: "1" });
    expect(tracksOf((await visitor.get("/cart")).text)[0]).toEqual([
      "remove_from_cart",
      expect.objectContaining({ value: 25.5 }),
    ]);
    await visitor.post("/cart/change", { id: "22222", quantity: "0" });
    expect(namesOf((await visitor.get("/cart")).text)).toEqual(["remove_from_cart"]);
  });

  it.each(["", "-1", "1e9", "abc", "1.5", "99999999"])("takes a quantity of %j for one", async (quantity) => {
    await visitor.post("/cart", { id: "11111", quantity });
    expect((await visitor.get("/cart")).text).toContain("£2.08");
  });

  it("is each visitor's own", async () => {
    await visitor.post("/cart", { id: "22222", quantity: "1" });
    expect((await test.visitor().get("/cart")).text).toContain("It is empty");
  });
});

describe("the checkout", () => {
  it("tells the edge of the purchase from the server, with who and where from, as the edge takes it", async () => {
    const number = await toPayment();
    const { location } = await visitor.post(
      "/checkout/payment",
      paying(number, { client_id: "c-1", session_id: "s-1" }),
      { "user-agent": "Chrome" },
    );
    expect(location).toBe(`/orders/${number}`);
    expect((await visitor.get(location)).text).toContain("is on its way to SW1A 1AA, United Kingdom");
    expect(test.told).toHaveLength(1);
    expect(test.told[0]).toMatchObject({
      id: `evt_shop_${number}`,
      name: "purchase",
      client_id: "c-1",
      session_id: "s-1",
      email: "ada@example.com",
      transaction_id: number,
      value: 25.5,
      shipping: 3.95,
      currency: "GBP",
      items: [
        {
          item_id: "22222",
          item_name: "Regency cakestand 3 tier",
          item_category: "Kitchen",
          price: 12.75,
          quantity: 2,
        },
      ],
      payment: { method: "card", bin: "424242", outcome: "authorized" },
      shipping_address: { country: "GB", postal_code: "SW1A 1AA" },
      context: { ip: "127.0.0.1", user_agent: "Chrome" },
    });
    expect(Event.safeParse(test.told[0]).error).toBeUndefined();
  });

  it("places one order however often the button is pressed, also while the first press is on its way", async () => {
    const number = await toPayment();
    const { release } = test.hold();
    const presses = [1, 2, 3].map(() => visitor.post("/checkout/payment", paying(number)));
    release();
    const after = [...(await Promise.all(presses)), await visitor.post("/checkout/payment", paying(number))];
    expect(after.map(({ location }) => location)).toEqual(Array(4).fill(`/orders/${number}`));
    expect(test.told).toHaveLength(1);
    expect((await visitor.get("/cart")).text).toContain("It is empty");
  });

  it("holds back what the edge finds strange, and tells the shopper nothing of scores", async () => {
    test.judge(0.93);
    const number = await toPayment();
    await visitor.post("/checkout/payment", paying(number));
    const { text } = await visitor.get(`/orders/${number}`);
    expect(text).toContain("We have your order");
    expect(text).not.toContain("0.93");
    expect(JSON.parse((await visitor.get("/panel")).text)).toMatchObject({
      told: [{ event: { name: "purchase" }, outcome: { kind: "accepted", verdict: { score: 0.93, anomaly: true } } }],
    });
  });

  it("takes the order when the edge cannot answer, as a shop must sell, and tells it later", async () => {
    test.judge(null);
    const number = await toPayment();
    await visitor.post("/checkout/payment", paying(number));
    expect((await visitor.get(`/orders/${number}`)).text).toContain("Thank you");
    test.judge(0.1);
    await test.shop.close();
    expect(test.told.map(({ id }) => id)).toEqual([`evt_shop_${number}`]);
  });

  it("says that a card was declined, tells the edge of each try, and keeps the cart", async () => {
    const number = await toPayment();
    for (const _ of [1, 2]) {
      const { location } = await visitor.post("/checkout/payment", paying(number, { card_token: "tok_test_declined" }));
      expect(location).toBe("/checkout/payment");
      expect((await visitor.get(location)).text).toContain("Your card was declined. Nothing was charged.");
    }
    expect(test.told).toMatchObject([1, 2].map(() => ({ name: "payment_failed", payment: { outcome: "declined" } })));
    expect(new Set(test.told.map(({ id }) => id)).size).toBe(2);
    for (const event of test.told) expect(Event.safeParse(event).error).toBeUndefined();
    await visitor.post("/checkout/payment", paying(number));
    expect(test.told.at(-1)).toMatchObject({ name: "purchase", transaction_id: number });
  });

  it.each([
    { fields: { card_token: "tok_live_stolen" }, because: "the provider does not know the token" },
    { fields: { card_token: "" }, because: "there is none" },
  ])("sells nothing when $because", async ({ fields }) => {
    const number = await toPayment();
    const { location } = await visitor.post("/checkout/payment", paying(number, fields));
    expect(location).toBe("/checkout/payment");
    expect(test.told).toEqual([]);
  });

  it("leaves out ids that are none, as a page's fields can hold anything", async () => {
    const number = await toPayment();
    await visitor.post("/checkout/payment", paying(number, { client_id: "<script>", session_id: "s".repeat(500) }));
    expect(Object.keys(test.told[0] ?? {})).not.toContain("client_id");
    expect(Object.keys(test.told[0] ?? {})).not.toContain("session_id");
  });

  it.each([
    { wrong: { email: "ada" }, says: "Type an e-mail address" },
    { wrong: { country: "XX" }, says: "Choose a country" },
    { wrong: { postcode: "!" }, says: "Type a postcode" },
  ])("asks again for $wrong and keeps the rest", async ({ wrong, says }) => {
    await visitor.post("/cart", { id: "22222", quantity: "1" });
    const { status, text } = await visitor.post("/checkout", { ...ADDRESS, ...wrong });
    expect(status).toBe(422);
    expect(text).toContain(says);
    expect((await visitor.get("/checkout/payment")).location).toBe("/checkout");
  });

  it("shows an order to its visitor alone", async () => {
    const number = await toPayment();
    await visitor.post("/checkout/payment", paying(number));
    expect((await test.visitor().get(`/orders/${number}`)).status).toBe(404);
  });
});

describe("an account", () => {
  it("is made by an e-mail and found again by it, which the page tracks as sign_up and as login", async () => {
    await visitor.post("/account", { email: "Ada@example.com" });
    const first = await visitor.get("/account");
    expect(namesOf(first.text)).toEqual(["sign_up"]);
    const userId = /data-user="(shopper-\w+)"/.exec(first.text)?.[1];
    const number = await toPayment();
    await visitor.post("/checkout/payment", paying(number));
    expect(test.told[0]).toMatchObject({ user_id: userId });

    const elsewhere = test.visitor();
    await elsewhere.post("/account", { email: "ada@EXAMPLE.com" });
    const { text } = await elsewhere.get("/account");
    expect(namesOf(text)).toEqual(["login"]);
    expect(text).toContain(`data-user="${userId}"`);
    expect(text).toContain(number);
    await elsewhere.post("/account/sign-out", {});
    expect((await elsewhere.get("/account")).text).toContain('data-user=""');
  });
});

describe("a trick", () => {
  it.each([
    { slug: "card-testing", names: Array(20).fill("payment_failed") },
    { slug: "price-slip", names: Array(11).fill("purchase") },
    { slug: "account-takeover", names: ["purchase", "purchase", "purchase", "purchase", "login", "purchase"] },
  ])("$slug sends events that the edge takes, under new ids each time", async ({ slug, names }) => {
    for (const _ of [1, 2]) expect((await visitor.post(`/play/${slug}`, {})).location).toBe("/play#outcome");
    expect(test.told.map(({ name }) => name)).toEqual([...names, ...names]);
    expect(new Set(test.told.map(({ id }) => id)).size).toBe(names.length * 2);
    for (const event of test.told) expect(Event.safeParse(event).error).toBeUndefined();
    expect((await visitor.get("/play")).text).toContain(`of ${names.length} events are anomalies`);
  });
});
