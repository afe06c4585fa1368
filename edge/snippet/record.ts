import { EVENT_NAME } from "./commerce.ts";
import { decideConsent, type Consent } from "./consent.ts";
import { createDataLayerReader, watchDataLayer } from "./data-layer.ts";
import { createDelivery } from "./deliver.ts";
import { toEventText, type Facts } from "./event-text.ts";
import { createGate } from "./gate.ts";
import { createIdentity } from "./identity.ts";
import { newId } from "./ids.ts";
import { newFields } from "./json.ts";
import { createLedger } from "./ledger.ts";
import { TEXT_LENGTH, URL_LENGTH } from "./limits.ts";
import { withoutUnwanted, type Settings } from "./options.ts";
import { watchPages, type Page } from "./page-views.ts";
import { createQueue } from "./queue.ts";
import { campaignOf } from "./session.ts";
import { watchBehaviour, type Behaviour } from "./signals.ts";
import { createStore } from "./store.ts";
import { createTransport } from "./transport.ts";
import { createTurns } from "./turn.ts";
import { VERSION } from "./version.ts";
import type { Voice } from "./voice.ts";

export interface Status {
  version: string;
  consent: Consent;
  /** Null until there is consent. */
  client_id: string | null;
  session_id: string | null;
  /** Events that wait to be sent, those of other tabs too. */
  queued: number;
  /** Events that wait in memory for consent. */
  held: number;
  /** The edge refuses this page: see `last_error`. */
  stopped: boolean;
  last_error: string | null;
}

/** What `pulse(command, …)` can do: at most two arguments, and when it was called. */
export interface Commands {
  track(name: unknown, params: unknown, atMs: number): void;
  page(params: unknown, none: unknown, atMs: number): void;
  identify(who: unknown): void;
  consent(said: unknown): void;
  status(): Status;
  flush(): Promise<void>;
  debug(isOn: unknown): void;
}

/** A name of Segment's, such as `Order Completed`. */
const SEGMENT_NAME = /^[A-Z]/;

/** Records a page: wires what tracks, keeps and delivers, and listens to the page. @throws TypeError when the endpoint is no address */
export function record(
  settings: Settings,
  page: Window & typeof globalThis,
  voice: Voice,
  startedMs: number,
): Commands {
  voice.speak(settings.debug);
  const { navigator } = page;
  const document: Document & { prerendering?: boolean } = page.document;
  const makeId = () => newId((bytes) => page.crypto.getRandomValues(bytes));
  const store = createStore(() => (settings.cookieless ? null : page.localStorage));
  const queue = createQueue(store);
  const takeTurn = createTurns(navigator.locks, store, makeId(), page);
  const transport = createTransport(new URL("/v1/events/batch", settings.endpoint), page);
  const delivery = createDelivery(
    { ledger: createLedger(queue), store, transport, takeTurn, voice, host: page },
    settings,
  );
  const gate = createGate({
    store,
    queue,
    identifyEvent: createIdentity(store, makeId, settings.session_ms),
    delivery,
    takeTurn,
    voice,
    host: page,
  });
  /** At the window, before the page's own listeners; also what happens to the document. */
  const listen = (type: string, run: () => unknown) => page.addEventListener(type, voice.guard(run), true);
  const behaviour = watchBehaviour(page, listen);
  const who = newFields();

  function track(name: unknown, given: unknown, atMs: number): void {
    const text = String(name);
    if (!EVENT_NAME.test(text) && !SEGMENT_NAME.test(text)) return voice.fail(`no name: ${text}`);
    const where = currentPage();
    const params = newFields(who, given);
    const facts = describe(page, where, settings, behaviour);
    gate.take({ name: text, params, atMs, campaign: campaignOf(where.url), text: toEventText(text, params, facts) });
  }

  function view(params: unknown, atMs: number): void {
    behaviour.restart();
    track("page_view", params, atMs);
  }

  const ownView = (atMs = Date.now()) => {
    if (settings.page_views) view({}, atMs);
  };
  const currentPage = watchPages(page, voice.guard(ownView));
  const leave = () => {
    gate.hurry();
    delivery.hide();
  };
  const setConsent = (said: unknown) => gate.setConsent(decideConsent(said, settings, navigator));

  listen("visibilitychange", () => (document.hidden ? leave() : delivery.show()));
  listen("pagehide", leave);
  listen("pageshow", delivery.show);
  listen("online", delivery.show);
  const commands: Commands = {
    track,
    page: (params, _none, atMs) => view(params, atMs),
    identify(given) {
      const fields = newFields(given);
      for (const name of ["user_id", "email"]) if (name in fields) who[name] = fields[name];
    },
    consent: setConsent,
    status() {
      const { consent, ids, held } = gate.state();
      return {
        version: VERSION,
        consent,
        client_id: ids && ids.client_id,
        session_id: ids && ids.session_id,
        queued: ids ? queue.list().length : 0,
        held,
        stopped: delivery.isStopped(),
        last_error: voice.lastError(),
      };
    },
    flush: delivery.flush,
    debug: voice.speak,
  };
  setConsent(settings.consent);
  if (settings.data_layer) {
    const read = createDataLayerReader(settings.page_views);
    const take = voice.guard((pushed: unknown) => {
      const [command, first, second] = read(pushed) || [];
      if (command) commands[command](first, second, Date.now());
    });
    watchDataLayer(page as never, settings.data_layer, take);
  }
  const begin = (atMs?: number) => {
    gate.open();
    ownView(atMs);
  };
  if (document.prerendering) listen("prerenderingchange", () => begin());
  else begin(startedMs);
  return commands;
}

/** What can be said of the page and how it is used, without what the shop switched off. */
function describe(
  { document, navigator, screen }: Window,
  { url, referrer }: Page,
  settings: Settings,
  behaviour: Behaviour,
): Facts {
  const context = newFields({
    page: {
      url: cut(url, URL_LENGTH),
      referrer: cut(referrer, URL_LENGTH),
      title: cut(document.title, TEXT_LENGTH),
    },
    locale: navigator.language || undefined,
    screen: { width: screen.width, height: screen.height },
  });
  return { context: withoutUnwanted(context, settings), signals: withoutUnwanted(behaviour.read(), settings) };
}

/** Also of what is no text: an element named "title" stands in the title's place. */
function cut(text: unknown, length: number): string {
  return String(text).slice(0, length);
}
