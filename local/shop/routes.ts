import { createAccounts } from "./account.ts";
import { page, type Answer, type Visit } from "./answer.ts";
import { createBasket } from "./basket.ts";
import { createBrowsing } from "./browse.ts";
import type { Catalogue } from "./catalogue.ts";
import { createCheckout } from "./checkout.ts";
import { missingPage } from "./pages/missing.ts";
import type { Outlook } from "./pages/play.ts";
import { createPlay } from "./play/play.ts";
import type { Teller } from "./teller.ts";
import { tileOf } from "./tiles/tile.ts";
import type { Visitors } from "./visitors.ts";

type Handler = (visit: Visit) => Answer | Promise<Answer>;

/** What is answered at an address, by method. */
export interface Route {
  /** May hold one group: what it matches is `named`. */
  path: RegExp;
  GET?: Handler;
  POST?: Handler;
}

export interface ShopParts {
  catalogue: Catalogue;
  visitors: Visitors;
  teller: Pick<Teller, "tell">;
  outlook: Outlook;
}

/** Every address of the shop but its files. */
export function routesOf({ catalogue, visitors, teller, outlook }: ShopParts): Route[] {
  const browsing = createBrowsing(catalogue);
  const basket = createBasket(catalogue);
  const checkout = createCheckout(catalogue, teller);
  const accounts = createAccounts(visitors);
  const play = createPlay(catalogue, teller, outlook);
  return [
    { path: /^\/$/, GET: browsing.home },
    { path: /^\/search$/, GET: browsing.search },
    { path: /^\/categories\/([\w-]+)$/, GET: browsing.category },
    { path: /^\/products\/(\w+)$/, GET: browsing.product },
    { path: /^\/tiles\/(\w+)\.svg$/, GET: (visit) => picture(visit, catalogue) },
    { path: /^\/cart$/, GET: basket.view, POST: basket.add },
    { path: /^\/cart\/change$/, POST: basket.change },
    { path: /^\/checkout$/, GET: checkout.address, POST: checkout.takeAddress },
    { path: /^\/checkout\/payment$/, GET: checkout.payment, POST: checkout.pay },
    { path: /^\/orders\/([\w-]+)$/, GET: checkout.order },
    { path: /^\/account$/, GET: accounts.view, POST: accounts.signIn },
    { path: /^\/account\/sign-out$/, POST: accounts.signOut },
    { path: /^\/play$/, GET: play.view },
    { path: /^\/play\/([\w-]+)$/, POST: play.perform },
    { path: /^\/panel$/, GET: told },
  ];
}

function picture({ named }: Visit, catalogue: Catalogue): Answer {
  const product = catalogue.find(named);
  return product === undefined ? page(missingPage()) : { kind: "picture", svg: tileOf(product) };
}

/** What the shop's server told the edge for this visitor, for the panel. */
function told({ visitor }: Visit): Answer {
  return { kind: "json", value: { told: visitor.told } };
}
