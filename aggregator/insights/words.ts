import { currencyDecimals } from "../../shared/currency.ts";
import { duration, inWords, times } from "../../shared/number-words.ts";
import { NOT_SET, OTHER, type Dimension } from "../store/rollups.ts";
import type { Figure, Figures, Sentence } from "./finding.ts";

/** Words with numbers that are figures, so that each can be looked up. */
export type Phrase = Sentence;

/** A part of a sentence. */
export function phrase(texts: TemplateStringsArray, ...parts: (Phrase | string)[]): Phrase {
  const figures = new Set<string>();
  const text = parts.reduce<string>((before, part, index) => {
    if (typeof part !== "string") for (const figure of part.figures) figures.add(figure);
    return `${before}${typeof part === "string" ? part : part.text}${texts[index + 1] ?? ""}`;
  }, texts[0] ?? "");
  return { text, figures: [...figures] };
}

/** A phrase that begins with a capital. */
export function sentence(texts: TemplateStringsArray, ...parts: (Phrase | string)[]): Sentence {
  const { text, figures } = phrase(texts, ...parts);
  return { text: text.charAt(0).toUpperCase() + text.slice(1), figures };
}

/** Sentences one after another as one. */
export function joined(sentences: readonly Sentence[]): string {
  return sentences.map(({ text }) => text).join(" ");
}

/**
 * How figures are written: counts whole from 10 on, else to a tenth; money whole from 100 on, else with cents; shares in per cent, whole from 10 % on, to a
 * tenth from 1 % on, else with two digits; factors to a tenth. `numbers-check.ts` knows a number by the same rules.
 */
export function teller(figures: Figures): (name: string) => Phrase {
  return (name) => {
    const figure = figures[name];
    if (figure === undefined) throw new Error(`there is no figure ${name}`);
    return { text: figureWords(figure), figures: [name] };
  };
}

/** A figure without what it is counted in, where that was just said. */
export function bare(figures: Figures, name: string): Phrase {
  const figure = figures[name];
  if (figure === undefined || figure.unit === "time") throw new Error(`there is no number ${name}`);
  return { text: countWords(figure.value), figures: [name] };
}

export function figureWords(figure: Figure): string {
  switch (figure.unit) {
    case "count":
      return countWords(Math.abs(figure.value));
    case "per_100":
      return `${countWords(figure.value)} orders per 100 sessions`;
    case "money":
      return `${moneyWords(Math.abs(figure.value), figure.currency ?? "")} ${figure.currency ?? ""}`.trim();
    case "share":
      return percentWords(Math.abs(figure.value));
    case "times":
      return `${times(figure.value).replace("×", "")} times`;
    case "ms":
      return lengthWords(figure.value);
    case "time":
      return dayTime(figure.value);
    default:
      return figure satisfies never;
  }
}

const LENGTHS: Readonly<Record<string, string>> = { s: "second", min: "minute", h: "hour", d: "day" };

/** `90 minutes`, `24 hours`. */
function lengthWords(ms: number): string {
  const [count = "", unit = ""] = duration(ms).split(" ");
  return `${count} ${LENGTHS[unit] ?? unit}${count === "1" ? "" : "s"}`;
}

function countWords(value: number): string {
  return inWords(value >= 10 ? Math.round(value) : Number(value.toFixed(1)));
}

function moneyWords(value: number, currency: string): string {
  // A mean of small amounts has a tenth where the currency has none.
  const decimals = value >= 100 ? 0 : Math.max(value < 10 ? 1 : 0, Math.min(2, currencyDecimals(currency) ?? 2));
  const rounded = Number(value.toFixed(decimals));
  return Number.isInteger(rounded) ? inWords(rounded) : rounded.toFixed(decimals);
}

function percentWords(share: number): string {
  const percent = 100 * share;
  const written =
    percent >= 10 ? Math.round(percent) : Number(percent >= 1 ? percent.toFixed(1) : percent.toPrecision(2));
  return `${inWords(written)} %`;
}

/** `Fri 20 Nov 14:05`, in UTC. */
export function dayTime(iso: string): string {
  return `${dayWords(iso)} ${iso.slice(11, 16)}`;
}

/** `Fri 20 Nov`, in UTC. */
export function dayWords(iso: string): string {
  const day = new Date(iso);
  const part = (options: Intl.DateTimeFormatOptions) =>
    day.toLocaleDateString("en-GB", { ...options, timeZone: "UTC" });
  return `${part({ weekday: "short" })} ${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}`;
}

export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const REGIONS = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

/** Whose a figure is, to stand behind it: `from France`, `on mobile`, `in hats`; nothing for everything. */
export function memberWords(dimension: Dimension, member: string): string {
  if (dimension === "all") return "";
  if (member === NOT_SET) return ` with no ${dimension}`;
  if (member === OTHER) return ` in other ${PLURALS[dimension]}`;
  const before = { country: "from", device: "on", category: "in", name: "of" }[dimension];
  return ` ${before} ${memberName(dimension, member)}`;
}

const PLURALS = { country: "countries", device: "devices", category: "categories", name: "events" } as const;

/** What a member is called: `France`, `mobile`. */
export function memberName(dimension: Dimension, member: string): string {
  if (member === NOT_SET) return `no ${dimension}`;
  if (dimension === "country" && /^[A-Z]{2}$/.test(member)) return REGIONS.of(member) ?? member;
  return member;
}
