import * as z from "zod";
import { describe, expect, it } from "vitest";
import { openApi } from "../openapi.ts";
import { PROBLEMS } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { docsPage, problemPage } from "./page.ts";

const HOSTILE = `<script>alert("1")</script>`;

const route = defineRoute({
  method: "get",
  path: "/v1/things/{id}",
  operationId: "getThing",
  summary: `One thing ${HOSTILE}`,
  description: `Words.\n\n| A | B |\n|---|---|\n| \`x\` | ${HOSTILE} |`,
  access: "analyst",
  params: z.strictObject({ id: z.string().min(1).max(20) }),
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: "Rows of a page." }),
  }),
  status: 200,
  output: z.strictObject({
    id: z.string(),
    price: z
      .number()
      .min(0)
      .meta({ description: "Major units of `currency`.", examples: [49.9] }),
    parts: z.array(z.strictObject({ name: z.enum(["a", "b"]).nullable().meta({ description: HOSTILE }) })).optional(),
  }),
  problems: ["invalid", "not-found"],
});

const page = docsPage(openApi({ title: `Test ${HOSTILE}`, version: "1", description: "For tests." }, [route]));
/** What is read of it: without what is written for browsers. */
const text = page.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

describe("docsPage", () => {
  it("tells of each route how it is asked and what it answers, with units and examples", () => {
    expect(text).toContain("get /v1/things/{id}");
    expect(text).toMatch(/limit whole number, 1\.\.500; 50 when missing.* Rows of a page\./);
    expect(text).toMatch(/price number, at least 0 Major units of currency \. Such as 49\.9/);
    expect(text).toMatch(/parts\[\]\.name &quot;a&quot; \| &quot;b&quot; \| null/);
    expect(text).toContain("A secret key of role analyst or above.");
  });

  it("leads from the navigation to every route and problem", () => {
    expect(page).toContain('<a href="#getThing">GET /v1/things/{id}</a>');
    for (const anchor of ["getThing", "things", ...Object.keys(PROBLEMS).map((slug) => `problem-${slug}`)]) {
      expect(page).toContain(`id="${anchor}"`);
    }
    expect(page).toContain('<a href="#problem-not-found">not-found</a>');
  });

  it("runs nothing and loads nothing but the style, whatever stands in a description", () => {
    expect(page).not.toMatch(/<script|<img|<iframe|\son\w+=|style=|javascript:/i);
    expect(page.match(/(?:href|src)="[^"#]*"/g)?.toSorted()).toEqual([
      'href="/docs/style.css"',
      'href="/openapi.json"',
    ]);
    expect(text).toContain("&lt;script&gt;");
  });
});

describe("problemPage", () => {
  it("says what a problem means, and leads to the rest", () => {
    const { title, status } = PROBLEMS.invalid;
    const html = problemPage("invalid");
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toContain(`HTTP status ${status}`);
    expect(html).toContain('href="/docs#problem-invalid"');
  });
});
