import { isLoss } from "../watch/watched.ts";
import { explainedByWaves } from "./explained-by-waves.ts";
import type { Details, Facts } from "./facts.ts";
import { findChanges, type Change } from "./find-changes.ts";
import type { Draft } from "./finding.ts";
import { groupChanges, type Group } from "./group-changes.ts";
import { ranked } from "./rank.ts";
import type { Incident } from "./read-around.ts";
import type { Wave } from "./read-waves.ts";
import { concentrationStory } from "./stories/concentration.ts";
import { demandStory } from "./stories/demand.ts";
import { firstDayStory } from "./stories/first-day.ts";
import { incidentStory, withIncidents } from "./stories/incident.ts";
import { newMemberStory } from "./stories/new-member.ts";
import { priceStory } from "./stories/price.ts";
import { qualityStories } from "./stories/quality.ts";
import { rateStory } from "./stories/rates.ts";
import { recordStory } from "./stories/record.ts";
import { standsOutStories } from "./stories/stands-out.ts";
import { trackingStory } from "./stories/tracking.ts";
import { isWave, waveStory } from "./stories/wave.ts";
import { usualSums, wholeOf } from "./sums.ts";

/** What has changed in a window: what attacks do to its figures, and the rest, of which that with one cause is together. */
export interface Causes {
  waves: ReadonlyMap<Wave, readonly Change[]>;
  groups: readonly Group[];
}

export function causesIn({ seen, baseline, expectation, anomalies }: Facts): Causes {
  const changes = expectation.isIgnored ? [] : findChanges(seen.scopes, baseline, expectation);
  const waves = explainedByWaves(changes, anomalies.waves.filter(isWave), seen);
  const explained = new Set([...waves.values()].flat());
  return { waves, groups: groupChanges(changes.filter((change) => !explained.has(change))) };
}

/** What there is to say of a window, what matters most first: each cause once, with its consequences. */
export function findFindings({ waves, groups }: Causes, facts: Facts, details: Details): Draft[] {
  const changed = groups.flatMap((group) => {
    const draft = storyOf(group, facts, details);
    return draft === null ? [] : [{ group, draft }];
  });
  const { incidents } = facts.around;
  const byGroup = Map.groupBy(incidents, (incident) => changed.find(({ group }) => isPartOf(incident, group)));
  const attacks = [...waves].flatMap(([wave, consequences]) => waveStory(wave, consequences, facts) ?? []);
  const drafts = [
    ...changed.map((own) => withIncidents(own.draft, byGroup.get(own) ?? [])),
    ...attacks,
    ...(byGroup.get(undefined) ?? []).map((incident) => incidentStory(incident, facts)),
    ...details.fresh.map((scope) => newMemberStory(scope, facts)),
    ...(attacks.length > 0 ? [] : concentrationStory(facts)),
    ...standsOutStories(facts),
    ...qualityStories(facts),
    ...recordStory(facts),
    ...firstDayStory(facts),
  ];
  const whole = wholeOf(facts.seen);
  return ranked(drafts, whole === undefined ? 0 : usualSums(whole, facts.baseline.occasions).revenue);
}

function storyOf(group: Group, facts: Facts, details: Details): Draft | null {
  switch (group.lead.metric) {
    case "piece_price":
      return priceStory(group, facts);
    case "decline_rate":
    case "refunds":
    case "anomaly_rate":
      return rateStory(group, facts, details);
    case "events":
      return trackingStory(group, facts);
    case "revenue":
    case "orders":
    case "conversion":
    case "sessions":
    case "order_value":
      return demandStory(group, facts, details);
    default:
      return group.lead.metric satisfies never;
  }
}

/** Whether an incident shows what a change of the whole window shows: the same loss or gain, of everything or of the same member. */
function isPartOf({ metric, side, dimension, member }: Incident, { lead, others }: Group): boolean {
  if (side === null || isLoss(metric, side) !== isBad(lead)) return false;
  const isRate = metric === "payment_decline_rate" || metric === "refund_rate";
  const changes = [lead, ...others];
  if (isRate && !changes.some((own) => own.metric === (metric === "refund_rate" ? "refunds" : "decline_rate")))
    return false;
  if (!isRate && (lead.metric === "decline_rate" || lead.metric === "refunds" || lead.metric === "anomaly_rate"))
    return false;
  return (
    lead.dimension === "all" ||
    dimension === "all" ||
    changes.some((own) => own.dimension === dimension && own.member === member)
  );
}

function isBad({ metric, side }: Change): boolean {
  return (side === "down") !== (metric === "decline_rate" || metric === "refunds" || metric === "anomaly_rate");
}
