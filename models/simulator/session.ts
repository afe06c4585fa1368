import { exponential, normal, type Random } from "../../shared/random.ts";
import { itemsTotal, type Line } from "./basket.ts";
import { MINUTE_MS } from "./calendar.ts";
import { toMoney } from "./catalogue.ts";
import type { Market } from "./markets.ts";
import { act, itemsOf, type Actor, type Simulated, type World } from "./world.ts";

/** What someone does in a shop, one step after another. */
export class Session {
  readonly events: Simulated[] = [];
  /** When the last step was taken. */
  atMs: number;
  readonly #world: World;
  readonly actor: Actor;
  /** What they take for a step, on average. */
  paceMs: number;

  constructor(world: World, actor: Actor, atMs: number, paceMs: number) {
    this.#world = world;
    this.actor = actor;
    this.atMs = atMs;
    this.paceMs = paceMs;
  }

  /** The next step; the first is taken at once. */
  step(name: string): Simulated {
    if (this.events.length > 0) this.pause(this.paceMs);
    const simulated = act(this.#world, name, this.atMs, this.actor);
    this.events.push(simulated);
    return simulated;
  }

  /** A step that is about goods: looked at, put in the basket, taken to the checkout. */
  stepWith(name: string, charged: Market, lines: readonly Line[]): Simulated {
    const simulated = this.step(name);
    const { event } = simulated;
    event.currency = charged.currency;
    event.value = toMoney(itemsTotal({ lines }), charged.currency);
    event.items = itemsOf(lines);
    return simulated;
  }

  /** Some time passes: a fifth of it always, the rest by chance. */
  pause(meanMs: number): void {
    this.atMs += Math.round(0.2 * meanMs + exponential(this.#world.random, 0.8 * meanMs));
  }
}

const PACE_MS = 22_000;
/** Of ln of a person's pace: a few click every three seconds, others take minutes. */
const PACE_DEVIATION_LOG = 0.7;

/** How long a person takes for a step, on average. */
export function personalPace(random: Random): number {
  return Math.min(3 * MINUTE_MS, Math.max(2_500, PACE_MS * Math.exp(PACE_DEVIATION_LOG * normal(random))));
}
