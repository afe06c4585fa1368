/** What `<input type="datetime-local">` holds is a time by the browser's own clock, without a zone. */

/** @returns RFC 3339; null for an empty or unfinished field */
export function instantOf(local: string): string | null {
  const ms = Date.parse(local);
  return local === "" || Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

export function localOf(instant: string | null): string {
  if (instant === null) return "";
  const ms = Date.parse(instant);
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
