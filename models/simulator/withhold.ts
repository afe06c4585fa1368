import type { KeptEvent } from "../../shared/event.ts";
import type { Signals } from "../../shared/signals.ts";
import type { Withheld } from "./shops.ts";
import type { Simulated } from "./world.ts";

const NETWORK_SIGNALS = [
  "country",
  "city",
  "timezone",
  "latitude",
  "longitude",
  "asn",
  "as_organization",
  "ip_hash",
] as const satisfies (keyof Signals)[];

/** What is left out by a shop that does not send something; the parts change in place. */
const LEAVE_OUT: Record<Withheld, (event: KeptEvent, signals: Signals) => void> = {
  card({ payment }) {
    if (payment === undefined) return;
    delete payment.card_fingerprint;
    delete payment.bin;
    delete payment.card_country;
  },
  device(event, signals) {
    delete event.client_id;
    delete event.session_id;
    delete event.context;
    delete event.properties;
    for (const key of ["browser", "os", "device_class", "tls_class", "bot"] as const) delete signals[key];
  },
  network(_event, signals) {
    for (const key of NETWORK_SIGNALS) delete signals[key];
  },
  account(event) {
    delete event.user_id;
  },
  email(event, signals) {
    delete event.email_hash;
    delete event.email_domain;
    delete signals.email_digits;
  },
  address(event) {
    delete event.shipping_address;
    delete event.billing_address;
  },
  items(event) {
    if (event.items !== undefined) event.items = [];
  },
  decline_amount(event) {
    if (event.name !== "payment_failed") return;
    delete event.value;
    delete event.currency;
  },
};

/** The event as a shop sends it that leaves these things out. */
export function withhold({ event, signals, attack, incident }: Simulated, withheld: readonly Withheld[]): Simulated {
  const left = { ...event, ...(event.payment === undefined ? {} : { payment: { ...event.payment } }) };
  const leftSignals = { ...signals };
  for (const what of withheld) LEAVE_OUT[what](left, leftSignals);
  return { event: left, signals: leftSignals, attack, incident };
}
