import type { Facts } from "../facts.ts";
import { botEvidence, isDriven } from "../features/bot-evidence.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

/** Fewer gaps may be even by chance. */
const GAPS_LEAST = 12;
/** Slower than this is a page left open that reloads itself. */
const VIEWS_LEAST = 8;

/** For each account, an order or three things put into the cart: those who sign up to buy. */
const BUYING_SHARE = 0.2;

/** What is told of a crawler that says who it is, and of a program that says so anywhere else: no attack, and below the usual threshold. */
const CRAWLER_SCORE = 0.5;
const PROGRAM_SCORE = 0.64;

/** Added for each trait of a program. */
const TRAIT_SCORE = 0.03;

/**
 * Bot traffic: pages are turned faster than people turn them or as evenly as by a clock, also where each page comes with fresh cookies
 * through one network; or accounts are opened by the dozen and nothing is bought. A crawler that says who it is and takes its time is
 * told as such, below the usual threshold. People who open many pages at once are too few for the pace, and their gaps vary.
 */
export const botTraffic: Rule = {
  code: "bot_traffic",
  explains: ["view_pace", "even_pace", "bot_evidence", "sign_ups_1d", "checkout_haste"],
  on: ["view", "cart_add", "sign_up", "order", "decline"],
  find(facts, settings) {
    const found = conduct(facts, settings);
    if (found === null) return claim(facts);
    const traits = botEvidence(facts.event, facts.signals);
    return {
      score: Math.min(1, found.score + TRAIT_SCORE * traits.length),
      detail: [found.detail, ...traits.map(({ words }) => words)].join(", "),
    };
  },
};

/** What it does, apart from what it says it is. */
function conduct(facts: Facts, settings: RuleSettings): Finding | null {
  if (facts.seen.act === "view") return turningPages(facts, settings);
  return facts.seen.act === "sign_up" ? openingAccounts(facts, settings) : null;
}

const READERS: readonly EntityKind[] = ["customer", "email", "client"];
const READERS_AND_NETWORK: readonly EntityKind[] = [...READERS, "ip"];

function turningPages(facts: Facts, { botViewsPerMinute, botGapVariation }: RuleSettings): Finding | null {
  const fast = mostThrough(facts, READERS, ({ before }) => before.views1m + 1, botViewsPerMinute);
  if (fast !== null) {
    return {
      score: graded(0.72, 0.1, fast.value / botViewsPerMinute),
      detail: `${Math.round(fast.value)} pages looked at by this ${ENTITY_WORDS[fast.kind]} within 1 min`,
    };
  }
  const even = mostThrough(facts, READERS_AND_NETWORK, ({ before }) =>
    before.viewGaps >= GAPS_LEAST && before.views1m >= VIEWS_LEAST && before.viewGapVariation <= botGapVariation
      ? before.viewGaps
      : 0,
  );
  if (even === null) return null;
  return {
    score: graded(0.73, 0.05, even.value / GAPS_LEAST),
    detail: `${even.value + 1} pages looked at through this ${ENTITY_WORDS[even.kind]} at gaps that vary by ${Math.round(100 * even.before.viewGapVariation)} %`,
  };
}

const OPENERS: readonly EntityKind[] = ["client", "ip"];

/** A device may open half as many as a network. */
const DEVICE_SHARE = 0.5;

function openingAccounts(facts: Facts, { botSignUpsPerDay }: RuleSettings): Finding | null {
  const found = mostThrough(facts, OPENERS, ({ kind, before }) => {
    const accounts = before.signUps1d + 1;
    const buying = before.orders1d + before.cartAdds1h / 3;
    return buying > BUYING_SHARE * accounts ? 0 : accounts / (kind === "client" ? DEVICE_SHARE : 1);
  });
  if (found === null || found.value < botSignUpsPerDay) return null;
  const { signUps1d, orders1d } = found.before;
  return {
    score: graded(0.71, 0.1, found.value / botSignUpsPerDay),
    detail: `${signUps1d + 1} accounts opened through this ${ENTITY_WORDS[found.kind]} in 1 d, and ${orders1d === 1 ? "1 order" : `${orders1d} orders`}`,
  };
}

/** What it says of itself. */
function claim({ event, signals, seen }: Facts): Finding | null {
  if (signals.bot === true) {
    if (seen.act !== "view") return { score: PROGRAM_SCORE, detail: "the user agent is a program's" };
    return { score: CRAWLER_SCORE, detail: `a crawler that says so: ${signals.browser ?? "unnamed"}` };
  }
  return isDriven(event) ? { score: PROGRAM_SCORE, detail: "a browser driven by a program" } : null;
}
