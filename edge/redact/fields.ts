import { BoundedMap } from "../../shared/bounded-map.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { Pseudonymize } from "../privacy.ts";
import { isSuspect, pseudonymOf, redactNumber, type Redact } from "../redact.ts";

/** Fields that events are joined on, wherever they stand. */
const IDENTIFIERS = new Set([
  "client_id",
  "session_id",
  "user_id",
  "transaction_id",
  "item_id",
  "coupon",
  "card_fingerprint",
]);

/**
 * A value of JSON with nothing private in its texts, names and numbers. Identifiers in it become `email_`, `card_` or `id_` and a
 * keyed hash; where names become alike, all but the first get a number.
 *
 * @returns the value itself, and nothing hashed, where nothing was private
 */
export function redactFields<T extends object>(value: T, redact: Redact, pseudonymize: Pseudonymize): T {
  return redactAny(value, "", redact, pseudonymize) as T; // of the same form: only texts, names and numbers in it changed
}

/**
 * One field's value, as `redactFields` has it.
 *
 * @param name of the field, or of the one whose list the value is in
 */
export function redactAny(value: unknown, name: string, redact: Redact, pseudonymize: Pseudonymize): unknown {
  if (typeof value === "string") return redactText(value, name, redact, pseudonymize);
  if (typeof value === "number") return redactNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return redactList(value, name, redact, pseudonymize);
  return redactRecord(value as Record<string, unknown>, redact, pseudonymize); // JSON has no other objects
}

function redactText(text: string, name: string, redact: Redact, pseudonymize: Pseudonymize): string {
  const rest = redact(text, name);
  if (rest === text || !IDENTIFIERS.has(name)) return rest;
  const found = pseudonymOf(text, redact);
  return [found.kind, pseudonymize(found.kind, found.text)].join("_"); // a template's text would be written as JSON in twice the time
}

function redactList(list: unknown[], name: string, redact: Redact, pseudonymize: Pseudonymize): unknown[] {
  let copy: unknown[] | null = null;
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    const redacted = redactAny(value, name, redact, pseudonymize);
    if (redacted === value) continue;
    copy ??= [...list];
    copy[index] = redacted;
  }
  return copy ?? list;
}

function redactRecord(
  record: Record<string, unknown>,
  redact: Redact,
  pseudonymize: Pseudonymize,
): Record<string, unknown> {
  let names: Map<string, string> | null = null;
  let copy: Record<string, unknown> | null = null;
  for (const name in record) {
    const value = record[name];
    const redacted = redactAny(value, name, redact, pseudonymize);
    if (redacted !== value) {
      copy ??= { ...record };
      copy[name] = redacted;
    }
    if (isPlainName(name)) continue;
    const redactedName = redact(name, "");
    if (redactedName !== name) {
      names ??= new Map();
      names.set(name, redactedName);
    }
  }
  return names === null ? (copy ?? record) : renamed(copy ?? record, names);
}

/** The same few names come with every event. */
const PLAIN_NAMES_KEPT = 1_000;
const plainNames = new BoundedMap<true>(PLAIN_NAMES_KEPT);

/** Whether nothing in a name can be private. */
export function isPlainName(name: string): boolean {
  if (plainNames.get(name) === true) return true;
  if (isSuspect(name)) return false;
  plainNames.set(name, true);
  return true;
}

/** A record with other names for some of its values, in the order they had. */
function renamed(record: Record<string, unknown>, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const taken = new Set(Object.keys(record));
  const alike = new Map<string, number>();
  const entries = Object.entries(record).map(([name, value]): [string, unknown] => {
    const other = names.get(name);
    return [other === undefined ? name : freeName(other, taken, alike), value];
  });
  return Object.fromEntries(entries);
}

/** The name, with a number where another has it already; no longer than a name may be. */
function freeName(name: string, taken: Set<string>, alike: Map<string, number>): string {
  for (;;) {
    const number = (alike.get(name) ?? 0) + 1;
    alike.set(name, number);
    const suffix = number === 1 ? "" : `_${number}`;
    const numbered = `${name.slice(0, LIMITS.propertyNameLength - suffix.length)}${suffix}`;
    if (taken.has(numbered)) continue;
    taken.add(numbered);
    return numbered;
  }
}
