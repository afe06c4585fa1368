import { balance, type Balance } from "../accounts/balance.ts";
import { readBooks } from "../accounts/books.ts";
import type { Db } from "../store/db.ts";
import type { Facts, Details } from "./facts.ts";
import { causesIn, findFindings } from "./find-findings.ts";
import type { Draft } from "./finding.ts";
import type { Group } from "./group-changes.ts";
import { readAround } from "./read-around.ts";
import { readHours } from "./read-hours.ts";
import { readNew } from "./read-new.ts";
import { readSample } from "./read-sample.ts";
import { readSums } from "./read-sums.ts";
import { readAnomalies } from "./read-waves.ts";
import { segmentsOf } from "./explain.ts";
import { expectationOf, settleBaseline } from "./settle-baseline.ts";
import { candidatesForNew } from "./stories/new-member.ts";
import { baselineOf, windowAt, type Span, type WindowName } from "./window.ts";

interface Asked {
  name: WindowName;
  trustedOnly: boolean;
}

/** What there is to say of the window that ends now, and what it was told from. */
export async function insightsOf(db: Db, asked: Asked, nowMs: number): Promise<{ facts: Facts; drafts: Draft[] }> {
  const facts = await readFacts(db, asked, nowMs);
  const causes = causesIn(facts);
  const details = await readDetails(db, causes.groups, facts);
  return { facts, drafts: findFindings(causes, facts, details) };
}

/** All from sums, and from a bounded number of rows that an index leads to: the same work however much there is. */
async function readFacts(db: Db, { name, trustedOnly }: Asked, nowMs: number): Promise<Facts> {
  const window = windowAt(name, nowMs);
  const [around, anomalies, sample, books] = await Promise.all([
    readAround(db, window),
    readAnomalies(db, window, { trustedOnly }),
    readSample(db, window),
    readBalance(db, window),
  ]);
  const wanted = baselineOf(name, window, around.first_at);
  const [latest] = wanted.occasions;
  const [sums, before] = await Promise.all([
    readSums(db, window, wanted, { trustedOnly }),
    latest === undefined ? null : readSample(db, latest),
  ]);
  const { baseline, seen } = settleBaseline(wanted, sums, around.calendar);
  const expectation = expectationOf(window, around.calendar);
  return { name, window, expectation, baseline, seen, anomalies, around, samples: { now: sample, before }, books };
}

const BOOKS_MOST_MS = 24 * 60 * 60_000;
/** What was accepted is stored within seconds; counts come from the edge every few. */
const SETTLED_AFTER_MS = 10 * 60_000;

async function readBalance(db: Db, { fromMs, untilMs }: Span): Promise<Balance | null> {
  const to = untilMs - SETTLED_AFTER_MS;
  const from = Math.max(fromMs, to - BOOKS_MOST_MS);
  return balance(await readBooks(db, { from: new Date(from), to: new Date(to) }));
}

const LEADS_MOST = 4;

/** What is looked up of what was found: the hours of the largest changes, and what was there before of what seems new. */
async function readDetails(db: Db, groups: readonly Group[], facts: Facts): Promise<Details> {
  const leads = groups.slice(0, LEADS_MOST).map(({ lead }) => {
    const main = lead.dimension === "all" ? segmentsOf(lead, facts).main : null;
    return main ?? lead;
  });
  const members = leads.map(({ dimension, member }) => ({ dimension, member }));
  // Of an hour the minutes are not looked at, and of weeks an hour says little.
  const isByHour = facts.name === "6h" || facts.name === "24h" || facts.name === "7d";
  const [hours, fresh] = await Promise.all([
    isByHour && members.length > 0 ? readHours(db, members, facts.window, facts.baseline.occasions) : null,
    readNew(db, candidatesForNew(facts), facts.window),
  ]);
  return { hours, fresh };
}
