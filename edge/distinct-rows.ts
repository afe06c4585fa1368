import { keepShape } from "../shared/keep-shape.ts";
import type { Act } from "../shared/profile/observation.ts";

/**
 * The feature vectors of a request's events, equal ones once: most events are by people who look around, and their vectors say the same
 * few things. Of the committed slice's visits one in twenty is left, of the clickstreams it was measured on one in thirty and one in five.
 */
export class DistinctRows {
  readonly #width: number;
  readonly #numbers: Float32Array<ArrayBuffer>;
  /** The same bits. Two zeros of different sign are not equal then, and are scored twice. */
  readonly #words: Uint32Array;
  readonly #acts: Act[] = [];
  /** One a row, and one more for what comes next: making such a view takes longer than looking through it. */
  readonly #vectors: Float32Array<ArrayBuffer>[] = [];
  /** Rows by their hash. */
  readonly #found = new Map<number, number[]>();

  /** @param most how many may be added */
  constructor(width: number, most: number) {
    this.#width = width;
    this.#numbers = new Float32Array(width * most);
    this.#words = new Uint32Array(this.#numbers.buffer);
    this.#vectors.push(this.#view(0));
  }

  /**
   * @param fill writes a vector, all of it
   * @returns its row, which may have been there
   */
  add(act: Act, fill: (vector: Float32Array<ArrayBuffer>) => void): number {
    const row = this.#acts.length;
    fill(this.vectorAt(row));
    const hash = this.#hash(row);
    const alike = this.#found.get(hash);
    const before = alike?.find((other) => this.#acts[other] === act && this.#isEqual(other, row));
    if (before !== undefined) return before;
    this.#acts.push(act);
    this.#vectors.push(this.#view(row + 1));
    if (alike === undefined) this.#found.set(hash, [row]);
    else alike.push(row);
    return row;
  }

  vectorAt(row: number): Float32Array<ArrayBuffer> {
    const vector = this.#vectors[row];
    if (vector === undefined) throw new RangeError("there is no such row");
    return vector;
  }

  /** Laid end to end. */
  get rows(): Float32Array {
    return this.#numbers.subarray(0, this.#acts.length * this.#width);
  }

  /** One a row. */
  get acts(): readonly Act[] {
    return this.#acts;
  }

  /** Empty beyond the last. */
  #view(row: number): Float32Array<ArrayBuffer> {
    return this.#numbers.subarray(row * this.#width, (row + 1) * this.#width);
  }

  /** FNV-1a, a word at a time. */
  #hash(row: number): number {
    const end = (row + 1) * this.#width;
    let hash = 0x811c9dc5;
    for (let at = row * this.#width; at < end; at++) hash = Math.imul(hash ^ (this.#words[at] as number), 0x01000193);
    return hash;
  }

  #isEqual(one: number, other: number): boolean {
    const [from, against] = [one * this.#width, other * this.#width];
    for (let at = 0; at < this.#width; at++) if (this.#words[from + at] !== this.#words[against + at]) return false;
    return true;
  }
}

keepShape(new DistinctRows(1, 1));
