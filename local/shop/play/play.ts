import { randomBytes } from "node:crypto";
import { page, see, type Answer, type Visit } from "../answer.ts";
import type { Catalogue } from "../catalogue.ts";
import { missingPage } from "../pages/missing.ts";
import { playPage, type Outlook } from "../pages/play.ts";
import type { Told, Teller } from "../teller.ts";
import { rememberTold } from "../visitors.ts";
import { accountTakeover } from "./account-takeover.ts";
import { cardTesting } from "./card-testing.ts";
import { priceSlip } from "./price-slip.ts";
import type { Scene } from "./scene.ts";

export const SCENES: readonly Scene[] = [cardTesting, priceSlip, accountTakeover];

/** Behaving badly on purpose, for people who want to see an alert. */
export function createPlay(catalogue: Catalogue, teller: Pick<Teller, "tell">, outlook: Outlook) {
  let count = 0;
  return {
    view: ({ visitor }: Visit): Answer => page(playPage(SCENES, visitor.played, outlook)),

    async perform({ visitor, named }: Visit): Promise<Answer> {
      const scene = SCENES.find(({ slug }) => slug === named);
      if (scene === undefined) return page(missingPage());
      const run = { id: randomBytes(4).toString("hex"), count: count++, endMs: Date.now(), catalogue };
      const told: Told[] = [];
      // One after the other, as each is judged by what came before it.
      for (const event of scene.events(run)) told.push(await teller.tell(event));
      rememberTold(visitor, told);
      visitor.played = { slug: scene.slug, told };
      return see("/play#outcome");
    },
  };
}
