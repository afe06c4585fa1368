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
/** Written over each time: making an array takes longer than writing most texts. */
const written = new Uint8Array(65_536);

/** Bytes of a text in UTF-8. */
export function textBytes(text: string): number {
  const { read, written: bytes } = encoder.encodeInto(text, written);
  return read === text.length ? bytes : encoder.encode(text).byteLength;
}

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return textBytes(JSON.stringify(value));
}
