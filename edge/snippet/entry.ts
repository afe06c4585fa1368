import { newFields } from "./json.ts";
import { start, type Call } from "./pulse.ts";
import { VERSION } from "./version.ts";

/** The global `pulse`; before this script came, a stub that keeps calls in `q`. */
interface Global {
  (...args: unknown[]): unknown;
  q?: Call[];
  version?: string;
}

function install(page: Window & typeof globalThis & { pulse?: Global }): void {
  const { version, q } = newFields(page.pulse) as Pick<Global, "q" | "version">; // by the stub or by us
  if (version) return; // loaded twice

  const { currentScript } = document;
  // An element named "currentScript" would stand in its place.
  const script = currentScript instanceof HTMLScriptElement && currentScript;
  const early: Call[] = [];
  let take: ReturnType<typeof start> | undefined;

  function call(one: Call): unknown {
    if (take) return take(one);
    early.push(one);
    const [atMs, { 0: command, 1: options }] = one;
    if (command !== "init") return undefined;
    take = start(options, page, script ? script.src : "", atMs);
    early.forEach(take);
    return undefined;
  }

  const pulse: Global = (...args) => call([Date.now(), args]);
  pulse.version = VERSION;
  page.pulse = pulse;
  const waiting = q || [];
  waiting.forEach(call);
  // Whoever kept the stub goes on calling it, and it goes on writing here.
  waiting.push = call as () => number;
  pulse.q = waiting;
  const options = script && script.getAttribute("data-init");
  if (options) pulse("init", JSON.parse(options));
}

try {
  install(window);
} catch {
  // Whatever this page is, it goes on without us.
}
