import {
  BARE,
  basisWords,
  changeAnswer,
  changeFigures,
  findingId,
  offUsual,
  share,
  windowFigures,
  windowWords,
} from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import type { Group } from "../group-changes.ts";
import { links } from "../links.ts";
import { usualSums, wholeOf } from "../sums.ts";
import { sentence, teller } from "../words.ts";

/** Below it everything is less, and one kind of event is no finding of its own. */
const OTHERS_LEAST = 0.6;

/** One kind of event hardly comes any more while the others do: most likely it is no longer sent. */
export function trackingStory({ lead }: Group, facts: Facts): Draft | null {
  const whole = wholeOf(facts.seen);
  if (whole === undefined || lead.metric !== "events") return null;
  const all = whole.now.events / (facts.expectation.factor * usualSums(whole, facts.baseline.occasions).events);
  if (!(all >= OTHERS_LEAST)) return null;
  const figures: Figures = { ...windowFigures(facts), ...changeFigures(lead, null), all: share(all) };
  const tell = teller(figures);
  const { member } = lead;
  const title =
    lead.value === 0
      ? sentence`no ${member} events any more`
      : sentence`${member} events are ${offUsual(lead, figures)}`;
  return {
    ...BARE,
    id: findingId("tracking", member),
    kind: "data_quality",
    severity: "warning",
    // A name at the beginning stays as it is written.
    title:
      lead.value === 0
        ? { ...title, figures: ["events"] }
        : { ...title, text: `${member}${title.text.slice(member.length)}` },
    sentences: [
      sentence`${tell("events")} ${member} events came ${windowWords(figures)}, usually ${tell("events_usual")} (${basisWords(facts, figures)}).`,
      sentence`all events together are at ${tell("all")} of the usual, so it is likely that the shop no longer sends this one.`,
    ],
    figures,
    change: changeAnswer(lead),
    evidence: { test: "against_history", p: lead.p, occasions: facts.baseline.occasions.length },
    segments: [{ dimension: "name", member, value: lead.value, usual: lead.usual, contribution: null }],
    next: [
      links.metric("See the events by name", "events", "name", facts.window),
      links.events("Look at the last of them", member, facts.window),
    ],
  };
}
