import { page, type Answer, type Visit } from "./answer.ts";
import type { Catalogue } from "./catalogue.ts";
import { CATEGORIES } from "./category.ts";
import { homePage, shelfPage, productPage, searchPage } from "./pages/browse.ts";
import { missingPage } from "./pages/missing.ts";
import { listTrack, productTrack } from "./tracks.ts";

const FEATURED = 12;
const RELATED = 4;
/** The edge takes 200 items an event; nobody looks at more. */
const FOUND_MOST = 60;
const QUERY_LENGTH = 100;

/** The pages on which goods are looked at. */
export function createBrowsing(catalogue: Catalogue) {
  const featured = catalogue.products.slice(0, FEATURED);
  const missing = page(missingPage());

  return {
    home: (): Answer => page({ ...homePage(catalogue, featured), tracks: [listTrack("featured", featured)] }),

    category({ named }: Visit): Answer {
      const category = CATEGORIES.find(({ slug }) => slug === named);
      if (category === undefined) return missing;
      const products = catalogue.inCategory(named);
      return page({ ...shelfPage(category, products), tracks: [listTrack(category.name, products)] });
    },

    product({ named }: Visit): Answer {
      const product = catalogue.find(named);
      if (product === undefined) return missing;
      const related = catalogue.inCategory(product.category.slug).filter(({ id }) => id !== product.id);
      return page({ ...productPage(product, related.slice(0, RELATED)), tracks: [productTrack("view_item", product)] });
    },

    search({ query }: Visit): Answer {
      const words = (query.get("q") ?? "").slice(0, QUERY_LENGTH).trim();
      const found = catalogue.search(words).slice(0, FOUND_MOST);
      const listed = found.length === 0 ? [] : [listTrack("search", found)];
      const tracks =
        words === "" ? [] : [["search", { search_term: words, results: found.length }] as const, ...listed];
      return page({ ...searchPage(words, found), tracks, query: words });
    },
  };
}
