import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { SNIPPET } from "../edge/snippet/served.ts";
import { browserPath, launchBrowser } from "../local/chromium.ts";
import { median } from "./load.ts";
import type { Report } from "./report.ts";

const ROUNDS = 15;
/** What the page does before it is looked at: some events, as a shopper's click makes them. */
const EVENTS = 20;
const SIZE_MOST = 6 * 1024;
/** Browsers call a task long from 50 ms on. */
const SETTLE_MS = 500;

interface Visit {
  longTasks: number;
  /** Of the main thread, scripts and all else, in ms. */
  taskMs: number;
  scriptMs: number;
}

/** What the snippet costs a page: its bytes, and time of the main thread beside a page without it, taken in turns. */
export async function snippet(): Promise<Report> {
  const bytes = gzipSync(SNIPPET.text, { level: 9 }).byteLength;
  const size = {
    what: "size, gzip",
    figure: `${bytes} bytes (${SNIPPET.text.length} plain)`,
    target: "≤ 6 KB",
    met: bytes <= SIZE_MOST,
  };
  const about = `${ROUNDS} visits each in Chromium, in turns; ${EVENTS} events a visit`;
  if (browserPath === undefined) {
    return { name: "snippet", about: "no browser on this machine: size alone", rows: [size] };
  }
  const site = await openSite();
  const browser = await launchBrowser();
  try {
    const empty: Visit[] = [];
    const full: Visit[] = [];
    await visit(browser, `${site.url}/full`); // the first page of a browser also starts it
    for (let round = 0; round < ROUNDS; round++) {
      empty.push(await visit(browser, `${site.url}/empty`));
      full.push(await visit(browser, `${site.url}/full`));
    }
    const of = (visits: Visit[], key: keyof Visit) => median(visits.map((each) => each[key]));
    const most = Math.max(...full.map(({ longTasks }) => longTasks));
    return {
      name: "snippet",
      about,
      rows: [
        size,
        {
          what: "main thread, page without",
          figure: `${of(empty, "taskMs").toFixed(1)} ms, of it scripts ${of(empty, "scriptMs").toFixed(1)} ms`,
        },
        {
          what: "main thread, page with",
          figure: `${of(full, "taskMs").toFixed(1)} ms, of it scripts ${of(full, "scriptMs").toFixed(1)} ms`,
        },
        { what: "long tasks with, the most of any visit", figure: String(most), target: "0", met: most === 0 },
      ],
    };
  } finally {
    await browser.close();
    site.close();
  }
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Performance.enable");
    await page.goto(url);
    await page.waitForTimeout(SETTLE_MS);
    const { metrics } = await devtools.send("Performance.getMetrics");
    const seconds = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    const longTasks = await page.evaluate<number>("longTasks");
    return { longTasks, taskMs: seconds("TaskDuration") * 1000, scriptMs: seconds("ScriptDuration") * 1000 };
  } finally {
    await context.close();
  }
}

const WATCH = `var longTasks = 0;
new PerformanceObserver((list) => (longTasks += list.getEntries().length)).observe({ type: "longtask", buffered: true });`;
const EMBED = `<script>window.pulse = function () { (pulse.q = pulse.q || []).push([Date.now(), arguments]); };
pulse("init", { key: "pk_bench" });
addEventListener("load", () => { for (let n = 0; n < ${EVENTS}; n++) pulse("track", "view_item", { value: n, currency: "EUR", items: [{ item_id: "i" + n, price: n }] }); });
</script><script async src="/pulse.js"></script>`;

/** Both pages, the snippet, and an edge that takes everything. */
async function openSite(): Promise<{ url: string; close(): void }> {
  const page = (embed: string) => `<!doctype html><title>bench</title><script>${WATCH}</script>${embed}<p>A page.`;
  const answers: Record<string, [type: string, body: string]> = {
    "/empty": ["text/html", page("")],
    "/full": ["text/html", page(EMBED)],
    "/pulse.js": ["text/javascript", SNIPPET.text],
  };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const [type, body] = answers[request.url ?? ""] ?? ["application/json", '{"results":[]}'];
      response.writeHead(200, { "content-type": type }).end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a listening TCP server
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
