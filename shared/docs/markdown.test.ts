import { expect, it } from "vitest";
import { markdown } from "./markdown.ts";

it.each([
  { text: "One.\nStill one.\n\nTwo.", html: "<p>One. Still one.</p>\n<p>Two.</p>" },
  { text: "- a\n- `b`", html: "<ul><li>a</li><li><code>b</code></li></ul>" },
  {
    text: "| A | B |\n|---|---|\n| 1 | `x < y` |",
    html: "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td><code>x &lt; y</code></td></tr></tbody></table>",
  },
  {
    text: "[docs](/docs) and [out](https://a.example/x)",
    html: '<p><a href="/docs">docs</a> and <a href="https://a.example/x">out</a></p>',
  },
  { text: "[bad](javascript:alert(1))", html: "<p>[bad](javascript:alert(1))</p>" },
  { text: '[x](/a"onclick="b) & <b>', html: '<p><a href="/a&quot;onclick=&quot;b">x</a> &amp; &lt;b&gt;</p>' },
])("markdown writes $text", ({ text, html }) => {
  expect(markdown(text)).toBe(html);
});
