import type { ReactNode } from "react";
import { clock, timeZone, useNow } from "../shell/clock.ts";
import { agoWords, moneyWords, NOTHING, timeWords, type TimeForm } from "./words.ts";
import "./figures.css";

/** A time by the reader's choice of clock; pointing at it tells it whole. */
export function Time({ at, form = "minute" }: { at: string | null | undefined; form?: TimeForm }) {
  const chosen = clock.use();
  if (at === null || at === undefined) return <span className="faint">{NOTHING}</span>;
  const atMs = Date.parse(at);
  return (
    <time
      dateTime={at}
      title={`${timeWords(atMs, "moment", timeZone(chosen))} (${timeZone(chosen)})`}
      className="number"
    >
      {timeWords(atMs, form, timeZone(chosen))}
    </time>
  );
}

const AGO_MS = 10_000;

/** How long ago. */
export function Ago({ at }: { at: string | null | undefined }) {
  const chosen = clock.use();
  const nowMs = useNow(AGO_MS);
  if (at === null || at === undefined) return <span className="faint">{NOTHING}</span>;
  const atMs = Date.parse(at);
  return (
    <time
      dateTime={at}
      title={`${timeWords(atMs, "moment", timeZone(chosen))} (${timeZone(chosen)})`}
      className="number"
    >
      {agoWords(atMs, nowMs)}
    </time>
  );
}

interface MoneyProps {
  value: number | null | undefined;
  currency: string | null | undefined;
  brief?: boolean;
}

export function Money({ value, currency, brief = false }: MoneyProps) {
  const whole = moneyWords(value, currency);
  const words = moneyWords(value, currency, brief);
  return (
    <span className="number" {...(words === whole ? {} : { title: whole })}>
      {words}
    </span>
  );
}

type BarTone = "accent" | "good" | "warn" | "bad" | "faint";

/** A share as a length. Whatever it says is also written beside it. */
export function Bar({ share, tone = "accent" }: { share: number; tone?: BarTone }) {
  const width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return (
    <span className="bar" aria-hidden="true">
      <span className={`bar-fill bar-${tone}`} style={{ width }} />
    </span>
  );
}

/** From this on an event is one in ten thousand. */
const SEVERE = 0.8;

/** A score from 0 to 1. */
export function Score({ score, threshold }: { score: number; threshold?: number }) {
  const isAnomaly = threshold === undefined ? score >= 0.7 : score >= threshold;
  const tone = !isAnomaly ? "faint" : score >= SEVERE ? "bad" : "warn";
  return (
    <span className={`score score-${tone}`}>
      <Bar share={score} tone={tone} />
      <span className="number">{score.toFixed(2)}</span>
    </span>
  );
}

/** Names and values, one below the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
