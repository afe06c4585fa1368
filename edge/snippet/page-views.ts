import { newFields } from "./json.ts";

/** Where the shopper is. */
export interface Page {
  url: string;
  referrer: string;
}

/**
 * Counts views: each change of the page's address by the History API, and a return from the back-forward cache. A change of the fragment
 * alone is none, nor is showing a hidden page.
 *
 * @param onView does not throw
 * @returns where the shopper is now; counts a view first, should the address have changed unnoticed
 */
export function watchPages(page: Window, onView: () => void): () => Page {
  const { document, history, location } = page;
  const now: Page = { url: location.href, referrer: document.referrer };
  const withoutFragment = (url: string) => url.replace(/#.*/, "");

  function current(): Page {
    const { href } = location;
    if (withoutFragment(href) !== withoutFragment(now.url)) {
      now.referrer = now.url;
      now.url = href;
      onView();
    }
    return now;
  }

  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    // Defined rather than assigned: assigning fails where a page froze the prototype.
    const property = {
      configurable: true,
      writable: true,
      value(...state: Parameters<History["pushState"]>) {
        original.apply(history, state);
        current();
      },
    };
    Object.defineProperty(history, name, newFields(property));
  }
  page.addEventListener("popstate", current);
  page.addEventListener("pageshow", ({ persisted }) => persisted && onView());
  return current;
}
