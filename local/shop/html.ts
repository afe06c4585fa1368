/** Markup that stands in a page as it is. Only {@link html} makes it, so that no text gets into a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the pieces of a template; null and false leave nothing. */
export type Part = Markup | string | number | null | false | readonly Part[];

/**
 * A template of HTML or SVG. Texts and numbers are escaped, lists are joined, markup stays as it is.
 *
 * Attributes have to be quoted, and no text may stand inside `<script>` or `<style>`.
 */
export function html(pieces: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(pieces.reduce((text, piece, index) => text + written(parts[index - 1] ?? null) + piece));
}

/** A value as JSON, for an attribute. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

function written(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return part.map(written).join("");
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
