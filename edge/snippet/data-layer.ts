import { COMMERCE_NAME, EVENT_NAME } from "./commerce.ts";
import { readGoogleConsent } from "./consent.ts";
import { newFields, type Fields } from "./json.ts";

/** A call of `pulse`, as the page would have written it. */
export type Call = [command: "track" | "consent" | "identify", first: unknown, second?: unknown];

const GA4_PARAMETER = /^(value|currency|items|method|search_term|(transaction|user)_id)$/;

/**
 * Reads what a GA4 set-up pushes to its data layer, and says it in our words.
 *
 * - `gtag('event', name, params)` is tracked with all its parameters.
 * - `{ event, ecommerce }` is tracked when the event is one of trade; of the rest of the push only GA4's own parameters are taken, as
 *   shops put anything there. `ecommerce` is remembered for later events until `{ ecommerce: null }`.
 * - `gtag('consent', …)` is obeyed, and `user_id` in `gtag('config', …)` or `gtag('set', …)` identifies.
 * - Page views are left to us while they are automatic.
 */
export function createDataLayerReader(hasOwnViews: boolean | undefined): (pushed: unknown) => Call | null {
  let ecommerce = newFields();
  return (pushed) => {
    const push = newFields(pushed);
    if (typeof push[0] === "string") return readGtag(push, hasOwnViews);
    const { ecommerce: goods } = push;
    ecommerce = goods === null ? newFields() : newFields(ecommerce, goods);
    const found = COMMERCE_NAME.exec(String(push.event));
    // What Google's own script makes of a `gtag` call was read already.
    if (!found || push.eventModel) return null;
    for (const name of Object.keys(push)) if (!GA4_PARAMETER.test(name)) delete push[name];
    return ["track", found[0], newFields(push, found[1] ? goods : ecommerce)];
  };
}

function readGtag({ 0: command, 1: target, 2: params }: Fields, hasOwnViews: boolean | undefined): Call | null {
  if (command === "event") {
    const isTaken = EVENT_NAME.test(String(target)) && !(hasOwnViews && target === "page_view");
    return isTaken ? ["track", target, params] : null;
  }
  if (command === "consent") {
    const consent = readGoogleConsent(target, params);
    return consent && ["consent", consent];
  }
  const { user_id } = newFields(command === "set" ? target : params);
  return user_id ? ["identify", { user_id }] : null;
}

/**
 * Shows `read` each push, those before and those to come. A page may replace `push` afterwards, as Google's script does: the replacement
 * becomes what our own calls on to.
 *
 * @param read does not throw
 */
export function watchDataLayer(
  page: Record<string, unknown[] | undefined>,
  name: string,
  read: (pushed: unknown) => void,
): void {
  const layer = (page[name] = page[name] || []);
  let inner = layer.push;
  let isInside = false;
  const push = (...pushed: unknown[]): number => {
    // A replacement calls the push it found, which is ours: that is where the array's own is due.
    if (isInside) return ([] as unknown[]).push.apply(layer, pushed);
    pushed.forEach(read);
    isInside = true;
    try {
      return inner.apply(layer, pushed);
    } finally {
      isInside = false;
    }
  };
  layer.forEach(read);
  const property = {
    configurable: true,
    get: () => push,
    set(replacement: typeof push) {
      inner = replacement;
    },
  };
  Object.defineProperty(layer, "push", newFields(property));
}
