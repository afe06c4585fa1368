import type { KeptEvent } from "../../../shared/event.ts";
import { entitiesOf } from "../../../shared/observe.ts";
import type { ScoredEvent } from "../../../shared/message.ts";
import type { Found, GroupBy } from "./rule.ts";

type EntityKind = ReturnType<typeof entitiesOf>[number]["kind"];

/** Whom an anomaly is about: the first of these that its event names. */
const KINDS: readonly EntityKind[] = ["customer", "email", "client", "card", "ip"];

/** The same of what is done under ever new names, devices and cards, and hardly from ever new places. */
const SHIFTING: ReadonlySet<string> = new Set(["card_testing", "coupon_abuse", "inventory_hoarding", "bot_traffic"]);
const SHIFTING_KINDS: readonly EntityKind[] = ["ip", "client", "card", "email", "customer"];

/** A slipped price is the shop's own, whoever orders by it. */
const PRICE_GLITCH = "price_glitch";
const PRICES = "shop:prices";

const KIND_WORDS: Readonly<Record<string, string>> = {
  customer: "customer",
  email: "customer with the e-mail hash",
  client: "device",
  card: "card",
  ip: "network",
  shop: "the shop's",
} satisfies Record<EntityKind | "shop", string>;

/** Whom or what an anomaly is about, as `kind:key`; null when its event names nobody. */
export function entityOf({
  event,
  signals,
  assessment,
}: Pick<ScoredEvent, "signals" | "assessment"> & { event: KeptEvent }): string | null {
  if (assessment.reasons[0]?.code === PRICE_GLITCH) return PRICES;
  const named = entitiesOf(event, signals);
  const isShifting = assessment.reasons.some(({ code }) => SHIFTING.has(code));
  for (const kind of isShifting ? SHIFTING_KINDS : KINDS) {
    const entity = named.find((each) => each.kind === kind);
    if (entity !== undefined) return `${kind}:${entity.key}`;
  }
  return null;
}

/** What an anomaly without a reason has in place of its code. */
export const NO_REASON = "none";

/** What an anomaly has in common with those that are alike. */
export function groupKeyOf(by: GroupBy, { id, entity, reasons }: Pick<Found, "id" | "entity" | "reasons">): string {
  return by === "entity" ? (entity ?? `anomaly:${id}`) : `reason:${reasons[0]?.code ?? NO_REASON}`;
}

/** A group key for people: `device 3f2a`. */
export function groupWords(key: string): string {
  const [kind = ""] = key.split(":", 1);
  return `${KIND_WORDS[kind] ?? kind} ${key.slice(kind.length + 1)}`;
}
