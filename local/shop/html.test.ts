import { describe, expect, it } from "vitest";
import { html, json } from "./html.ts";

const HOSTILE = `<img src=x onerror="alert('1')">&amp;`;
const HARMLESS = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;";

describe("html", () => {
  it("escapes every text, so that nothing a shopper types becomes markup", () => {
    expect(html`<p>${HOSTILE}</p>`.text).toBe(`<p>${HARMLESS}</p>`);
  });

  it("escapes inside attributes, so that a quote does not end one", () => {
    expect(html`<input value="${HOSTILE}" />`.text).toBe(`<input value="${HARMLESS}" />`);
  });

  it("escapes in lists too, and joins them without commas", () => {
    expect(html`${["<a>", html`<b>b</b>`]}`.text).toBe("&lt;a&gt;<b>b</b>");
  });

  it("leaves markup as it is, so that templates nest without being escaped twice", () => {
    expect(html`<b>${html`<i>${"&"}</i>`}</b>`.text).toBe("<b><i>&amp;</i></b>");
  });

  it("writes nothing for null and false, and 0 as 0", () => {
    expect(html`${null}${false}${0}`.text).toBe("0");
  });

  it("gives JSON back unchanged to whoever reads the attribute", () => {
    const value = [{ name: `5" 'plate' <small> & more` }];
    const [, attribute = ""] = /data-x="([^"]*)"/.exec(html`<p data-x="${json(value)}"></p>`.text) ?? [];
    const read = attribute
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
    expect(JSON.parse(read)).toEqual(value);
  });
});
