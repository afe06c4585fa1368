const PLACES_LEAST = 8;
/** In `#slots`, for a key that was deleted: a search goes on behind it. */
const GONE = -1;

/**
 * What a Map of texts is, in the order they were set, for texts that come out of JSON: V8 looks such a text up among all texts there are
 * before it asks a Map for it, which in an isolate that holds many takes ten times as long as hashing it here. A text that was in a Map
 * before is as quick there.
 *
 * Keys and values lie in arrays in the order they were set, and a table with linear probing (Knuth, TAOCP 3, 6.4) says where. The hash
 * begins with a number of chance, so that nobody can choose keys that lie on one another.
 */
export class TextMap<Value> {
  /** Undefined where one was deleted. */
  #keys: (string | undefined)[] = [];
  #values: (Value | undefined)[] = [];
  #hashes: number[] = [];
  /** 1 + the place of a key, 0, or GONE. Always a power of two, and twice as many as there may be places. */
  #slots: number[] = zeros(2 * PLACES_LEAST);
  /** No key is before it. */
  #first = 0;
  #size = 0;
  /** Drawn with the first key: while a Worker starts there is no chance. */
  #seed = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const slot = this.#find(key);
    return slot < 0 ? undefined : this.#values[this.#placeIn(slot)];
  }

  has(key: string): boolean {
    return this.#find(key) >= 0;
  }

  /** A key that is there keeps its place in the order. */
  set(key: string, value: Value): this {
    const hash = this.#hash(key);
    const slot = this.#slotOf(key, hash);
    if (slot >= 0) this.#values[this.#placeIn(slot)] = value;
    else this.#append(key, hash, value);
    return this;
  }

  /** The key becomes the last in the order. */
  setLast(key: string, value: Value): this {
    const hash = this.#hash(key);
    const slot = this.#slotOf(key, hash);
    if (slot >= 0) this.#remove(slot);
    this.#append(key, hash, value);
    return this;
  }

  /** The value, whose key becomes the last in the order. */
  renew(key: string): Value | undefined {
    const slot = this.#find(key);
    if (slot < 0) return undefined;
    const place = this.#placeIn(slot);
    if (place === this.#keys.length - 1) return this.#values[place];
    const hash = this.#hashes[place] as number; // a place in use
    const value = this.#values[place] as Value; // likewise
    this.#remove(slot);
    this.#append(key, hash, value);
    return value;
  }

  delete(key: string): boolean {
    const slot = this.#find(key);
    if (slot < 0) return false;
    this.#remove(slot);
    return true;
  }

  /** As of a Map, keys may be deleted meanwhile; unlike there, none may be set. */
  *[Symbol.iterator](): Generator<[string, Value], undefined> {
    for (let place = this.#first; place < this.#keys.length; place++) {
      const key = this.#keys[place];
      if (key !== undefined) yield [key, this.#values[place] as Value]; // beside its key
    }
  }

  *keys(): Generator<string, undefined> {
    for (let place = this.#first; place < this.#keys.length; place++) {
      const key = this.#keys[place];
      if (key !== undefined) yield key;
    }
  }

  /** @returns the slot of a key, or -1 */
  #find(key: string): number {
    return this.#size === 0 ? -1 : this.#slotOf(key, this.#hash(key));
  }

  /** The same, of a key whose hash is known. */
  #slotOf(key: string, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot] as number; // within the mask
      if (held === 0) return -1;
      if (held !== GONE && this.#hashes[held - 1] === hash && this.#keys[held - 1] === key) return slot;
    }
  }

  #placeIn(slot: number): number {
    return (this.#slots[slot] as number) - 1; // one that was found
  }

  /** @param key not there so far */
  #append(key: string, hash: number, value: Value): void {
    if (2 * (this.#keys.length + 1) > this.#slots.length) this.#rebuild();
    const place = this.#keys.length;
    this.#keys.push(key);
    this.#values.push(value);
    this.#hashes.push(hash);
    this.#seat(place, hash);
    this.#size += 1;
  }

  #seat(place: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while ((this.#slots[slot] as number) > 0) slot = (slot + 1) & mask;
    this.#slots[slot] = place + 1;
  }

  #remove(slot: number): void {
    const place = this.#placeIn(slot);
    this.#keys[place] = undefined;
    this.#values[place] = undefined;
    this.#slots[slot] = GONE;
    this.#size -= 1;
    while (this.#first < this.#keys.length && this.#keys[this.#first] === undefined) this.#first += 1;
  }

  /** Without what was deleted, and with room for twice as many as there are. */
  #rebuild(): void {
    const [keys, values, hashes] = [this.#keys, this.#values, this.#hashes];
    this.#keys = [];
    this.#values = [];
    this.#hashes = [];
    for (let place = this.#first; place < keys.length; place++) {
      if (keys[place] === undefined) continue;
      this.#keys.push(keys[place]);
      this.#values.push(values[place]);
      this.#hashes.push(hashes[place] as number); // beside its key
    }
    let slots = 2 * PLACES_LEAST;
    while (slots < 4 * (this.#size + 1)) slots *= 2;
    this.#slots = zeros(slots);
    this.#first = 0;
    for (let place = 0; place < this.#keys.length; place++) this.#seat(place, this.#hashes[place] as number);
  }

  /** FNV-1a over UTF-16 code units, stirred: 30 bits, which V8 keeps without a box. */
  #hash(key: string): number {
    // oxlint-disable-next-line no-restricted-properties -- nothing that is computed depends on it
    if (this.#seed === 0) this.#seed = 1 + Math.trunc(Math.random() * 2 ** 30);
    let hash = this.#seed;
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    return (hash ^ (hash >>> 15)) & 0x3fff_ffff;
  }
}

function zeros(length: number): number[] {
  return Array<number>(length).fill(0);
}
