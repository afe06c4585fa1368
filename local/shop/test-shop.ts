import { createServer } from "node:http";
import type { Event } from "../../shared/event.ts";
import { listen, stopListening } from "../listen.ts";
import { categoryOf } from "./category.ts";
import type { Catalogue, Product } from "./catalogue.ts";
import { openShop, type Shop } from "./shop.ts";

const product = (id: string, name: string, priceMinor: number): Product => ({
  id,
  name,
  category: categoryOf(name),
  priceMinor,
  orders: 1,
});

/** A few products, enough for every page. */
const PRODUCTS = [
  product("11111", "Jumbo bag red retrospot", 208),
  product("22222", "Regency cakestand 3 tier", 1_275),
  product("33333", "Hot water bottle keep calm", 495),
];

export const CATALOGUE: Catalogue = {
  products: PRODUCTS,
  find: (id) => PRODUCTS.find((known) => known.id === id),
  inCategory: (slug) => PRODUCTS.filter(({ category }) => category.slug === slug),
  search: (words) => PRODUCTS.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase())),
};

export interface TestShop {
  shop: Shop;
  /** What the shop's server sent, in the order it arrived. */
  told: Event[];
  /** What the edge makes of everything from now on; null for an edge that cannot take it. */
  judge(score: number | null): void;
  /** Until `release`, the edge does not answer. */
  hold(): { release(): void };
  visitor(): TestVisitor;
  close(): Promise<void>;
}

/** A browser as far as this shop can tell: it keeps its cookie and follows nothing by itself. */
export interface TestVisitor {
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Where a redirect leads. */
  location: string;
}

/** A shop in front of an edge that says what the test wants. */
export async function openTestShop(): Promise<TestShop> {
  const told: Event[] = [];
  let score: number | null = 0.1;
  let gate = Promise.resolve();
  const edge = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const answer = {
        status: "accepted",
        assessment: { score, anomaly: (score ?? 0) >= 0.7, threshold: 0.7, reasons: [] },
      };
      void gate.then(() => {
        if (score === null) return response.writeHead(503).end("{}");
        told.push(JSON.parse(body) as Event); // what the shop sends is what is looked at
        return response.writeHead(202).end(JSON.stringify(answer));
      });
    });
  });
  const url = new URL(`http://127.0.0.1:${await listen(edge, 0)}`);
  const keys = { publishable: "pk_test", ingest: "sk_test" };
  const shop = await openShop({
    port: 0,
    edge: url,
    aggregator: new URL("http://127.0.0.1:1"),
    keys,
    catalogue: CATALOGUE,
  });
  return {
    shop,
    told,
    judge(next) {
      score = next;
    },
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return { release: () => release() };
    },
    visitor: () => newVisitor(shop.url),
    async close() {
      await shop.close();
      await stopListening(edge, 0);
    },
  };
}

function newVisitor(shop: URL): TestVisitor {
  let cookie = "";
  const ask = async (path: string, given: Record<string, string>, post: RequestInit = {}): Promise<Reply> => {
    const own = cookie === "" ? {} : { cookie };
    const answer = await fetch(new URL(path, shop), { ...post, redirect: "manual", headers: { ...own, ...given } });
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    const { status, headers } = answer;
    return { status, headers, text: await answer.text(), location: headers.get("location") ?? "" };
  };
  return {
    get: (path, headers = {}) => ask(path, headers),
    post: (path, fields, headers = {}) => ask(path, headers, { method: "POST", body: new URLSearchParams(fields) }),
  };
}
