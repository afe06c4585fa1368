/**
 * Draws a terminal's text as an SVG, for the README: `node local/picture.ts < transcript.txt > local/demo.svg`.
 * Lines of alerts are coloured as the terminal colours them.
 */
import { text } from "node:stream/consumers";

const COLUMN_PX = 7.85;
const LINE_PX = 18;
const MARGIN_PX = 18;
const BAR_PX = 34;

const lines = (await text(process.stdin)).trimEnd().split("\n");
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * COLUMN_PX + 2 * MARGIN_PX);
const height = lines.length * LINE_PX + BAR_PX + MARGIN_PX;
const escape = (line: string) => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const rows = lines.map((line, index) => {
  const fill = /^\s*\d\d:\d\d:\d\d/.test(line) ? "#f0b429" : line.startsWith("ready") ? "#6fd58b" : "#d6dce6";
  return `<text x="${MARGIN_PX}" y="${BAR_PX + (index + 0.8) * LINE_PX}" fill="${fill}" xml:space="preserve">${escape(line)}</text>`;
});
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
<rect width="100%" height="100%" rx="8" fill="#12161d"/>
<circle cx="20" cy="17" r="5" fill="#ff5f57"/><circle cx="38" cy="17" r="5" fill="#febc2e"/><circle cx="56" cy="17" r="5" fill="#28c840"/>
${rows.join("\n")}
</svg>
`);
