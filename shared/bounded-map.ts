import { TextMap } from "./text-map.ts";

/** A map of texts that, beyond a size, forgets what was set longest ago. For caches that a stranger's input must not grow. */
export class BoundedMap<Value> {
  readonly #map = new TextMap<Value>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  get(key: string): Value | undefined {
    return this.#map.get(key);
  }

  set(key: string, value: Value): void {
    this.#map.setLast(key, value);
    if (this.#map.size <= this.#kept) return;
    // A tenth at a time, as each time is a walk begun anew.
    for (const oldest of this.#map.keys()) {
      if (this.#map.size <= this.#kept * 0.9) return;
      this.#map.delete(oldest);
    }
  }
}
