/** A Map that, beyond a size, forgets what was set longest ago. For caches that a stranger's input must not grow. */
export class BoundedMap<Key, Value> {
  readonly #map = new Map<Key, Value>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#kept) return;
    // A tenth at a time: reaching the first entry of a Map takes longer the more were deleted before it.
    for (const oldest of this.#map.keys()) {
      if (this.#map.size <= this.#kept * 0.9) return;
      this.#map.delete(oldest);
    }
  }
}
