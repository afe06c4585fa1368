interface Range {
  type: string;
  subtype: string;
  /** 0..1; 0 for what is not wanted at all. */
  quality: number;
  /** Of several ranges that match a type the most precise decides: 1 for any type, 2 for any of a kind, 3 for this one. */
  precision: number;
}

/**
 * The offered media type that an `Accept` header likes best; of those it likes the same, the one offered first.
 *
 * @param accept as it came; without one, everything is liked
 * @returns null when none is acceptable
 * @see RFC 9110, 12.5.1
 */
export function negotiate(accept: string | null, offered: readonly string[]): string | null {
  const ranges = (accept ?? "").split(",").flatMap(rangeIn);
  if (ranges.length === 0) return offered[0] ?? null;
  let best: { type: string; quality: number } | null = null;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type ?? null;
}

const RANGE = /^\s*(?<type>[\w!#$%&'*+.^`|~-]+)\/(?<subtype>[\w!#$%&'*+.^`|~-]+)\s*(?<parameters>(?:;[^;]*)*)$/;
const QUALITY = /^\s*q\s*=\s*(?<value>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i;

/** One part of the header; what is none is passed over. */
function rangeIn(text: string): Range[] {
  const { type, subtype, parameters = "" } = RANGE.exec(text.toLowerCase())?.groups ?? {};
  if (type === undefined || subtype === undefined) return [];
  const quality = parameters.split(";").flatMap((parameter) => QUALITY.exec(parameter)?.groups?.["value"] ?? [])[0];
  const precision = type === "*" ? 1 : subtype === "*" ? 2 : 3;
  return [{ type, subtype, precision, quality: quality === undefined ? 1 : Number(quality) }];
}

function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [type, subtype] = mediaType.split("/");
  const matching = ranges.filter(
    (range) => (range.type === "*" || range.type === type) && (range.subtype === "*" || range.subtype === subtype),
  );
  const most = Math.max(0, ...matching.map(({ precision }) => precision));
  return matching.find(({ precision }) => precision === most)?.quality ?? 0;
}
