import type { OpenApiDocument, DocumentedOperation } from "../openapi.ts";
import { PROBLEMS, type ProblemSlug } from "../problem.ts";
import { escaped, htmlPage } from "./html.ts";
import { inline, markdown } from "./markdown.ts";
import { fieldsOf, typeWords, type JsonSchema } from "./schema.ts";

interface Listed {
  method: string;
  path: string;
  operation: DocumentedOperation;
}

/** An OpenAPI document of ours as a page to read, without a script. */
export function docsPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })),
  );
  const groups = [...Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? "")];
  const head = `<h1>${escaped(info.title)}</h1>\n${markdown(info.description)}\n${CONVENTIONS}`;
  const sections = groups.map(
    ([tag, listed]) => `<h2 id="${escaped(tag)}">${escaped(tag)}</h2>\n${listed.map(section).join("\n")}`,
  );
  return htmlPage(info.title, `${navigation(groups)}\n<main>${head}\n${sections.join("\n")}\n${problems()}</main>`);
}

const CONVENTIONS = markdown(
  "The same as a document for machines: [/openapi.json](/openapi.json). Names are in snake_case, times in RFC 3339 and answered in UTC with " +
    "milliseconds, money in major units beside its ISO 4217 currency, scores and shares from 0 to 1. What is refused is answered as one of " +
    "the problems at the end of this page, as `application/problem+json`.",
);

function navigation(groups: readonly (readonly [string, readonly Listed[]])[]): string {
  const parts = groups.map(([tag, listed]) => {
    const links = listed.map(({ method, path, operation }) => {
      const href = `#${escaped(operation.operationId)}`;
      return `<li><a href="${href}">${method.toUpperCase()} ${escaped(path)}</a></li>`;
    });
    return `<h2><a href="#${escaped(tag)}">${escaped(tag)}</a></h2><ul>${links.join("")}</ul>`;
  });
  return `<nav aria-label="Routes">${parts.join("\n")}<h2><a href="#problems">problems</a></h2></nav>`;
}

function section({ method, path, operation }: Listed): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return [
    `<section id="${escaped(operationId)}"><h3><span class="method">${method}</span>${escaped(path)}</h3>`,
    `<p>${inline(summary)}</p>`,
    markdown(description),
    parameters.length === 0 ? "" : `<h4>Parameters</h4>${parameterTable(parameters)}`,
    requestBody === undefined ? "" : `<h4>Body</h4>${contents(requestBody.content)}`,
    ...Object.entries(responses).map(([status, response]) => answer(status, response)),
    "</section>",
  ].join("\n");
}

function parameterTable(parameters: DocumentedOperation["parameters"]): string {
  const rows = parameters.map(({ name, in: place, required, description = "", schema }) => ({
    path: name,
    type: `${typeWords(schema)}${schema.default === undefined ? "" : `; ${JSON.stringify(schema.default)} when missing`}`,
    isRequired: required,
    description: `${description}${place === "path" ? " In the path." : ""}`.trim(),
    example: textOf(schema.examples?.[0]),
  }));
  return fieldTable(rows);
}

function textOf(example: unknown): string | null {
  if (example === undefined) return null;
  return typeof example === "string" ? example : JSON.stringify(example);
}

function fieldTable(rows: ReturnType<typeof fieldsOf>): string {
  const lines = rows.map(({ path, type, isRequired, description, example }) => {
    const needed = isRequired ? "" : "; may be missing";
    const shown = example === null ? "" : ` Such as <code>${escaped(example)}</code>.`;
    return `<tr><td><code>${escaped(path || "(whole)")}</code></td><td>${escaped(type)}${needed}</td><td>${inline(description)}${shown}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}

/** A problem is told in one line, with a link to what it means; anything else with its fields. */
function answer(status: string, { description, content = {} }: DocumentedOperation["responses"][string]): string {
  const problem = content["application/problem+json"];
  if (problem === undefined) return `<h4>Answer ${status}</h4><p>${inline(description)}</p>${contents(content)}`;
  const links = Object.keys(problem.examples ?? {}).map(
    (slug) => `<a href="#problem-${escaped(slug)}">${escaped(slug)}</a>`,
  );
  return `<p>${status} ${links.join(", ")}: ${inline(description)}</p>`;
}

type Content = Record<string, { schema: JsonSchema; example?: unknown }>;

/** Media types that hold the same are told together. */
function contents(content: Content): string {
  const alike = Map.groupBy(Object.entries(content), ([, { schema }]) => JSON.stringify(schema));
  return [...alike.values()].map(contentOfTypes).join("\n");
}

function contentOfTypes(types: readonly [string, Content[string]][]): string {
  const names = types.map(([type]) => `<code>${escaped(type)}</code>`).join(", ");
  const [, { schema, example }] = types[0] ?? ["", { schema: {} }];
  const shown =
    example === undefined
      ? ""
      : `<details><summary>Example</summary><pre>${escaped(JSON.stringify(example, null, 2))}</pre></details>`;
  return `<p>${names}</p><details><summary>Fields</summary>${fieldTable(fieldsOf(schema))}</details>${shown}`;
}

function problems(): string {
  const slugs = Object.keys(PROBLEMS) as ProblemSlug[]; // its own keys
  const sections = slugs.map((slug) => {
    const { status, title, help } = PROBLEMS[slug];
    return `<section id="problem-${slug}"><h3>${status} ${slug}</h3><p>${inline(title)}. ${inline(help)}</p></section>`;
  });
  return `<h2 id="problems">problems</h2>\n${sections.join("\n")}`;
}

/** The page that a problem's `type` leads to. */
export function problemPage(slug: ProblemSlug): string {
  const { status, title, help } = PROBLEMS[slug];
  return htmlPage(
    title,
    `<main class="alone"><h1>${escaped(title)}</h1><p>HTTP status ${status}, type <code>/problems/${slug}</code>.</p>` +
      `<p>${inline(help)}</p><p><a href="/docs#problem-${slug}">All routes and problems</a></p></main>`,
  );
}
