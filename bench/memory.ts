import { openHeap } from "./heap.ts";
import { largestValue } from "./kept.ts";
import { median, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { sendBatches } from "./send-batches.ts";
import { sized } from "./sizes.ts";
import { startEdgeAlone, untilOrt, type EdgeAlone } from "./stand.ts";
import { asking, inMemory, SWAP_VARS, SWAPS, uploadReleases } from "./swap.ts";
import { shop } from "./traffic.ts";

const EVENTS = sized("EVENTS", 1_000_000);
const LOOKS = 40;
const MORE_MOST = 1.1;
/** Events of one customer, device, card, network and address each, all else in them new every time. */
const OF_ONE = sized("OF_ONE", 10_000);
/** By then what was learned is on disk. */
const WRITTEN_MS = 40_000;
/** A profile store keeps thousands of profiles in an object of 128 MB. */
const PROFILE_BYTES_MOST = 64_000;

/** What the edge holds in memory after very many events, and what it keeps of one who never stops. */
export async function memory(folder: string): Promise<Report> {
  const edge = await startEdgeAlone(folder, { inspect: true, edgeVars: SWAP_VARS });
  try {
    await untilOrt(edge.workers.edge);
    const afterEvents = await heapOverEvents(edge);
    const releases = await uploadReleases(edge.workers);
    const afterSwaps = await inMemory(edge.workers, releases, asking(edge.workers.edge, edge.key));
    return {
      name: "memory",
      about: `the edge after ${EVENTS.toLocaleString("en")} events of a shop and ${SWAPS} swaps of its model; then ${OF_ONE.toLocaleString("en")} events each of one customer, device, card, network and e-mail address, and as many again`,
      rows: [afterEvents.row, ...afterSwaps, await profileRow(edge)],
      tables: [
        [
          `MB of heap in use after each ${(EVENTS / LOOKS).toLocaleString("en")} events`,
          afterEvents.megabytes.map((size) => size.toFixed(1).padStart(6)).join(""),
        ],
      ],
    };
  } finally {
    await edge.stop();
  }
}

/** What fills in the first quarter on purpose is not looked at: caches, profiles held, answers to repeated ids. */
async function heapOverEvents(edge: EdgeAlone): Promise<{ row: Report["rows"][number]; megabytes: number[] }> {
  const heap = await openHeap(edge.workers);
  const megabytes: number[] = [];
  const { bodies } = shop();
  let sent = 0;
  try {
    for (let look = 0; look < LOOKS; look++) {
      await sendBatches(edge, EVENTS / LOOKS, () => bodies(sent++));
      megabytes.push((await heap.usedBytes()) / 2 ** 20);
    }
  } finally {
    heap.close();
  }
  const [early, late] = [megabytes.slice(LOOKS / 4, LOOKS / 2), megabytes.slice((LOOKS * 3) / 4)].map(median);
  return {
    megabytes,
    row: {
      what: "heap of the edge after a collection, medians of the second and the last quarter of the events",
      figure: `${(early ?? NaN).toFixed(1)} MB, ${(late ?? NaN).toFixed(1)} MB`,
      target: "at most 10 % more",
      met: (late ?? NaN) <= (early ?? NaN) * MORE_MOST,
    },
  };
}

/** The largest that is kept of anybody, after many events and after twice as many. */
async function profileRow(edge: EdgeAlone): Promise<Report["rows"][number]> {
  const largest: number[] = [];
  let nth = 0;
  for (let half = 0; half < 2; half++) {
    await sendBatches(edge, OF_ONE * ONE_OF.length, () => eventOfOne(nth++));
    await sleep(WRITTEN_MS);
    largest.push(await largestValue(edge.stateDir));
  }
  const [once = NaN, twice = NaN] = largest;
  return {
    what: "largest value in the profile store, after as many events and twice as many",
    figure: `${once} bytes, ${twice} bytes`,
    target: `at most ${PROFILE_BYTES_MOST.toLocaleString("en")}, and 10 % more`,
    met: twice <= PROFILE_BYTES_MOST && twice <= once * MORE_MOST,
  };
}

const ONE_OF = ["user_id", "client_id", "card", "ip", "email"] as const;

/** In turn of each who never stops; whatever else the event names was never seen before. */
function eventOfOne(nth: number): string {
  const one = ONE_OF[nth % ONE_OF.length];
  const of = (kind: (typeof ONE_OF)[number], name: string) => (kind === one ? `${name}-one` : `${name}-${nth}`);
  const network = one === "ip" ? "1:1" : `${(nth >>> 16).toString(16)}:${(nth & 0xffff).toString(16)}`;
  const item = {
    item_id: `sku-${nth}`,
    item_category: `category-${nth % 1000}`,
    price: (nth % 500) + 0.5,
    quantity: 1,
  };
  return JSON.stringify({
    id: `evt_one_${nth}`,
    name: nth % 3 === 0 ? "purchase" : "view_item",
    user_id: of("user_id", "customer"),
    client_id: of("client_id", "device"),
    session_id: `session-${nth}`,
    email: `${of("email", "somebody")}@shop.example`,
    items: [item],
    ...(nth % 3 === 0 ? { transaction_id: `one-${nth}`, value: item.price, currency: "EUR" } : {}),
    payment: { method: "card", card_fingerprint: of("card", "card"), card_country: "DE", outcome: "authorized" },
    shipping_address: { country: "DE", postal_code: String(10_000 + (nth % 89_999)) },
    context: {
      ip: `2001:db8:${network}::1`,
      geo: { country: "DE", city: `City ${nth}`, latitude: 52.5, longitude: 13.4 },
    },
  });
}
