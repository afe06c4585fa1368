interface Bounds {
  /** What the sizes of a portion may add up to. A larger item has a portion of its own. */
  sizeMost: number;
  itemsMost?: number;
}

/** A list in order, in as few portions as fit. A lone item is not measured. */
export function portions<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  { sizeMost, itemsMost = Infinity }: Bounds,
): Item[][] {
  if (items.length <= 1) return items.map((item) => [item]);
  const all: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const current = all.at(-1);
    if (current === undefined || size > room || current.length >= itemsMost) {
      all.push([item]);
      room = sizeMost - size;
    } else {
      current.push(item);
      room -= size;
    }
  }
  return all;
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function textBytes(text: string): number {
  return ASCII.test(text) ? text.length : encoder.encode(text).byteLength;
}

// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const ASCII = /^[\0-\x7f]*$/;

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return textBytes(JSON.stringify(value));
}

/** Whether a value's JSON has no more than that many bytes. Most values are small enough to be told so without writing them. */
export function fitsJson(value: unknown, mostBytes: number): boolean {
  return roomAfter(value, mostBytes) >= 0 || jsonBytes(value) <= mostBytes;
}

/** Bytes of a UTF-16 unit in JSON at most: a control character is written `\u0000`. */
const UNIT_BYTES = 6;
const NUMBER_BYTES = 25;

/** What is left of so many bytes after a value, were its texts all of the widest letters; below 0 when that is not sure. */
function roomAfter(value: unknown, room: number): number {
  if (room < 0) return room;
  if (typeof value === "string") return room - 3 - value.length * UNIT_BYTES;
  if (typeof value !== "object" || value === null) return room - NUMBER_BYTES;
  let left = room - 3;
  if (Array.isArray(value)) for (const element of value) left = roomAfter(element, left - 1);
  else for (const key in value) left = roomAfter(value[key as keyof typeof value], left - 4 - key.length * UNIT_BYTES); // a key of this very object
  return left;
}
