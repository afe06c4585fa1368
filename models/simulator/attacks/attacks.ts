import type { AttackName } from "../world.ts";
import { accountTakeover } from "./account-takeover.ts";
import type { Attack } from "./attack.ts";
import { cardTesting } from "./card-testing.ts";
import { priceGlitch } from "./price-glitch.ts";
import { velocity } from "./velocity.ts";

/** Every attack, by name. */
export const ATTACKS: Readonly<Record<AttackName, Attack>> = {
  card_testing: cardTesting,
  account_takeover: accountTakeover,
  price_glitch: priceGlitch,
  velocity,
};
