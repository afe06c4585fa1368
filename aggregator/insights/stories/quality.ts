import { BARE, count, findingId, share, windowFigures, windowWords } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures, Severity } from "../finding.ts";
import { links } from "../links.ts";
import type { Sample } from "../read-sample.ts";
import { compare } from "../significance.ts";
import { phrase, sentence, teller } from "../words.ts";

/** Whether what came in is whole: stored, on time, with what scores rest on. */
export function qualityStories(facts: Facts): Draft[] {
  return [...failedStory(facts), ...booksStory(facts), ...sampleStories(facts)];
}

function failedStory(facts: Facts): Draft[] {
  const { events, failures } = facts.around.failed;
  if (failures === 0) return [];
  const figures: Figures = { ...windowFigures(facts), failed: count(Math.max(events, failures)) };
  const tell = teller(figures);
  const isOne = Math.max(events, failures) === 1;
  return [
    {
      ...BARE,
      id: findingId("failed_events"),
      kind: "data_quality",
      severity: "warning",
      title: sentence`${tell("failed")} ${isOne ? "event" : "events"} could not be stored`,
      sentences: [
        sentence`${tell("failed")} ${isOne ? "event that came in" : "events that came in"} ${windowWords(figures)} could not be stored, and ${isOne ? "waits" : "wait"} to be replayed.`,
      ],
      figures,
      evidence: { test: "counted", p: null, occasions: 0 },
      next: [links.failures("Read why, and replay them")],
    },
  ];
}

const MISSING_LEAST = 10;
const MISSING_SHARE = 0.001;

function booksStory(facts: Facts): Draft[] {
  const { books } = facts;
  if (books === null || books.inFlight < Math.max(MISSING_LEAST, MISSING_SHARE * books.accepted)) return [];
  const figures: Figures = { ...windowFigures(facts), missing: count(books.inFlight), accepted: count(books.accepted) };
  const tell = teller(figures);
  return [
    {
      ...BARE,
      id: findingId("books"),
      kind: "data_quality",
      severity: "warning",
      title: sentence`${tell("missing")} accepted events are not stored`,
      sentences: [
        sentence`of ${tell("accepted")} events that were accepted, ${tell("missing")} are neither stored nor recorded as failed. They may still be on their way; if the number stays, they are missing.`,
      ],
      figures,
      evidence: { test: "counted", p: null, occasions: 0 },
      next: [links.books("See the books", facts.window)],
    },
  ];
}

interface Lack {
  of: Exclude<keyof Sample, "events">;
  /** `312 of the latest 1,000 events …` */
  words: string;
  title: string;
  means: string;
  severity: Severity;
  /** Told of without anything to compare with; null for what many shops never send. */
  shareAlone: number | null;
}

const LACKS: readonly Lack[] = [
  {
    of: "degraded",
    words: "were scored with something missing, such as the profile of a customer",
    title: "were scored with something missing",
    means: "attacks are more easily missed in them.",
    severity: "warning",
    shareAlone: 0.1,
  },
  {
    of: "late",
    words: "came in more than an hour after they had happened",
    title: "come in late",
    means: "figures of the last hours are still too low, and alerts of these events came late.",
    severity: "notice",
    shareAlone: 0.2,
  },
  {
    of: "no_session",
    words: "came without a session",
    title: "come without a session",
    means: "orders per session are told from the others alone.",
    severity: "notice",
    shareAlone: null,
  },
  {
    of: "no_visitor",
    words: "came without a customer or device",
    title: "come without a customer or device",
    means: "less consent, or a page that no longer sends it; bursts by one visitor do not show in them.",
    severity: "notice",
    shareAlone: null,
  },
];

const EVENTS_LEAST = 100;
const SHARE_LEAST = 0.05;
const TIMES_LEAST = 2;
const P_MOST = 0.0005;
const ASSUMED = { size: 1, wander: 0.05, worth: 20, dispersionLeast: 2 };

function sampleStories(facts: Facts): Draft[] {
  const { now, before } = facts.samples;
  if (now.events < EVENTS_LEAST) return [];
  return LACKS.flatMap((lack) => {
    const own = now[lack.of] / now.events;
    const known = before !== null && before.events >= EVENTS_LEAST ? before : null;
    if (known === null) return lack.shareAlone !== null && own >= lack.shareAlone ? [lackStory(lack, null, facts)] : [];
    const compared = compare(
      { value: now[lack.of], units: now.events },
      [{ value: known[lack.of] + 1, units: known.events + 1, weight: 1 }],
      ASSUMED,
    );
    const isMore = own >= SHARE_LEAST && own >= (TIMES_LEAST * known[lack.of]) / known.events;
    return isMore && compared !== null && compared.p <= P_MOST ? [lackStory(lack, known, facts, compared.p)] : [];
  });
}

function lackStory(
  { of, words, title, means, severity }: Lack,
  before: Sample | null,
  facts: Facts,
  p: number | null = null,
): Draft {
  const { now } = facts.samples;
  const figures: Figures = {
    looked_at: count(now.events),
    lacking: share(now[of] / now.events),
    ...(before === null ? {} : { lacking_before: share(before[of] / before.events) }),
  };
  const tell = teller(figures);
  const then = before === null ? phrase`` : phrase`; of those before the window it was ${tell("lacking_before")}`;
  return {
    ...BARE,
    id: findingId("lacking", of),
    kind: "data_quality",
    severity,
    title: sentence`${tell("lacking")} of the events ${title}`,
    sentences: [
      sentence`${tell("lacking")} of the latest ${tell("looked_at")} events ${words}${then}.`,
      sentence`${means}`,
    ],
    figures,
    change:
      before === null
        ? null
        : {
            metric: of,
            value: now[of] / now.events,
            usual: before[of] / before.events,
            ratio: before[of] === 0 ? null : now[of] / now.events / (before[of] / before.events),
            difference: now[of] - (before[of] / before.events) * now.events,
          },
    evidence: { test: before === null ? "counted" : "against_history", p, occasions: before === null ? 0 : 1 },
    next: [{ text: "Look at the latest events", api: "/v1/events?limit=50", page: "/events" }],
  };
}
