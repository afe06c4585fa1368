import { sharesOfFactors, type Factor } from "../contributions.ts";
import { count, money } from "../draft.ts";
import { tellsSessions, type Change } from "../find-changes.ts";
import type { Figures, Sentence } from "../finding.ts";
import type { Sums } from "../sums.ts";
import { bare, phrase, sentence, teller } from "../words.ts";

/** One of visits, orders per visit and value per order is named when it makes so much of the change. */
const MOSTLY = 0.6;
/** What is no further off is said to be as usual. */
const ABOUT_USUAL = 0.1;

interface Compared {
  now: Sums;
  usual: Sums;
  figures: Figures;
  currency: string | null;
}

/** Which of visits, orders per visit and value per order has changed, where it is one of them above all; nothing where it is not. */
export function whySentence(lead: Change, compared: Compared): Sentence[] {
  if (lead.metric === "sessions") return ordersBeside(lead, compared);
  if (lead.metric === "order_value") return [];
  const { now, usual } = compared;
  const isVisited = tellsSessions(usual) && now.sessions > 0 && lead.dimension !== "category";
  const factors: Factor[] = [
    ...(isVisited
      ? [
          { name: "sessions", value: now.sessions, usual: usual.sessions },
          { name: "conversion", value: now.orders / now.sessions, usual: usual.orders / usual.sessions },
        ]
      : [{ name: "orders", value: now.orders, usual: usual.orders }]),
    ...(lead.metric === "revenue" && now.priced > 0 && usual.priced > 0
      ? [{ name: "order_value", value: now.revenue / now.priced, usual: usual.revenue / usual.priced }]
      : []),
  ];
  const shares = sharesOfFactors(factors);
  const [main] = factors.toSorted((a, b) => (shares[b.name] ?? 0) - (shares[a.name] ?? 0));
  if (main === undefined || (shares[main.name] ?? 0) < MOSTLY || main.name === lead.metric || main.usual <= 0)
    return [];
  return [factorSentence(main, lead.side === "down", factors, compared)];
}

function factorSentence(
  main: Factor,
  isLess: boolean,
  factors: readonly Factor[],
  { now, usual, figures, currency }: Compared,
): Sentence {
  const tell = teller(figures);
  const isAsUsual = (name: string) => {
    const own = factors.find((factor) => factor.name === name);
    return own !== undefined && own.usual > 0 && Math.abs(own.value / own.usual - 1) <= ABOUT_USUAL;
  };
  const fewer = isLess ? "fewer" : "more";
  switch (main.name) {
    case "conversion": {
      addVisits(figures, now, usual);
      const told = phrase`${tell("conversion")}, usually ${bare(figures, "conversion_usual")}`;
      if (!isAsUsual("sessions")) return sentence`${fewer} of the visitors ordered: ${told}.`;
      const came = phrase`visitors came as usual (${tell("sessions")} sessions, usually ${tell("sessions_usual")})`;
      return sentence`${came}, but ${fewer} of them ordered: ${told}.`;
    }
    case "sessions": {
      addVisits(figures, now, usual);
      const rest = isAsUsual("conversion") ? "; of those who came about as many ordered as always" : "";
      return sentence`${fewer} visitors came: ${tell("sessions")} sessions, usually ${tell("sessions_usual")}${rest}.`;
    }
    case "order_value":
      figures["order_value"] = money(main.value, currency);
      figures["order_value_usual"] = money(main.usual, currency);
      return sentence`orders were ${isLess ? "smaller" : "larger"}: ${tell("order_value")} each, usually ${tell("order_value_usual")}.`;
    default:
      addOrders(figures, now, usual);
      return sentence`there were ${fewer} orders: ${tell("orders")}, usually ${tell("orders_usual")}.`;
  }
}

/** What more or fewer visits came to. */
function ordersBeside({ side }: Change, { now, usual, figures }: Compared): Sentence[] {
  if (!tellsSessions(usual) || usual.orders <= 0) return [];
  addOrders(figures, now, usual);
  const tell = teller(figures);
  const told = phrase`${tell("orders")}, usually ${tell("orders_usual")}`;
  if (Math.abs(now.orders / usual.orders - 1) <= ABOUT_USUAL) return [sentence`orders were about as usual: ${told}.`];
  const isLess = now.orders < usual.orders;
  return [
    sentence`there were ${isLess ? "fewer" : "more"} orders${isLess === (side === "down") ? " too" : ""}: ${told}.`,
  ];
}

function addVisits(figures: Figures, now: Sums, usual: Sums): void {
  figures["sessions"] = count(now.sessions);
  figures["sessions_usual"] = count(usual.sessions);
  figures["conversion"] = { value: (100 * now.orders) / now.sessions, unit: "per_100" };
  figures["conversion_usual"] = { value: (100 * usual.orders) / usual.sessions, unit: "per_100" };
}

function addOrders(figures: Figures, now: Sums, usual: Sums): void {
  figures["orders"] = count(now.orders);
  figures["orders_usual"] = count(usual.orders);
}
