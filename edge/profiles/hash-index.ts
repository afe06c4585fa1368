/** Slots to begin with; always a power of two. */
const SLOTS_LEAST = 1_024;
/** Fullness at which the table doubles: an entry takes 16 to 32 bytes. */
const FULLEST = 3 / 4;

/**
 * Numbers by the 53-bit hash of a name, in open addressing with linear probing (Knuth, TAOCP 3, 6.4): a third of what a Map of as many
 * takes in memory, and nothing for the collector of garbage to walk through.
 */
export class HashIndex {
  #keys = new Float64Array(SLOTS_LEAST);
  /** 0 where a slot is free. */
  #values = new Uint32Array(SLOTS_LEAST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** 0 where there is none. */
  get(hash: number): number {
    return this.#values[this.#slotOf(hash)] ?? 0;
  }

  /** @param value from 1 to 2³² - 1 */
  set(hash: number, value: number): void {
    const slot = this.#slotOf(hash);
    if (this.#values[slot] === 0) this.#size += 1;
    this.#keys[slot] = hash;
    this.#values[slot] = value;
    if (this.#size > this.#keys.length * FULLEST) this.#double();
  }

  delete(hash: number): void {
    let free = this.#slotOf(hash);
    if (this.#values[free] === 0) return;
    this.#size -= 1;
    const mask = this.#keys.length - 1;
    // Those behind move up where the free slot would end the search for them.
    for (let slot = (free + 1) & mask; this.#values[slot] !== 0; slot = (slot + 1) & mask) {
      const key = this.#keys[slot] ?? 0;
      const fromHome = (slot - homeOf(key, mask)) & mask;
      if (fromHome < ((slot - free) & mask)) continue;
      this.#keys[free] = key;
      this.#values[free] = this.#values[slot] ?? 0;
      free = slot;
    }
    this.#values[free] = 0;
  }

  /** Where a hash is, or would be put. */
  #slotOf(hash: number): number {
    const mask = this.#keys.length - 1;
    let slot = homeOf(hash, mask);
    while (this.#values[slot] !== 0 && this.#keys[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #double(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Uint32Array(values.length * 2);
    for (let at = 0; at < keys.length; at++) {
      const value = values[at] ?? 0;
      if (value === 0) continue;
      const slot = this.#slotOf(keys[at] ?? 0);
      this.#keys[slot] = keys[at] ?? 0;
      this.#values[slot] = value;
    }
  }
}

/** By the lower 32 bits, which is what `&` takes of a number: they are as good as any; see `hashText53`. */
function homeOf(hash: number, mask: number): number {
  return hash & mask;
}
