import { describe, expect, it } from "vitest";
import { watchPages } from "./page-views.ts";

const HOME = "https://shop.example/";

/** A page whose address its history changes, and what is made of it. */
function open(referrer = "https://search.example/") {
  const location = { href: HOME };
  const go = (_state: unknown, _title: string, url: string) => (location.href = new URL(url, location.href).href);
  const history = Object.create({ pushState: go, replaceState: go }) as Pick<History, "pushState" | "replaceState">;
  Object.freeze(Object.getPrototypeOf(history));
  const page = Object.assign(new EventTarget(), { location, history, document: { referrer } });
  const views: string[] = [];
  const current = watchPages(page as unknown as Window, () => void views.push(location.href)); // all of a window that is used
  return { page, location, history, views, current };
}

describe("watchPages", () => {
  it.each<{ urls: string[]; views: string[]; because: string }>([
    { urls: ["/shoes"], views: ["shoes"], because: "the address changed" },
    { urls: ["/?page=2"], views: ["?page=2"], because: "its query did" },
    { urls: ["/"], views: [], because: "it is the same" },
    { urls: ["/#reviews"], views: [], because: "only the fragment changed" },
    { urls: ["/shoes", "/", "/shoes"], views: ["shoes", "", "shoes"], because: "each time it is another" },
  ])("counts $views for $urls: $because", ({ urls, views }) => {
    for (const method of ["pushState", "replaceState"] as const) {
      const { history, views: counted } = open();
      for (const url of urls) history[method](null, "", url);
      expect(counted).toEqual(views.map((path) => HOME + path));
    }
  });

  it("counts going back, and a return from the back-forward cache, but not the page's own loading", () => {
    const { page, location, views } = open();
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    location.href = `${HOME}shoes`;
    page.dispatchEvent(new Event("popstate"));
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(views).toEqual([`${HOME}shoes`, `${HOME}shoes`]);
  });

  it("says where the shopper is and came from, page by page", () => {
    const { history, current } = open();
    expect(current()).toEqual({ url: HOME, referrer: "https://search.example/" });
    history.pushState(null, "", "/shoes");
    expect(current()).toEqual({ url: `${HOME}shoes`, referrer: HOME });
  });

  it("counts a change that it was not told of before anything else is recorded there", () => {
    const { location, current, views } = open();
    location.href = `${HOME}shoes`;
    expect([current().url, views.length]).toEqual([`${HOME}shoes`, 1]);
  });

  it("leaves the page's history as changeable as it was", () => {
    const { history } = open();
    const own = () => {};
    history.pushState = own;
    expect(history.pushState).toBe(own);
  });
});
