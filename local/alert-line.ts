import * as z from "zod";
import { Assessment } from "../shared/assessment.ts";
import type { Attack } from "./attacks.ts";
import { cut, printable, type Terminal } from "./terminal.ts";

/** What is read of a webhook about an anomaly. */
export const AnomalyAlert = z.object({
  type: z.literal("anomaly.detected"),
  data: z.object({
    event: z.object({
      id: z.string(),
      name: z.string(),
      value: z.number().optional(),
      currency: z.string().optional(),
    }),
    assessment: z.object({ score: Assessment.shape.score, reasons: Assessment.shape.reasons }),
  }),
});
export type AnomalyAlert = z.infer<typeof AnomalyAlert>;

/** An alert that arrived, with what is known beside it. */
export interface ArrivedAlert {
  alert: AnomalyAlert;
  arrivedAt: Date;
  /** From the event's receipt at the edge to the arrival of its webhook; null when it is not known. */
  delayMs: number | null;
  /** The attack the event was injected for, null for a real order; undefined when it is not of the replay. */
  attack: Attack | null | undefined;
}

/** Wide enough for what stands below it: time, delay, score, origin. */
const HEADINGS = `  ${"arrived".padEnd(8)}  ${"delay".padStart(6)}  ${"score".padEnd(5)}  ${"origin".padEnd(18)}  alert`;

export function alertHeadings({ paint, columns }: Pick<Terminal, "paint" | "columns">): string {
  return paint("dim", cut(HEADINGS, columns()));
}

/** An alert as one line: when, how fast, how strange, whether it was injected, and what it says. */
export function alertLine(arrived: ArrivedAlert, { paint, columns }: Pick<Terminal, "paint" | "columns">): string {
  const { event, assessment } = arrived.alert.data;
  const time = arrived.arrivedAt.toTimeString().slice(0, 8);
  const delay = (arrived.delayMs === null ? "" : seconds(arrived.delayMs)).padStart(6);
  const score = assessment.score.toFixed(2).padEnd(5);
  const origin = originOf(arrived.attack).padEnd(18);
  const room = columns() - `  ${time}  ${delay}  ${score}  ${origin}  `.length;
  const words = cut(printable(wordsOf(event, assessment)), room);
  return `  ${paint("dim", time)}  ${delay}  ${paint("red", score)}  ${paint(arrived.attack ? "yellow" : "dim", origin)}  ${words}`;
}

/** What is read of any other webhook. */
const OtherWebhook = z.object({
  type: z.string(),
  data: z
    .object({ alert: z.object({ title: z.string() }) })
    .optional()
    .catch(undefined),
});

/** Any other webhook as one line: a digest, an incident, a test. */
export function otherLine(body: unknown, arrivedAt: Date, { columns }: Pick<Terminal, "columns">): string {
  const other = OtherWebhook.safeParse(body);
  const { type = "a webhook of no known type", data } = other.data ?? {};
  const words = data === undefined ? type : `${type}: ${data.alert.title}`;
  return cut(`  ${arrivedAt.toTimeString().slice(0, 8)}  ${printable(words)}`, columns());
}

function originOf(attack: ArrivedAlert["attack"]): string {
  if (attack === undefined) return "";
  return attack ?? "real order";
}

/** The strongest reason first, as the end is what a narrow terminal cuts off. */
function wordsOf(event: AnomalyAlert["data"]["event"], { reasons }: AnomalyAlert["data"]["assessment"]): string {
  const amount = event.value === undefined ? "" : `, ${decimal(event.value)} ${event.currency ?? ""}`.trimEnd();
  const [first, second] = reasons.map(({ detail }) => detail);
  const what = `${first ?? "no single reason"} (${event.name.replaceAll("_", " ")}${amount})`;
  return second === undefined ? what : `${what}; ${second}`;
}

function decimal(value: number): string {
  return value.toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}

/** Seconds with one decimal: `1.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
