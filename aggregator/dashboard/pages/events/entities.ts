import type { Answer } from "../../api/client.ts";
import type { ScoredEvent } from "./event-body.tsx";

export interface Entity {
  kind: Answer<"get", "/v1/entities/{kind}/{key}">["kind"];
  key: string;
}

export const KIND_WORDS: Record<Entity["kind"], string> = {
  customer: "Customer",
  client: "Device",
  card: "Card",
  ip: "Network",
  email: "E-mail",
};

/** The filter of `/v1/events` that finds what names an entity. */
const FIELDS = {
  customer: "user_id",
  client: "client_id",
  card: "card_fingerprint",
  ip: "ip_hash",
  email: "email_hash",
} as const satisfies Record<Entity["kind"], string>;

/** Those an event names, whom one asks about first standing first. */
export function entitiesOf({ user_id, client_id, payment, signals, email_hash }: ScoredEvent): Entity[] {
  const named: [Entity["kind"], string | undefined][] = [
    ["customer", user_id],
    ["client", client_id],
    ["card", payment?.card_fingerprint],
    ["ip", signals.ip_hash],
    ["email", email_hash],
  ];
  return named.flatMap(([kind, key]) => (key === undefined ? [] : [{ kind, key }]));
}

/** The page of all events that name it. */
export function eventsLink({ kind, key }: Entity): string {
  return `/events?${FIELDS[kind]}=${encodeURIComponent(key)}`;
}
