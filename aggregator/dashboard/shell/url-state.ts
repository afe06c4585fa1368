import { useLocation, useSearch } from "wouter";

/**
 * What a page shows, kept in its URL: a link to it shows the same.
 *
 * @param defaults also name the parameters; what is as here stands in no URL
 */
export function useUrlState<const S extends Record<string, string>>(defaults: S) {
  type State = { [K in keyof S]: string };
  const search = useSearch();
  const [path, navigate] = useLocation();
  const given = new URLSearchParams(search);
  const names = Object.keys(defaults);
  const state = Object.fromEntries(names.map((name) => [name, given.get(name) ?? defaults[name] ?? ""])) as State; // of the same names

  const set = (changes: Partial<State>, { push = false } = {}) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === defaults[name]) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    navigate(text === "" ? path : `${path}?${text}`, { replace: !push });
  };
  return [state, set] as const;
}

/** The path with the present filters, for links between pages of the same list. */
export function useKeepSearch(): (path: string) => string {
  const search = useSearch();
  return (path) => (search === "" ? path : `${path}?${search}`);
}
