/** The style of the documentation and of the problems' pages. */
export const STYLE = `:root { color-scheme: light dark; --edge: color-mix(in srgb, CanvasText 18%, Canvas); --soft: color-mix(in srgb, CanvasText 6%, Canvas); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: CanvasText; background: Canvas; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--edge); font-size: 0.875rem; }
nav h2 { font-size: 0.875rem; margin: 1rem 0 0.25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 0.15rem 0; text-decoration: none; overflow-wrap: anywhere; }
a:hover, a:focus-visible { text-decoration: underline; }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem); max-width: 70rem; }
main.alone { grid-column: 1 / -1; margin: 2rem auto; max-width: 42rem; }
h1 { line-height: 1.2; }
section { border-top: 1px solid var(--edge); margin-top: 2rem; padding-top: 1rem; scroll-margin-top: 1rem; }
section h3 { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.method { font: 700 0.75rem/1 ui-monospace, monospace; text-transform: uppercase; border: 1px solid var(--edge); border-radius: 4px; padding: 0.2rem 0.4rem; margin-right: 0.5rem; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; background: var(--soft); border-radius: 4px; }
code { padding: 0.1em 0.3em; }
pre { padding: 0.75rem; overflow: auto; max-height: 30rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem 0.35rem 0; border-bottom: 1px solid var(--edge); }
td:first-child { white-space: nowrap; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--edge); } td:first-child { white-space: normal; } }
`;
