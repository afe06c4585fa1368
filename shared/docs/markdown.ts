import { escaped } from "./html.ts";

/**
 * The Markdown that descriptions are written in as HTML: paragraphs, lists, tables, `code` and [links](/path). Whatever else stands in
 * a text is shown as it is.
 */
export function markdown(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((block) => blockHtml(block.trim()))
    .join("\n");
}

/** One line of it. */
export function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? `<code>${escaped(part.slice(1, -1))}</code>` : linked(escaped(part))))
    .join("");
}

function blockHtml(block: string): string {
  const lines = block.split("\n");
  if (lines.every((line) => line.startsWith("- "))) {
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
  }
  if (lines.length > 2 && lines.every((line) => line.startsWith("|"))) return table(lines);
  return `<p>${inline(lines.join(" "))}</p>`;
}

function table([head = "", _rule, ...rows]: string[]): string {
  const cells = (line: string, tag: "th" | "td") =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`)
      .join("");
  const body = rows.map((line) => `<tr>${cells(line, "td")}</tr>`).join("");
  return `<table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${body}</tbody></table>`;
}

/** Links of our own and to https alone. */
function linked(html: string): string {
  return html.replaceAll(/\[([^\]]+)\]\(((?:\/|https:\/\/)[^\s)]*)\)/g, '<a href="$2">$1</a>');
}
