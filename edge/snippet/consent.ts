import { newFields } from "./json.ts";

/** Granted: events are kept and sent. Denied: nothing is. Pending: events wait in memory until it is one of the two. */
export type Consent = "granted" | "denied" | "pending";

interface Rules {
  respect_gpc?: boolean;
  respect_dnt?: boolean;
}

/** What a browser says of its owner's wishes. */
interface Wishes {
  globalPrivacyControl?: boolean;
  doNotTrack: string | null;
}

/**
 * What holds, given what the shop says. A browser that says no for its owner is obeyed, whatever a banner says; a word that is none of
 * the three is a no.
 */
export function decideConsent(said: unknown, rules: Rules, wishes: Wishes): Consent {
  const isRefused =
    (rules.respect_gpc !== false && wishes.globalPrivacyControl) || (rules.respect_dnt && wishes.doNotTrack === "1");
  return !isRefused && (said === "granted" || said === "pending") ? said : "denied";
}

/**
 * The same from Google's consent mode: a default that is denied waits for the banner's answer. A default that is granted says nothing:
 * it may be meant for other countries than the shopper's, or come after the shop itself said that it waits.
 */
export function readGoogleConsent(mode: unknown, given: unknown): Consent | null {
  const { analytics_storage: storage } = newFields(given);
  if (mode === "default") return storage === "denied" ? "pending" : null;
  return storage === "granted" || storage === "denied" ? storage : null;
}
