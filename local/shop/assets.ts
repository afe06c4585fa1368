import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Asset {
  /** Its address names its content, so that browsers may keep it for good. */
  path: string;
  type: string;
  text: string;
}

export interface Assets {
  styles: Asset;
  script: Asset;
  icon: Asset;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M4 18 20 5l16 13v17H4z" fill="#a8402f"/><circle cx="20" cy="23" r="8.5" fill="#fbf7ef"/><path d="M20 14.5a8.5 8.5 0 0 1 0 17z" fill="#e2b04a"/></svg>`;

/** The shop's own files; the script is bundled for browsers of the last few years. */
export async function readAssets(): Promise<Assets> {
  const bundle = await build({
    entryPoints: [pathOf("browser/main.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  return {
    styles: asset("shop.css", "text/css; charset=utf-8", readFileSync(pathOf("shop.css"), "utf8")),
    script: asset("shop.js", "text/javascript; charset=utf-8", script),
    icon: asset("icon.svg", "image/svg+xml", ICON),
  };
}

function asset(name: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: `/assets/${hash}/${name}`, type, text };
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
