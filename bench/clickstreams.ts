import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { parseCsv } from "../local/csv.ts";
import { shopperOf } from "../local/shoppers.ts";
import type { Event } from "../shared/event.ts";

/** Of a file: more would only take memory. */
const EVENTS_MOST = 200_000;

/** What the columns are called in the clickstreams that shops have published: REES46, Taobao, RetailRocket. */
const COLUMNS = {
  time: ["event_time", "ts", "timestamp"],
  act: ["event_type", "beh", "behavior_type", "event"],
  item: ["product_id", "item", "item_id", "itemid"],
  user: ["user_id", "user", "visitorid"],
  session: ["user_session", "session_id"],
  category: ["category_code", "cat", "category_id"],
  price: ["price"],
} as const;
type Column = keyof typeof COLUMNS;
const REQUIRED: readonly Column[] = ["time", "act", "item", "user"];

const NAMES: Readonly<Record<string, string>> = {
  view: "view_item",
  pv: "view_item",
  cart: "add_to_cart",
  addtocart: "add_to_cart",
  remove_from_cart: "remove_from_cart",
  fav: "add_to_wishlist",
  purchase: "purchase",
  buy: "purchase",
  transaction: "purchase",
};

export interface Clickstream {
  file: string;
  events: Event[];
}

/**
 * The clickstreams among the files of a folder: CSV, packed or not, with columns for time, act, item and user under any of their usual
 * names. Only the order of what people did is kept, they do it now. Devices and networks are invented, the same for the same user.
 *
 * @param run what customer numbers and sessions end with
 * @throws Error when the folder holds none, or one has an act without a name here
 */
export async function readClickstreams(folder: string, run: string): Promise<Clickstream[]> {
  const files = (await readdir(folder)).filter((file) => /\.csv(\.gz)?$/.test(file)).toSorted();
  const streams: Clickstream[] = [];
  for (const file of files) {
    const events = await readEvents(join(folder, file), run);
    if (events.length > 0) streams.push({ file, events });
  }
  if (streams.length === 0) throw new Error(`${folder} holds no clickstream`);
  return streams;
}

/** Empty when it is something else. */
async function readEvents(path: string, run: string): Promise<Event[]> {
  const bytes = createReadStream(path);
  const lines = createInterface({ input: path.endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes });
  const events: { event: Event; atMs: number }[] = [];
  let places: Record<Column, number> | null = null;
  for await (const line of lines) {
    const [fields = []] = parseCsv(line);
    if (places === null) {
      places = placesOf(fields);
      if (REQUIRED.some((column) => places?.[column] === -1)) break;
    } else {
      const event = eventOf(fields, places, { run, nth: events.length });
      events.push({ event, atMs: timeOf(fields[places.time] ?? "") });
      if (events.length === EVENTS_MOST) break;
    }
  }
  bytes.destroy();
  return events.toSorted((a, b) => a.atMs - b.atMs).map(({ event }) => event);
}

/** Seconds or milliseconds, or a date: only compared within a file. */
function timeOf(text: string): number {
  const number = Number(text);
  return Number.isNaN(number) ? Date.parse(text) : number;
}

function placesOf(header: readonly string[]): Record<Column, number> {
  const place = (column: Column) => header.findIndex((name) => COLUMNS[column].some((known) => known === name));
  const columns = Object.keys(COLUMNS) as Column[]; // its own keys
  return Object.fromEntries(columns.map((column) => [column, place(column)])) as Record<Column, number>;
}

/** Where no price is told a purchase is worth nothing: an event of its name needs a value. */
function eventOf(
  fields: readonly string[],
  places: Record<Column, number>,
  { run, nth }: { run: string; nth: number },
): Event {
  const get = (column: Column) => fields[places[column]] ?? "";
  const name = NAMES[get("act")];
  if (name === undefined) throw new Error(`a clickstream has the act ${get("act")}`);
  const price = get("price") === "" ? undefined : Math.round(Number(get("price")) * 100) / 100;
  const { clientId, ip, userAgent } = shopperOf(run, get("user"), undefined);
  return {
    id: "",
    name,
    user_id: `${get("user")}-${run}`,
    client_id: clientId,
    ...(get("session") === "" ? {} : { session_id: `${get("session")}-${run}` }),
    items: [{ item_id: get("item"), item_category: get("category") || undefined, price, quantity: 1 }],
    ...(name === "purchase" ? { transaction_id: `${nth}-${run}`, value: price ?? 0, currency: "USD" } : {}),
    context: { ip, user_agent: userAgent },
  };
}
