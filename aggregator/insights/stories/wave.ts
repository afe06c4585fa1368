import { BARE, count, findingId, money, share, spanWords, time, windowFigures } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Change } from "../find-changes.ts";
import type { Draft, Figures, Sentence } from "../finding.ts";
import { eventsQuery, links } from "../links.ts";
import type { Wave } from "../read-waves.ts";
import { compare } from "../significance.ts";
import { phrase, sentence, teller, type Phrase } from "../words.ts";
import { REASONS } from "./reason-words.ts";

const WAVE_LEAST = 5;
/** How sure it must be that there are more than in as long a time before. */
const MORE_P = 0.01;
/** Single false alarms come and go in twos and threes. */
const ASSUMED = { size: 1, wander: 0.1, worth: 30, dispersionLeast: 2 };
/** One person's or network's is an attack, however many there were before. */
const ENTITY_SHARE = 0.5;

/** Whether anomalies of one reason are more than the few that there always are. */
export function isWave({ code, anomalies, before, entity, entity_anomalies }: Wave): boolean {
  if (!Object.hasOwn(REASONS, code) || anomalies < WAVE_LEAST) return false;
  if (entity !== null && entity_anomalies >= Math.max(WAVE_LEAST, ENTITY_SHARE * anomalies)) return true;
  const compared = compare(
    { value: anomalies, units: 1 },
    [{ value: Math.max(1, before), units: 1, weight: 1 }],
    ASSUMED,
  );
  return anomalies > before && compared !== null && compared.p < MORE_P;
}

/** Anomalies that one named rule found many of: an attack, a slipped price, coupons or refunds abused. */
export function waveStory(wave: Wave, consequences: readonly Change[], facts: Facts): Draft | null {
  const words = REASONS[wave.code];
  if (words === undefined) return null;
  const { currency } = facts.seen;
  const figures: Figures = {
    ...windowFigures(facts),
    anomalies: count(wave.anomalies),
    first: time(wave.first_at),
    last: time(wave.last_at),
    ...(facts.anomalies.isCut ? { looked_at: count(facts.anomalies.anomalies) } : {}),
  };
  const through = throughWords(wave, figures);
  const lost = wave.code === "refund_abuse" ? wave.refunded : wave.ordered;
  const atRisk = currency === null ? undefined : lost[currency];
  const span = { fromMs: wave.first_at, untilMs: wave.last_at + 60_000 };
  return {
    ...BARE,
    id: findingId("attack", wave.code),
    kind: "attack",
    severity: words.severity[atRisk !== undefined && atRisk > 0 ? "costly" : "idle"],
    title: sentence`${words.title}${through.text === "" ? "" : phrase` ${through}`}`,
    sentences: [
      firstSentence(wave, words.look, through, figures),
      ...moneySentences(wave, figures, currency),
      ...beforeSentence(wave, figures),
      ...entitySentence(wave, figures),
      ...consequenceSentences(consequences, figures),
    ],
    figures,
    evidence: { test: "by_rules", p: null, occasions: 0 },
    segments:
      wave.country_anomalies >= 0.5 * wave.anomalies && /^[A-Z]{2}$/.test(wave.country)
        ? [
            {
              dimension: "country",
              member: wave.country,
              value: wave.country_anomalies,
              usual: 0,
              contribution: wave.country_anomalies / wave.anomalies,
            },
          ]
        : [],
    cost:
      atRisk === undefined || currency === null
        ? null
        : { amount: Math.round(atRisk * 100) / 100, currency, basis: basisOf(wave) },
    consequences: [...new Set(consequences.map(({ metric }) => metric))],
    related: {
      ...BARE.related,
      anomalies: { count: wave.anomalies, ids: wave.ids, query: eventsQuery(span) },
      alerts: { count: wave.alerts, ids: wave.alert_ids, query: wave.alerts === 0 ? null : "/v1/alerts" },
    },
    next: nextOf(wave, span),
  };
}

function throughWords({ networks, cards, customers, code }: Wave, figures: Figures) {
  figures["networks"] = count(networks);
  figures["cards"] = count(cards);
  figures["customers"] = count(customers);
  const tell = teller(figures);
  const net = networks === 0 ? null : phrase`${tell("networks")} ${networks === 1 ? "network" : "networks"}`;
  if (code === "price_glitch") return phrase``;
  if (code === "refund_abuse" || code === "account_takeover") {
    return customers === 0 ? phrase`` : phrase`of ${tell("customers")} ${customers === 1 ? "customer" : "customers"}`;
  }
  return net === null ? phrase`` : phrase`through ${net}`;
}

function firstSentence(wave: Wave, look: string, through: Phrase, figures: Figures): Sentence {
  const tell = teller(figures);
  const cards =
    wave.code === "card_testing" && wave.cards > 0
      ? phrase` with ${tell("cards")} ${wave.cards === 1 ? "card" : "cards"}`
      : phrase``;
  const how = through.text === "" ? phrase`` : phrase`, ${through}${cards}`;
  const cut = figures["looked_at"] === undefined ? phrase`` : phrase` (of the latest ${tell("looked_at")} anomalies)`;
  return sentence`${tell("anomalies")} ${look}${cut}, ${spanWords(figures, "first", "last")}${how}.`;
}

function moneySentences(
  { declines, declined, orders, ordered, refunded }: Wave,
  figures: Figures,
  currency: string | null,
): Sentence[] {
  const tell = teller(figures);
  const told: Sentence[] = [];
  const worth = (name: string, amounts: Record<string, number>) => {
    const amount = currency === null ? undefined : amounts[currency];
    if (amount === undefined || amount === 0) return phrase``;
    figures[name] = money(amount, currency);
    return phrase`, worth ${tell(name)}`;
  };
  if (declines > 0) {
    figures["declines"] = count(declines);
    told.push(sentence`${tell("declines")} ${declines === 1 ? "was" : "were"} declined${worth("declined", declined)}.`);
  }
  if (orders > 0) {
    figures["orders"] = count(orders);
    told.push(
      sentence`${tell("orders")} ${orders === 1 ? "order" : "orders"} among them went through${worth("at_risk", ordered)}.`,
    );
  }
  const back = worth("refunded", refunded);
  if (back.text !== "") told.push(sentence`refunds among them were ${tell("refunded")}.`);
  return told;
}

function beforeSentence({ before }: Wave, figures: Figures): Sentence[] {
  figures["before"] = count(before);
  const tell = teller(figures);
  if (before === 0) return [];
  return [sentence`in the ${tell("window")} before there ${before === 1 ? "was" : "were"} ${tell("before")}.`];
}

/** What one network or customer makes of them is said when it is most, and not all there is to say. */
function entitySentence({ entity, entity_anomalies, anomalies, networks }: Wave, figures: Figures): Sentence[] {
  const [kind = ""] = entity?.split(":", 1) ?? [];
  const word = { ip: "network", customer: "customer", email: "customer", client: "device", card: "card" }[kind];
  if (word === undefined || entity_anomalies < ENTITY_SHARE * anomalies || (kind === "ip" && networks === 1)) return [];
  figures["by_one"] = share(entity_anomalies / anomalies);
  const tell = teller(figures);
  return [sentence`${tell("by_one")} of them came through one ${word}.`];
}

function consequenceSentences(changes: readonly Change[], figures: Figures): Sentence[] {
  const declines = changes.find(({ metric, dimension }) => metric === "decline_rate" && dimension === "all");
  if (declines === undefined) return [];
  figures["decline_rate"] = share(declines.value);
  figures["decline_rate_usual"] = share(declines.usual);
  const tell = teller(figures);
  return [
    sentence`they are why ${tell("decline_rate")} of all payments were declined, usually ${tell("decline_rate_usual")}.`,
  ];
}

function basisOf({ code }: Wave): string {
  if (code === "refund_abuse") return "refunds that look abused";
  return code === "price_glitch"
    ? "orders at a price that looks wrong"
    : "orders among them that went through: at risk, not yet lost";
}

function nextOf({ code, alert_ids }: Wave, span: { fromMs: number; untilMs: number }): Draft["next"] {
  const [alert] = alert_ids;
  const isBlockable = code !== "price_glitch" && code !== "refund_abuse";
  return [
    links.anomalies("Look at them", span),
    ...(alert === undefined ? [] : [links.alert("Read the largest alert", alert)]),
    ...(code === "price_glitch"
      ? [links.events("Look at orders of that time, and their prices", "purchase", span)]
      : []),
    ...(isBlockable ? [links.block("Block who is behind it")] : []),
    links.triage("Confirm or dismiss them: verdicts are learned from"),
  ];
}
