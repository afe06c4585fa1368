import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { Bar } from "../../parts/figures.tsx";
import { Icon } from "../../parts/icon.tsx";
import {
  changeWords,
  countWords,
  codeWords,
  memberWords,
  moneyWords,
  numberWords,
  shareWords,
} from "../../parts/words.ts";
import { SeverityBadge } from "./severity.tsx";
import type { Finding } from "./use-insights.ts";
import "./finding-card.css";

/** One finding: what, how sure, where, at what cost, and where to look next. */
export function FindingCard({ finding, currency }: { finding: Finding; currency: string | null }) {
  const { id, severity, kind, title, text, segments, cost, next, related } = finding;
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (location.hash === `#${id}`) element.current?.scrollIntoView({ block: "start" });
  }, [id]);
  return (
    <article ref={element} id={id} className={`finding finding-${severity}`} aria-label={title}>
      <header className="row row-wrap">
        <SeverityBadge severity={severity} />
        <span className="small faint">{codeWords(kind)}</span>
        {cost === null ? null : (
          <span className="end finding-cost number" title={cost.basis}>
            {cost.amount < 0 ? "+" : "−"}
            {moneyWords(Math.abs(cost.amount), cost.currency, true)}
          </span>
        )}
      </header>
      <h2>{title}</h2>
      <p className="finding-text">{text}</p>
      <Change finding={finding} currency={currency} />
      {segments.length === 0 ? null : <Segments segments={segments} />}
      <footer className="finding-next">
        {next.map(({ text: words, page }) => (
          <Link key={`${words} ${page}`} href={page}>
            {words} <Icon name="right" size={12} />
          </Link>
        ))}
        {related.anomalies.count === 0 ? null : (
          <span className="faint">{countWords(related.anomalies.count, "anomaly", "anomalies")}</span>
        )}
        {related.incidents.count === 0 ? null : (
          <span className="faint">{countWords(related.incidents.count, "incident")}</span>
        )}
      </footer>
    </article>
  );
}

const RATES = new Set(["conversion_rate", "refund_rate", "anomaly_rate", "payment_decline_rate"]);
const AMOUNTS = new Set(["revenue", "average_order_value"]);

function Change({ finding: { change, evidence }, currency }: { finding: Finding; currency: string | null }) {
  const by = {
    against_history: "held against earlier times",
    against_others: "held against all others",
    by_rules: "found by named rules",
    counted: "counted",
  };
  const chance =
    evidence.p === null
      ? ""
      : evidence.p < 0.0001
        ? ", less than 1 in 10,000 by chance"
        : `, ${shareWords(evidence.p)} by chance`;
  return (
    <p className="finding-change small soft">
      {change === null ? null : (
        <span className="number">
          <b>{valueWords(change.metric, change.value, currency)}</b>, usual{" "}
          {valueWords(change.metric, change.usual, currency)}
          {change.ratio === null ? "" : ` (${changeWords(change.ratio - 1)})`}
          {" · "}
        </span>
      )}
      {by[evidence.test]}
      {chance}
    </p>
  );
}

function valueWords(metric: string, value: number, currency: string | null): string {
  if (AMOUNTS.has(metric)) return moneyWords(value, currency, true);
  return RATES.has(metric) ? shareWords(value) : numberWords(value);
}

const SHOWN = 5;

function Segments({ segments }: { segments: Finding["segments"] }) {
  const most = Math.max(...segments.map(({ contribution }) => Math.abs(contribution ?? 0)), 1e-9);
  return (
    <ul className="finding-segments" aria-label="Where it is">
      {segments.slice(0, SHOWN).map(({ dimension, member, contribution, value, usual }) => (
        <li key={`${dimension} ${member}`}>
          <span className="clip">{memberWords(member, dimension)}</span>
          <Bar share={Math.abs(contribution ?? 0) / most} />
          <span className="number soft">
            {contribution === null ? `${numberWords(value)} / ${numberWords(usual)}` : shareWords(contribution)}
          </span>
        </li>
      ))}
    </ul>
  );
}
