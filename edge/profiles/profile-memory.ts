import { BoundedMap } from "../../shared/bounded-map.ts";
import { bookedItems, learnPrices } from "../../shared/price-book.ts";
import { linkKeys } from "../../shared/profile/links.ts";
import { kindOf } from "../../shared/profile/names.ts";
import { learn, learnFraud, lookInto, type Profile } from "../../shared/profile/profile.ts";
import { SNAPSHOT_FIGURES } from "../../shared/profile/snapshot.ts";
import type { Sql } from "../sql.ts";
import { KeptIds } from "./kept-ids.ts";
import { KeptPrices } from "./kept-prices.ts";
import { KeptProfiles } from "./kept-profiles.ts";
import {
  answerPlaces,
  copyAnswer,
  newAnswers,
  packPrices,
  unpackRequests,
  type AnswerPlace,
  type RecallRequest,
  type WireAnswers,
  type WireRequests,
} from "./wire.ts";

/** Two batches' worth. A sender's retry follows at once; the more are held, the more of them outlives every collection of garbage. */
const ANSWERS_HELD = 200;

/** What was asked, as far as an answer depends on it, and the answer. No more of the request: all that is held is slow to let go. */
interface Answered {
  entities: readonly string[];
  itemKeys: readonly string[];
  place: AnswerPlace;
}

/** An event of these entities turned out to be fraud, or (-1) that was taken back; see `learnFraud`. */
export interface FraudLabel {
  id: string;
  /** Names of profiles in this store. */
  entities: string[];
  by: 1 | -1;
  knownMs: number;
}

/**
 * All that one profile store remembers: profiles, the price book, and the id of every event it learned from, so that it learns from
 * none twice. It works in memory, and is on disk as far as it was flushed. An id is on disk no later than what was learned from its
 * event: a crash costs what was learned since the last flush, and lets nothing be learned twice.
 */
export class ProfileMemory {
  readonly #ids: KeptIds;
  readonly #profiles: KeptProfiles;
  readonly #prices: KeptPrices;
  /** What was answered to recent ids, so that a retry is scored the same. */
  readonly #answers = new BoundedMap<Answered>(ANSWERS_HELD);

  constructor(sql: Sql, nowMs: () => number) {
    this.#ids = new KeptIds(sql, nowMs);
    const writeIds = () => this.#ids.write();
    this.#profiles = new KeptProfiles(sql, nowMs, writeIds);
    this.#prices = new KeptPrices(sql, writeIds);
  }

  get isWritten(): boolean {
    return this.#ids.isWritten && this.#profiles.isWritten && this.#prices.isWritten;
  }

  /**
   * Answers in the order asked; an event sees what the ones before it in the same call taught.
   *
   * An id that came before teaches nothing. It is answered as it was the first time; when that is long ago, by what is known now,
   * which includes itself and what came after it.
   */
  recall(packed: WireRequests): WireAnswers {
    const requests = unpackRequests(packed);
    const answers = newAnswers(requests);
    const places = answerPlaces(answers, requests);
    const written = this.#ids.findWritten(requests.map(({ seen }) => seen.id));
    this.#profiles.fetch(namesIn(requests));
    for (let index = 0; index < requests.length; index++) {
      const request = requests[index] as RecallRequest; // within the list
      const place = places[index] as AnswerPlace; // one a request
      const { id } = request.seen;
      const mark = this.#ids.unwritten(id) ?? written.get(id);
      if (mark === undefined) this.#learn(request, place);
      else this.#look(request, place);
      answers.repeated.push(mark === "counted");
      if (mark !== "counted") this.#ids.set(id, "counted");
    }
    return answers;
  }

  /** These events were not taken in after all: sent again they are new, and still teach nothing a second time. */
  takeBack(ids: readonly string[]): void {
    for (const id of this.#ids.find(ids).keys()) this.#ids.set(id, "taken back");
  }

  /** Learns from each label once, by its id. All of it is on disk then: unlike an event's, its loss would be for good. */
  learnLabels(labels: readonly FraudLabel[]): void {
    const known = this.#ids.find(labels.map(({ id }) => id));
    for (const { id, entities, by, knownMs } of labels) {
      if (known.has(id)) continue;
      known.set(id, "counted");
      this.#ids.set(id, "counted");
      for (const name of entities) {
        learnFraud(this.#profiles.get(name), knownMs, by);
        this.#profiles.write(name);
      }
    }
  }

  /** Writes what changed before, a step at a time, each short enough for others to wait. What changes meanwhile is for the next. */
  *flush(): Generator<void> {
    yield* this.#ids.flush();
    yield* this.#profiles.flush();
    yield* this.#prices.flush();
  }

  #learn(request: RecallRequest, place: AnswerPlace): void {
    const { seen, entities, items } = request;
    // All are there before the first one learns: an event is learned from as a whole, or not at all.
    const profiles = entities.map((name) => this.#profiles.get(name));
    const keys = linkKeys(seen);
    let at = place.profilesFrom;
    for (let index = 0; index < profiles.length; index++) {
      const name = entities[index] as string; // within the list
      const profile = profiles[index] as Profile; // one a name
      const kind = kindOf(name);
      lookInto(place.answers.profiles, at, profile, kind, seen, keys);
      learn(profile, kind, seen, keys);
      this.#profiles.touch(name);
      at += SNAPSHOT_FIGURES;
    }
    if (items !== null) {
      const booked = bookedItems(this.#prices.book, items);
      packPrices(place, booked);
      learnPrices(this.#prices.book, items, booked);
    }
    this.#answers.set(seen.id, { entities, itemKeys: keysOf(items), place });
  }

  #look(request: RecallRequest, place: AnswerPlace): void {
    const { seen, entities, items } = request;
    const answered = this.#answers.get(seen.id);
    if (answered !== undefined && asksTheSame(answered, request)) {
      copyAnswer(answered.place, place);
      return;
    }
    for (const [index, name] of entities.entries()) {
      const at = place.profilesFrom + index * SNAPSHOT_FIGURES;
      lookInto(place.answers.profiles, at, this.#profiles.get(name), kindOf(name), seen);
    }
    if (items !== null) packPrices(place, bookedItems(this.#prices.book, items));
  }
}

function namesIn(requests: readonly RecallRequest[]): string[] {
  const names: string[] = [];
  for (const { entities } of requests) for (const name of entities) names.push(name);
  return names;
}

/** An id may come again with other content, to which the answer of the first would not fit. */
function asksTheSame(answered: Answered, { entities, items }: RecallRequest): boolean {
  return isSameList(answered.entities, entities) && isSameList(answered.itemKeys, keysOf(items));
}

const NO_KEYS: readonly string[] = [];

function keysOf(items: RecallRequest["items"]): readonly string[] {
  return items === null ? NO_KEYS : items.map(({ key }) => key);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
