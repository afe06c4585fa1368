import * as z from "zod";
import type { Alert } from "./kind.ts";

/** What people are told of an alert, in plain words; every text is well-formed and of one line. */
export interface Story {
  alertId: string;
  type: string;
  /** RFC 3339. */
  at: string;
  title: string;
  /** Of the event it is about; null when it is about none. */
  score: number | null;
  lines: string[];
  /** Where more is to be seen. */
  link: string | null;
}

/** The part of an alert's data that is told. */
const Told = z.object({
  alert: z.object({ id: z.string(), title: z.string(), count: z.int().optional() }),
  event: z
    .object({
      name: z.string(),
      value: z.number().optional(),
      currency: z.string().optional(),
      transaction_id: z.string().optional(),
      user_id: z.string().optional(),
    })
    .nullish(),
  assessment: z.object({ score: z.number(), reasons: z.array(z.object({ detail: z.string() })) }).nullish(),
  links: z.object({ self: z.string() }).nullish(),
});

const LINES_MOST = 20;
const LINE_LENGTH = 500;

/** @throws z.ZodError when the data is not that of an alert */
export function storyOf({ type, createdAtMs, data }: Alert): Story {
  const { alert, event, assessment, links } = Told.parse(data);
  const facts = [
    alert.count !== undefined && alert.count > 1 && `${alert.count} anomalies`,
    event && `Event: ${event.name}`,
    event?.value !== undefined && `Value: ${event.value} ${event.currency ?? ""}`,
    event?.transaction_id !== undefined && `Transaction: ${event.transaction_id}`,
    event?.user_id !== undefined && `Customer: ${event.user_id}`,
    assessment && `Score: ${assessment.score.toFixed(2)}`,
    ...(assessment?.reasons ?? []).map(({ detail }) => `• ${detail}`),
  ];
  return {
    alertId: alert.id,
    type,
    at: new Date(createdAtMs).toISOString(),
    title: oneLine(alert.title),
    score: assessment?.score ?? null,
    lines: facts
      .filter((fact) => typeof fact === "string")
      .slice(0, LINES_MOST)
      .map((fact) => clip(oneLine(fact), LINE_LENGTH)),
    link: links?.self ?? null,
  };
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
}

/**
 * A text of at most so many UTF-16 units, with an ellipsis where something is left out. Nothing is cut in half: neither a surrogate pair
 * nor what a letter is escaped as.
 *
 * @param escape what a letter becomes on its way
 */
export function clip(
  text: string,
  lengthMost: number,
  escape: (letter: string) => string = (letter) => letter,
): string {
  let kept = "";
  let fits = "";
  for (const letter of text) {
    kept += escape(letter);
    if (kept.length > lengthMost) return `${fits}…`;
    if (kept.length < lengthMost) fits = kept;
  }
  return kept;
}
