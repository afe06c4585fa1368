import type { ReactNode } from "react";
import { Link } from "wouter";
import { numberWords } from "../../parts/words.ts";
import type { Books } from "./accounting-page.tsx";

interface Imbalance {
  /** What so many are: "failed to be stored". */
  name: string;
  count: number;
  /** What it means and what is done about it. */
  words: string;
  link?: ReactNode;
}

/** What of the books somebody should look at, the gravest first. */
export function imbalancesOf(books: Books): Imbalance[] {
  const { received, accepted, duplicate, rejected, limited, failed, in_flight, uncounted, queue } = books;
  const found: Imbalance[] = [];
  const lacking = received - accepted - duplicate - rejected - limited;
  if (lacking !== 0) {
    found.push({
      name: lacking > 0 ? "received and unaccounted for" : "accounted for and never received",
      count: Math.abs(lacking),
      words: "Counts of an isolate of the edge were lost. Unless it settles within minutes, look into the edge’s logs.",
    });
  }
  if (failed > 0) {
    found.push({
      name: "could not be stored",
      count: failed,
      words: "They are kept with the reason. Once the cause is gone, replay them.",
      link: <Link href="/failed-events">To the failed events</Link>,
    });
  }
  if (uncounted > 0) {
    found.push({
      name: "stored without being counted",
      count: uncounted,
      words:
        "Their count comes within seconds, or was lost with an isolate of the edge, or the sender was told to try again although the event was taken. Nothing is missing.",
    });
  }
  if (in_flight > 0) found.push({ name: "on their way", count: in_flight, words: waitingWords(queue) });
  if (limited > 0) {
    found.push({
      name: "beyond the rate of their key or address",
      count: limited,
      words: "The senders were told when to try again. If it is the shop itself, raise the limit of its key.",
    });
  }
  return found;
}

function waitingWords({ waiting_messages, set_aside }: Books["queue"]): string {
  const waiting = (waiting_messages ?? 0) + (set_aside ?? 0);
  if (waiting_messages === null && set_aside === null) return "What waits cannot be asked now. Look again in a minute.";
  if (waiting === 0) return "Nothing waits for them any more: if they do not show within two minutes, they were lost.";
  return `${numberWords(waiting_messages)} messages wait on the queue${(set_aside ?? 0) === 0 ? "" : `, ${numberWords(set_aside)} batches were set aside while the database was away`}. They are stored by themselves.`;
}
