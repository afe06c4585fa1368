import type { KeptEvent } from "./event.ts";

const GROUPED = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });
const WITH_CENTS = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** A number as people write it: `1,234.5`. */
export function inWords(value: number): string {
  return Number.isInteger(value) && value >= 0 && value < 1_000 ? String(value) : GROUPED.format(value);
}

/** An amount as people write it: `1,234.50 GBP`. */
export function money({ value, currency }: Pick<KeptEvent, "value" | "currency">): string {
  if (value === undefined) return "an unknown amount";
  const amount = (Number.isInteger(value) ? GROUPED : WITH_CENTS).format(value);
  return `${amount} ${currency ?? ""}`.trim();
}

/** A factor in words: `14×`, `1.8×`. */
export function times(factor: number): string {
  return `${factor >= 10 ? Math.round(factor) : Number(factor.toFixed(1))}×`;
}

const UNITS = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
] as const;

/** A length of time in the largest unit that it has one and a half of: `36 h`, `2 d`, `12 s`. */
export function duration(ms: number): string {
  const unit = UNITS.find((candidate) => ms >= 1.5 * candidate.ms) ?? UNITS[3];
  return `${inWords(Number((ms / unit.ms).toPrecision(2)))} ${unit.name}`;
}

/** A count with its noun: `1 order`, `5 orders`. */
export function counted(count: number, noun: string): string {
  return `${inWords(count)} ${noun}${count === 1 ? "" : "s"}`;
}
