/**
 * Questions and answers of the profile stores as they cross to them. What repeats is in one text of JSON and in arrays of numbers: an
 * order may have 200 lines, a profile has some 70 figures, and copying as many named fields costs more than everything else about them.
 */
import type { PricedItem, UsualItem } from "../../shared/price-book.ts";
import type { Observation } from "../../shared/profile/observation.ts";
import { snapshotAt, SNAPSHOT_FIGURES, type Snapshot } from "../../shared/profile/snapshot.ts";

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
  /** JSON of `WireRequest[]`. */
  text: string;
  /** Of the items of all requests in turn: ln of the price, and the quantity. */
  items: Float64Array;
}

interface WireRequest {
  seen: Observation;
  entities: string[];
  items: string[] | null;
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

const ITEM_FIGURES = 2;
const USUAL_FIGURES = 6;

export function packRequests(requests: readonly RecallRequest[]): WireRequests {
  const figures = new Float64Array(ITEM_FIGURES * countItems(requests));
  let at = 0;
  const wired = requests.map(({ seen, entities, items }): WireRequest => {
    if (items === null) return { seen, entities, items };
    const keys = items.map(({ key, priceLog, quantity }) => {
      figures[at++] = priceLog;
      figures[at++] = quantity;
      return key;
    });
    return { seen, entities, items: keys };
  });
  return { text: JSON.stringify(wired), items: figures };
}

export function unpackRequests({ text, items: figures }: WireRequests): RecallRequest[] {
  let at = 0;
  const next = () => figures[at++] ?? NaN;
  return (JSON.parse(text) as WireRequest[]).map(({ seen, entities, items }) => ({
    seen,
    entities,
    items: items === null ? null : items.map((key) => ({ key, priceLog: next(), quantity: next() })),
  })); // written by packRequests
}

/** Room for the answers to some requests. */
export function newAnswers(requests: readonly RecallRequest[]): WireAnswers {
  const entities = requests.reduce((sum, request) => sum + request.entities.length, 0);
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
    const [profilesFrom, pricesFrom] = [profilesTo, pricesTo];
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
  known.forEach((usual, index) => {
    if (usual === null) return;
    let at = pricesFrom + index * USUAL_FIGURES;
    prices[at++] = usual.orders;
    prices[at++] = usual.priceLog;
    prices[at++] = usual.priceSwing;
    prices[at++] = usual.quantityLog;
    prices[at++] = usual.quantitySwing;
    prices[at] = usual.formerPriceLog ?? NaN;
  });
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

function countItems(requests: readonly RecallRequest[]): number {
  return requests.reduce((sum, { items }) => sum + (items?.length ?? 0), 0);
}
