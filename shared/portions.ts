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
