/** Figures as they are written for people, in the reader's own language's digits and marks. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const few = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const finePercent = new Intl.NumberFormat(undefined, { style: "percent", maximumSignificantDigits: 2 });
const signedPercent = new Intl.NumberFormat(undefined, {
  style: "percent",
  maximumFractionDigits: 0,
  signDisplay: "exceptZero",
});

export const NOTHING = "–";

export function numberWords(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : few.format(value);
}

/** `1 anomaly`, `2 anomalies`. @param plural where it is more than an s */
export function countWords(count: number, noun: string, plural = `${noun}s`): string {
  return `${numberWords(count)} ${count === 1 ? noun : plural}`;
}

export function shortNumber(value: number): string {
  return Math.abs(value) < 1000 ? numberWords(value) : short.format(value);
}

/** @param share 0.1 for a tenth */
export function shareWords(share: number | null | undefined): string {
  if (share === null || share === undefined) return NOTHING;
  return share !== 0 && Math.abs(share) < 0.01 ? finePercent.format(share) : percent.format(share);
}

/** @param change 0.1 for a tenth more */
export function changeWords(change: number): string {
  return Math.abs(change) >= 10 ? `×${few.format(change + 1)}` : signedPercent.format(change);
}

/** @param brief without the minor units of large amounts, for charts and tiles */
export function moneyWords(
  value: number | null | undefined,
  currency: string | null | undefined,
  brief = false,
): string {
  if (value === null || value === undefined) return NOTHING;
  if (currency === null || currency === undefined || currency === "") return numberWords(value);
  const isLarge = brief && Math.abs(value) >= 1000;
  return moneyFormat(currency, isLarge).format(value);
}

const moneyFormats = new Map<string, Intl.NumberFormat>();
function moneyFormat(currency: string, compact: boolean): Intl.NumberFormat {
  const name = `${currency} ${compact}`;
  const made =
    moneyFormats.get(name) ??
    new Intl.NumberFormat(undefined, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      ...(compact ? { notation: "compact", maximumSignificantDigits: 3 } : {}),
    });
  moneyFormats.set(name, made);
  return made;
}

export function bytesWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${few.format(bytes / 1000)} kB` : `${few.format(bytes / 1_000_000)} MB`;
}

const SPANS: readonly [unit: string, ms: number][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** A span in its largest whole unit: `3 h`. */
export function spanWords(ms: number): string {
  const [unit, size] = SPANS.find(([, least]) => Math.abs(ms) >= least) ?? ["s", 1000];
  return `${Math.round(ms / size)} ${unit}`;
}

/** How long ago, for people: `3 h ago`, `just now`. */
export function agoWords(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 5_000) return "just now";
  return ms < 0 ? `in ${spanWords(-ms)}` : `${spanWords(ms)} ago`;
}

export type TimeForm = "moment" | "minute" | "clock" | "day";
const FORMS: Record<TimeForm, Intl.DateTimeFormatOptions> = {
  moment: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  minute: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  day: { year: "numeric", month: "short", day: "numeric" },
};

const timeFormats = new Map<string, Intl.DateTimeFormat>();
export function timeWords(atMs: number, form: TimeForm, timeZone: string): string {
  if (!Number.isFinite(atMs)) return NOTHING;
  const name = `${form} ${timeZone}`;
  const made =
    timeFormats.get(name) ?? new Intl.DateTimeFormat(undefined, { ...FORMS[form], timeZone, hourCycle: "h23" });
  timeFormats.set(name, made);
  return made.format(atMs);
}

let regions: Intl.DisplayNames | undefined;
/** The name of a country by its code; the code itself where it has none. */
export function countryName(code: string): string {
  regions ??= new Intl.DisplayNames(undefined, { type: "region", fallback: "code" });
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}

/** `card_testing` as `Card testing`. */
export function codeWords(code: string): string {
  const text = code.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A member of a group as people call it; `(not set)` and its kin stay as they are. */
export function memberWords(member: string, dimension: string): string {
  if (member.startsWith("(")) return member;
  if (dimension === "country") return countryName(member);
  return dimension === "category" ? member : codeWords(member);
}
