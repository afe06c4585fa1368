import { readText } from "./commerce.ts";
import type { Fields } from "./json.ts";
import { nextSession } from "./session.ts";
import type { Store } from "./store.ts";

/** What an event's ids depend on. */
export interface Occasion {
  name: string;
  params: Fields;
  atMs: number;
  campaign: string;
}

export interface Ids {
  id: string;
  client_id: string;
  session_id: string;
}

/** Gives an event its ids. Those of device and session are read again each time, so that all tabs agree. */
export type Identify = (occasion: Occasion) => Ids;

export function createIdentity(store: Store, makeId: () => string, sessionMs: number): Identify {
  /** New, but an order that a reload of its page tells again is the same event. */
  function eventId(name: string, { transaction_id }: Fields): string {
    const id = makeId();
    const transaction = readText(transaction_id);
    if (name !== "purchase" || !transaction) return id;
    const before = store.load("purchase");
    if (before.slice(id.length) === transaction) return before.slice(0, id.length);
    store.save("purchase", id + transaction);
    return id;
  }

  return ({ name, params, atMs, campaign }) => {
    const client_id = store.load("client") || makeId();
    store.save("client", client_id);
    const session = nextSession(store.load("session"), atMs, campaign, sessionMs, makeId);
    store.save("session", session);
    return { id: eventId(name, params), client_id, session_id: session.replace(/\|.*/, "") };
  };
}
