/** What may wait at most. */
export interface Room {
  items: number;
  /** Of all that wait together, in whatever unit they are given. */
  size: number;
}

/**
 * Work that comes faster than it is done: what arrives while some of it is under way waits, and then goes together, in the order of
 * arrival. So nobody waits on a quiet line, and on a busy one the work is done in portions.
 */
export class WaitingLine<Item> {
  readonly #work: (items: Item[]) => Promise<void>;
  readonly #together: Room;
  readonly #nextTurn: () => Promise<void>;
  #waiting: { item: Item; size: number }[] = [];
  #size = 0;
  #underway: Promise<void> | null = null;

  /**
   * @param work is given one portion at a time, and never throws
   * @param together what a portion holds at most; a larger item goes by itself
   * @param nextTurn resolves when something that is on its way had a chance to arrive
   */
  constructor(work: (items: Item[]) => Promise<void>, together: Room, nextTurn: () => Promise<void>) {
    this.#work = work;
    this.#together = together;
    this.#nextTurn = nextTurn;
  }

  hasRoom(size: number, room: Room): boolean {
    return this.#waiting.length < room.items && this.#size + size <= room.size;
  }

  /** Whether what arrives now would be worked on at once. */
  get isIdle(): boolean {
    return this.#underway === null;
  }

  join(item: Item, size: number): void {
    this.#waiting.push({ item, size });
    this.#size += size;
    this.#underway ??= this.#workAll();
  }

  /** Empties the line of what waits. What is being worked on has left it. */
  clear(): Item[] {
    return this.#leave(this.#waiting.length);
  }

  /** Resolves when nothing waits and nothing is worked on. */
  async emptied(): Promise<void> {
    await this.#underway;
  }

  async #workAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#work(this.#leave(this.#portion()));
        await this.#gather();
      }
    } finally {
      this.#underway = null;
    }
  }

  /**
   * While work keeps the thread, what arrives is not heard. So before the next portion of a busy line, whatever is on its way is let
   * in, as long as more comes and the portion is not full: many times the throughput, for a turn's wait.
   */
  async #gather(): Promise<void> {
    const { items, size } = this.#together;
    for (let heard = 0; heard < this.#waiting.length;) {
      heard = this.#waiting.length;
      if (heard >= items || this.#size >= size) return;
      await this.#nextTurn();
    }
  }

  /** How many of those that wait go next. */
  #portion(): number {
    const most = Math.min(this.#waiting.length, this.#together.items);
    let size = 0;
    for (let count = 0; count < most; count++) {
      size += this.#waiting[count]?.size ?? 0;
      if (size > this.#together.size) return Math.max(1, count);
    }
    return most;
  }

  #leave(count: number): Item[] {
    const leaving = this.#waiting.splice(0, count);
    for (const { size } of leaving) this.#size -= size;
    return leaving.map(({ item }) => item);
  }
}
