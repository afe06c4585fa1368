/**
 * Questions and answers of the profile stores as they cross to them: texts in one list, numbers in one array, both in an order that the
 * two sides agree on. An order may have 200 lines and a profile has some 70 figures, and copying as many named fields costs more than
 * everything else about them.
 */
import type { PricedItem, UsualItem } from "../../shared/price-book.ts";
import {
  ACTS,
  LINKS,
  linksInOrder,
  type Act,
  type Link,
  type Observation,
  type Place,
} from "../../shared/profile/observation.ts";
import { snapshotAt, SNAPSHOT_FIGURES, type Snapshot } from "../../shared/profile/snapshot.ts";
import { keepShape } from "../../shared/keep-shape.ts";

/** One event's question to a store: what is known of these entities and items, and learn from it. */
export interface RecallRequest {
  seen: Observation;
  /** Names of the entities' profiles in this store. */
  entities: string[];
  /** Priced items, when this store keeps the price book; null otherwise. */
  items: PricedItem[] | null;
}

export interface RecallAnswer {
  /** Beside `entities`. */
  profiles: Snapshot[];
  /** Beside `items`; null for those never sold. */
  prices: (UsualItem | null)[];
  /** This store learned from the event's id before, and the event was not taken back since. */
  repeated: boolean;
}

/** Any number of requests. */
export interface WireRequests {
  /** Which order the rest is in. While a deployment is under way, isolates and stores of two versions may meet. */
  form: number;
  /** Of each request: the event's id, its links and its visit as far as it has them, the entities, the items' keys. */
  texts: string[];
  /** Of each request: a row as `HEAD` says, then of each item ln of the price and the quantity. */
  figures: Float64Array;
}

/** Answers to as many requests. */
export interface WireAnswers {
  /** A row a profile, of all requests in turn. */
  profiles: Float64Array;
  /** A row an item. */
  prices: Float64Array;
  /** One a request. */
  repeated: boolean[];
}

const FORM = 3;
/** The place of each figure in a request's row; of those that may be unknown NaN says so. */
const HEAD = {
  atMs: 0,
  /** Its place in `ACTS`. */
  act: 1,
  amountLog: 2,
  units: 3,
  latitude: 4,
  longitude: 5,
  /** A bit for each of `LINKS` that the event names, and one for its visit. */
  named: 6,
  entities: 7,
  /** -1 when the request asks for no prices. */
  items: 8,
} as const;
const HEAD_FIGURES = Object.keys(HEAD).length;
const ITEM_FIGURES = 2;
const USUAL_FIGURES = 6;
const VISIT_BIT = 1 << LINKS.length;

export function packRequests(requests: readonly RecallRequest[]): WireRequests {
  const texts: string[] = [];
  const figures = new Float64Array(HEAD_FIGURES * requests.length + ITEM_FIGURES * countItems(requests));
  let at = 0;
  for (const { seen, entities, items } of requests) {
    texts.push(seen.id);
    packHead(figures, at, seen, packNames(texts, seen));
    figures[at + HEAD.entities] = entities.length;
    figures[at + HEAD.items] = items === null ? -1 : items.length;
    at += HEAD_FIGURES;
    for (const name of entities) texts.push(name);
    if (items === null) continue;
    for (const { key, priceLog, quantity } of items) {
      texts.push(key);
      figures[at++] = priceLog;
      figures[at++] = quantity;
    }
  }
  return { form: FORM, texts, figures };
}

function packHead(figures: Float64Array, at: number, seen: Observation, named: number): void {
  const { atMs, act, amountLog, units, place } = seen;
  figures[at + HEAD.atMs] = atMs;
  figures[at + HEAD.act] = ACTS.indexOf(act);
  figures[at + HEAD.amountLog] = amountLog ?? NaN;
  figures[at + HEAD.units] = units;
  figures[at + HEAD.latitude] = place === null ? NaN : place.latitude;
  figures[at + HEAD.longitude] = place === null ? NaN : place.longitude;
  figures[at + HEAD.named] = named;
}

/** @returns a bit for each that the event names */
function packNames(texts: string[], { links, visit }: Observation): number {
  let named = 0;
  const keys = linksInOrder(links);
  for (let link = 0; link < keys.length; link++) {
    const key = keys[link];
    if (key === undefined) continue;
    named |= 1 << link;
    texts.push(key);
  }
  if (visit === null) return named;
  texts.push(visit);
  return named | VISIT_BIT;
}

/** @throws Error when they were packed by another version */
export function unpackRequests(packed: WireRequests): RecallRequest[] {
  if (packed.form !== FORM) throw new Error(`Requests of form ${packed.form} asked a profile store of form ${FORM}.`);
  const reader = new RequestReader(packed);
  const requests: RecallRequest[] = [];
  while (!reader.isOver) requests.push(reader.next());
  return requests;
}

/** Reads what packRequests wrote, in the same order. */
class RequestReader {
  readonly #texts: string[];
  readonly #figures: Float64Array;
  #textsRead = 0;
  #figuresRead = 0;

  constructor({ texts, figures }: WireRequests) {
    this.#texts = texts;
    this.#figures = figures;
  }

  get isOver(): boolean {
    return this.#figuresRead >= this.#figures.length;
  }

  next(): RecallRequest {
    const head = this.#figuresRead;
    this.#figuresRead += HEAD_FIGURES;
    return {
      seen: this.#seen(head),
      entities: this.#names(this.#figure(head + HEAD.entities)),
      items: this.#items(this.#figure(head + HEAD.items)),
    };
  }

  #seen(head: number): Observation {
    const named = this.#figure(head + HEAD.named);
    const amountLog = this.#figure(head + HEAD.amountLog);
    return {
      id: this.#text(),
      atMs: this.#figure(head + HEAD.atMs),
      act: ACTS[this.#figure(head + HEAD.act)] as Act, // its place there
      amountLog: Number.isNaN(amountLog) ? null : amountLog,
      units: this.#figure(head + HEAD.units),
      links: this.#links(named),
      place: this.#place(head),
      visit: (named & VISIT_BIT) === 0 ? null : this.#text(),
    };
  }

  /** With every link, so that all have one shape: profiles read them often. */
  #links(named: number): Observation["links"] {
    const key = (link: number) => ((named & (1 << link)) === 0 ? undefined : this.#text());
    return {
      customer: key(0),
      card: key(1),
      device: key(2),
      country: key(3),
      destination: key(4),
      address: key(5),
      category: key(6),
      coupon: key(7),
      item: key(8),
      software: key(9),
    } satisfies Record<Link, string | undefined>; // in the order of LINKS
  }

  #place(head: number): Place | null {
    const latitude = this.#figure(head + HEAD.latitude);
    return Number.isNaN(latitude) ? null : { latitude, longitude: this.#figure(head + HEAD.longitude) };
  }

  #names(count: number): string[] {
    const names: string[] = [];
    for (let index = 0; index < count; index++) names.push(this.#text());
    return names;
  }

  #items(count: number): PricedItem[] | null {
    if (count === -1) return null;
    const items: PricedItem[] = [];
    for (let index = 0; index < count; index++) {
      const at = this.#figuresRead;
      this.#figuresRead += ITEM_FIGURES;
      items.push({ key: this.#text(), priceLog: this.#figure(at), quantity: this.#figure(at + 1) });
    }
    return items;
  }

  #text(): string {
    return this.#texts[this.#textsRead++] ?? "";
  }

  #figure(at: number): number {
    return this.#figures[at] ?? NaN;
  }
}

keepShape(new RequestReader({ form: FORM, texts: [], figures: new Float64Array() }));

/** Room for the answers to some requests. */
export function newAnswers(requests: readonly RecallRequest[]): WireAnswers {
  let entities = 0;
  for (const request of requests) entities += request.entities.length;
  return {
    profiles: new Float64Array(SNAPSHOT_FIGURES * entities),
    prices: new Float64Array(USUAL_FIGURES * countItems(requests)),
    repeated: [],
  };
}

/** Where one request's answer lies in those to many. */
export interface AnswerPlace {
  answers: WireAnswers;
  profilesFrom: number;
  profilesTo: number;
  pricesFrom: number;
  pricesTo: number;
}

/** Where the answer to each of the requests lies. */
export function answerPlaces(answers: WireAnswers, requests: readonly RecallRequest[]): AnswerPlace[] {
  let profilesTo = 0;
  let pricesTo = 0;
  return requests.map(({ entities, items }) => {
    const profilesFrom = profilesTo;
    const pricesFrom = pricesTo;
    profilesTo += entities.length * SNAPSHOT_FIGURES;
    pricesTo += (items?.length ?? 0) * USUAL_FIGURES;
    return { answers, profilesFrom, profilesTo, pricesFrom, pricesTo };
  });
}

/** What is known of profiles and prices, as it was answered before. */
export function copyAnswer(from: AnswerPlace, to: AnswerPlace): void {
  to.answers.profiles.set(from.answers.profiles.subarray(from.profilesFrom, from.profilesTo), to.profilesFrom);
  to.answers.prices.set(from.answers.prices.subarray(from.pricesFrom, from.pricesTo), to.pricesFrom);
}

/** Items never sold are rows of zeros, which no other item has: its orders are at least 1. No former price becomes NaN. */
export function packPrices(
  { answers: { prices }, pricesFrom }: AnswerPlace,
  known: readonly (UsualItem | null)[],
): void {
  let at = pricesFrom;
  for (const usual of known) {
    if (usual !== null) {
      prices[at] = usual.orders;
      prices[at + 1] = usual.priceLog;
      prices[at + 2] = usual.priceSwing;
      prices[at + 3] = usual.quantityLog;
      prices[at + 4] = usual.quantitySwing;
      prices[at + 5] = usual.formerPriceLog ?? NaN;
    }
    at += USUAL_FIGURES;
  }
}

/** @param requests that were asked: their answers lie in the same order */
export function unpackAnswers(answers: WireAnswers, requests: readonly RecallRequest[]): RecallAnswer[] {
  return answerPlaces(answers, requests).map(({ profilesFrom, pricesFrom }, index): RecallAnswer => {
    const { entities = [], items = null } = requests[index] ?? {};
    return {
      profiles: entities.map((_name, entity) => snapshotAt(answers.profiles, profilesFrom + entity * SNAPSHOT_FIGURES)),
      prices: (items ?? []).map((_item, item) => usualAt(answers.prices, pricesFrom + item * USUAL_FIGURES)),
      repeated: answers.repeated[index] ?? false,
    };
  });
}

function usualAt(figures: Float64Array, at: number): UsualItem | null {
  return figures[at] === 0 ? null : new UsualRow(figures, at);
}

/** What is usual of an item, read from its row when it is asked. */
class UsualRow implements UsualItem {
  readonly #figures: Float64Array;
  readonly #at: number;

  constructor(figures: Float64Array, at: number) {
    this.#figures = figures;
    this.#at = at;
  }

  get orders(): number {
    return this.#figure(0);
  }
  get priceLog(): number {
    return this.#figure(1);
  }
  get priceSwing(): number {
    return this.#figure(2);
  }
  get quantityLog(): number {
    return this.#figure(3);
  }
  get quantitySwing(): number {
    return this.#figure(4);
  }
  get formerPriceLog(): number | null {
    const former = this.#figure(5);
    return Number.isNaN(former) ? null : former;
  }

  #figure(index: number): number {
    return this.#figures[this.#at + index] ?? NaN;
  }
}

keepShape(new UsualRow(new Float64Array(USUAL_FIGURES), 0));

function countItems(requests: readonly RecallRequest[]): number {
  let count = 0;
  for (const { items } of requests) if (items !== null) count += items.length;
  return count;
}
