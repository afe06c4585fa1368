import type { Event } from "../shared/event.ts";
import { sliceEvents } from "./traffic.ts";

/** Customer, device, card and network. */
export const ENTITIES_OF_PERSON = 4;

let orders: Event[] | undefined;

/** An order of the slice as the nth person's: each has a number, device, card and network that is nobody else's. */
export function orderOf(person: number, index: number): string {
  orders ??= sliceEvents().flatMap(({ event }) => (event.name === "purchase" ? [event] : []));
  const order = orders[index % orders.length];
  return JSON.stringify({
    ...order,
    id: `evt_person_${index}`,
    transaction_id: `order-${index}`,
    user_id: `person-${person}`,
    client_id: `device-${person}`,
    payment: { ...order?.payment, card_fingerprint: `card-${person}` },
    context: { ...order?.context, ip: addressOf(person) },
  });
}

/** Of the range for documentation (RFC 3849), each in a /64 of its own. */
function addressOf(person: number): string {
  return `2001:db8:${(person >>> 16).toString(16)}:${(person & 0xffff).toString(16)}::1`;
}
