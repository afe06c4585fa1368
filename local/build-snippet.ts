import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { VERSION } from "../edge/snippet/version.ts";

/** The script that shops embed. */
export interface Snippet {
  text: string;
  /** Changes with the text, so that `/pulse-<version>.js` may be kept for ever. */
  version: string;
  /** For the `integrity` attribute. */
  integrity: string;
}

export const SERVED_FILE = new URL("../edge/snippet/served.ts", import.meta.url);

const ENTRY = new URL("../edge/snippet/entry.ts", import.meta.url);
/** Browsers of 2019 and later: Chrome 73, Safari 12.1, Firefox 66. */
const TARGET = "es2019";

/**
 * Property names that neither the page, nor the edge, nor a shop ever sees: they are shortened. A name must not stand here that the
 * platform or the wire uses too.
 */
const INTERNAL_NAMES = (
  "added afterMs atMs beacon beat campaign delivery expire fail forget guard hand hide host hurry " +
  "identifyEvent isDurable isStopped lastError ledger list load names note own params pending post queue read recall " +
  "restart save say setConsent settle show speak state store take takeTurn text transport voice"
).split(" ");

/** Bundles and minifies the snippet; the same sources give the same bytes. */
export async function buildSnippet(): Promise<Snippet> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(ENTRY)],
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    mangleProps: new RegExp(`^(${INTERNAL_NAMES.join("|")})$`),
    // Without the repository's own configuration, which is about checking.
    tsconfigRaw: {},
    write: false,
    logLevel: "silent",
  });
  const unversioned = outputFiles.map((file) => file.text).join("");
  const version = createHash("sha256").update(unversioned).digest("hex").slice(0, 8);
  const text = unversioned.replace(`"${VERSION}"`, `"${version}"`);
  return { text, version, integrity: `sha384-${createHash("sha384").update(text).digest("base64")}` };
}

/** What a browser loads. */
export function gzipBytes(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}

/** The source of {@link SERVED_FILE}. */
export function servedSource({ text, version, integrity }: Snippet): string {
  return `/** What \`GET /pulse.js\` answers. Written by \`npm run build:snippet\`; a test holds it equal to a fresh build. */
export const SNIPPET: { text: string; version: string; integrity: string } = {
  version: "${version}",
  integrity: "${integrity}",
  text: ${quoted(text)},
};
`;
}

/** As the formatter would have it: in the quotes that need fewer escapes. */
function quoted(text: string): string {
  const count = (quote: string) => text.split(quote).length;
  const quote = count('"') > count("'") ? "'" : '"';
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}

if (import.meta.main) {
  const snippet = await buildSnippet();
  writeFileSync(SERVED_FILE, servedSource(snippet));
  process.stdout.write(
    `pulse.js ${snippet.version}: ${snippet.text.length} bytes, ${gzipBytes(snippet.text)} gzipped\n`,
  );
}
