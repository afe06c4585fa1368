import { BARE, count, findingId, share, windowFigures, windowWords } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import { eventsQuery, links } from "../links.ts";
import { sentence, teller } from "../words.ts";

const ANOMALIES_LEAST = 10;
const SHARE_LEAST = 0.5;

const KINDS: Readonly<Record<string, string>> = {
  ip: "network",
  customer: "customer",
  email: "customer",
  client: "device",
  card: "card",
};

/** Most anomalies are about one and the same, for more reasons than one: of one reason the attack says so itself. */
export function concentrationStory(facts: Facts): Draft[] {
  const { anomalies, entity, entity_anomalies } = facts.anomalies;
  const word = KINDS[entity?.split(":", 1)[0] ?? ""];
  if (word === undefined || anomalies < ANOMALIES_LEAST || entity_anomalies < SHARE_LEAST * anomalies) return [];
  const figures: Figures = {
    ...windowFigures(facts),
    anomalies: count(anomalies),
    by_one: count(entity_anomalies),
    by_one_share: share(entity_anomalies / anomalies),
  };
  const tell = teller(figures);
  return [
    {
      ...BARE,
      id: findingId("concentration", word),
      kind: "concentration",
      severity: "warning",
      title: sentence`one ${word} makes ${tell("by_one_share")} of the anomalies`,
      sentences: [
        sentence`${tell("by_one")} of the ${tell("anomalies")} anomalies ${windowWords(figures)} came through one ${word}.`,
      ],
      figures,
      evidence: { test: "counted", p: null, occasions: 0 },
      related: {
        ...BARE.related,
        anomalies: {
          count: entity_anomalies,
          ids: facts.anomalies.top.slice(0, 5).map(({ id }) => id),
          query: eventsQuery(facts.window),
        },
      },
      next: [links.anomalies("Look at them", facts.window), links.block(`Block the ${word}`)],
    },
  ];
}
