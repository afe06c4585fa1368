import { ATTACK_NAMES, SHOPS, simulate, type AttackName, type Simulated } from "../models/simulator.ts";
import { hashText } from "../shared/hash.ts";
import type { Event } from "../shared/event.ts";
import type { Run, ShopEvent } from "./orders.ts";

/** A small shop of the simulator's; of its traffic only the attack is taken. */
const SHOP = { ...SHOPS.giftware, ordersPerDay: 4, customers: 20 };
const SEED = 20_261_121;
const FROM_MS = Date.parse("2026-03-02T00:00:00Z");
const DAYS = 8;

/** An attack with more events would drown the replay, one with fewer may be over before anybody could tell. */
const EVENTS = { least: 15, most: 90 } as const;

/**
 * One attack of the simulator's catalogue, as a shop's server would send it: such as need no history with the shop.
 *
 * @param beginMs when its first event happens, Unix time
 */
export function simulatedAttack(name: AttackName, beginMs: number, run: Run): ShopEvent[] {
  const seed = SEED + ATTACK_NAMES.indexOf(name);
  const traffic = [...simulate({ shop: SHOP, seed, fromMs: FROM_MS, days: DAYS, attacksPerDay: { [name]: 1 } })];
  const incidents = Map.groupBy(
    traffic.filter(({ attack }) => attack === name),
    ({ incident }) => incident,
  );
  const events = [...incidents.values()].find(({ length }) => length >= EVENTS.least && length <= EVENTS.most) ?? [];
  const shiftMs = beginMs - Math.min(...events.map(({ event }) => Date.parse(event.timestamp)));
  return events.map((simulated, index) => {
    const atMs = Date.parse(simulated.event.timestamp) + shiftMs;
    return { event: asSent(simulated, `evt_${run.id}_${name}_${index}`, atMs, run), atMs };
  });
}

/** What the edge would make a simulated event of. Ids are the run's own, so that a second replay is other people's. */
function asSent({ event, signals }: Simulated, id: string, atMs: number, run: Run): Event {
  const { email_hash: email, email_domain: _domain, payment, context, ...rest } = event;
  const { country, city, latitude, longitude, ip_hash: network } = signals;
  const named = Object.fromEntries(
    (["client_id", "session_id", "user_id", "transaction_id"] as const).flatMap((field) =>
      event[field] === undefined ? [] : [[field, `${run.id}-${event[field]}`]],
    ),
  );
  return {
    ...rest,
    ...named,
    id,
    timestamp: new Date(atMs).toISOString(),
    // A simulated address stands for its own hash.
    ...(email === undefined ? {} : { email: `${run.id}.${email}` }),
    ...(payment === undefined
      ? {}
      : {
          payment: {
            ...payment,
            ...(payment.card_fingerprint === undefined
              ? {}
              : { card_fingerprint: `${run.id}-${payment.card_fingerprint}` }),
          },
        }),
    context: {
      ...context,
      ...(network === undefined ? {} : { ip: addressIn(network) }),
      geo: { country, city, latitude, longitude },
    },
  };
}

/** An address in a network of its own, of the block that is set aside for measurements (RFC 2544). */
function addressIn(network: string): string {
  const hash = hashText(network);
  return `198.${18 + (hash & 1)}.${(hash >> 1) & 255}.10`;
}
