import { URGENT_NAME } from "./commerce.ts";
import type { Consent } from "./consent.ts";
import type { Delivery } from "./deliver.ts";
import { withIds } from "./event-text.ts";
import type { Identify, Ids, Occasion } from "./identity.ts";
import { EVENT_BYTES, HELD_EVENTS } from "./limits.ts";
import type { Queue } from "./queue.ts";
import type { Store } from "./store.ts";
import type { Clock, TakeTurn } from "./turn.ts";
import type { Voice } from "./voice.ts";

/** What was tracked, written down at that moment. */
export interface Draft extends Occasion {
  /** The event without its ids. */
  text: string;
}

export interface GateServices {
  store: Store;
  queue: Queue;
  identifyEvent: Identify;
  delivery: Pick<Delivery, "added" | "show">;
  takeTurn: TakeTurn;
  voice: Pick<Voice, "say" | "fail">;
  host: Clock;
}

/** Where events wait in memory until they may be kept on the device and sent. */
export interface Gate {
  take(draft: Draft): void;
  setConsent(consent: Consent): void;
  /** The page is seen, and has said what it has to say about consent. Nothing passes before; what was tracked before happens now. */
  open(): void;
  /** The page may be going: does not wait for its turn any longer. */
  hurry(): void;
  /** `ids` are of the last event; null until there is one. `held` is how many events wait here. */
  state(): { consent: Consent; ids: Ids | null; held: number };
}

export function createGate({ store, queue, identifyEvent, delivery, takeTurn, voice, host }: GateServices): Gate {
  let consent: Consent = "pending";
  let held: Draft[] = [];
  let ids: Ids | null = null;
  let isOpen = false;
  /** This tab had its turn at the ids. */
  let isReady = false;

  const isAllowed = () => consent === "granted" && isOpen;

  function release(): void {
    if (!isAllowed()) return;
    if (isReady) held.splice(0).forEach(enqueue);
    // One tab at a time, so that two that open at once do not both make new ids.
    else void takeTurn("ids", hurry).then(hurry, hurry);
  }

  function hurry(): void {
    if (isReady || !isAllowed()) return;
    isReady = true;
    queue.expire(host.Date.now());
    release();
    void delivery.show();
  }

  function enqueue(draft: Draft): void {
    const { name, atMs, text } = draft;
    ids = identifyEvent(draft);
    const whole = withIds(text, { ...ids, timestamp: new Date(atMs).toISOString() });
    if (whole.length > EVENT_BYTES) return voice.fail(`large: ${name}`);
    delivery.added(queue.add(ids.id, atMs, whole), URGENT_NAME.test(name));
  }

  return {
    take(draft) {
      voice.say(`${draft.name}, consent ${consent}`);
      if (consent === "denied") return;
      held.push(draft);
      if (held.length > HELD_EVENTS) held.shift();
      release();
    },
    setConsent(said) {
      consent = said;
      voice.say(`consent ${said}`);
      if (said === "denied") {
        held = [];
        ids = null;
        isReady = false;
        store.names().forEach(store.forget);
      }
      release();
    },
    open() {
      isOpen = true;
      for (const draft of held) draft.atMs = host.Date.now();
      release();
    },
    hurry,
    state: () => ({ consent, ids, held: held.length }),
  };
}
