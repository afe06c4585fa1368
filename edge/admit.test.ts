import { describe, expect, it } from "vitest";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { Problem } from "../shared/problem.ts";
import { admit, type Credentials } from "./admit.ts";

const PUBLISHABLE = `pk_abcdefgh01234567_${"p".repeat(32)}`;
const OTHER = `pk_abcdefgh76543210_${"q".repeat(32)}`;
const SECRET = `sk_abcdefgh01234567_${"s".repeat(32)}`;

const record: ApiKeyRecord = {
  id: "abcdefgh01234567",
  kind: "publishable",
  role: null,
  origins: ["https://shop.example", "http://localhost:*"],
  digest: "0".repeat(64),
  expires_at: null,
};

/** Stands in for the authenticator: any key is known and of the kind it begins with. */
async function authenticate(text: string | null): Promise<ApiKeyRecord> {
  if (text === null) throw new Problem("unauthenticated", "none");
  return text.startsWith("pk_") ? record : { ...record, kind: "secret", role: "ingest", origins: [] };
}

function ask(changes: Partial<Credentials>): Promise<ApiKeyRecord> {
  return admit({ authorization: null, body: null, query: [], origin: null, ...changes }, authenticate);
}

async function slugOf(changes: Partial<Credentials>): Promise<string> {
  return ask(changes).then(
    ({ kind }) => kind,
    (error: unknown) => (error instanceof Problem ? error.slug : "thrown"),
  );
}

describe("admit", () => {
  it.each([
    { because: "in the header", given: { authorization: `Bearer ${PUBLISHABLE}` } },
    { because: "in the body", given: { body: PUBLISHABLE } },
    { because: "in the query", given: { query: [PUBLISHABLE] } },
    {
      because: "several times the same",
      given: { authorization: `Bearer ${PUBLISHABLE}`, body: PUBLISHABLE, query: [PUBLISHABLE] },
    },
    { because: "from a listed origin", given: { query: [PUBLISHABLE], origin: "https://shop.example" } },
    { because: "from any port of a listed host", given: { query: [PUBLISHABLE], origin: "http://localhost:5173" } },
  ])("takes a publishable key $because", async ({ given }) => {
    expect(await slugOf(given)).toBe("publishable");
  });

  it("takes a secret key in the header of a server, which has no origin", async () => {
    expect(await slugOf({ authorization: `Bearer ${SECRET}` })).toBe("secret");
  });

  it.each([
    { because: "no key at all", given: {}, slug: "unauthenticated" },
    {
      because: "a header of another scheme",
      given: { authorization: `Basic ${PUBLISHABLE}` },
      slug: "unauthenticated",
    },
    { because: "two keys that differ", given: { body: PUBLISHABLE, query: [OTHER] }, slug: "unreadable" },
    {
      because: "a header and a body that differ",
      given: { authorization: `Bearer ${SECRET}`, body: PUBLISHABLE },
      slug: "unreadable",
    },
    { because: "a secret key in the body", given: { body: SECRET }, slug: "forbidden" },
    { because: "a secret key in the query, which lands in logs", given: { query: [SECRET] }, slug: "forbidden" },
    {
      because: "a secret key in the query even beside the header",
      given: { authorization: `Bearer ${SECRET}`, query: [SECRET] },
      slug: "forbidden",
    },
    {
      because: "a secret key from a page, which everybody can read",
      given: { authorization: `Bearer ${SECRET}`, origin: "https://shop.example" },
      slug: "forbidden",
    },
    {
      because: "a secret key from a page that hides its origin",
      given: { authorization: `Bearer ${SECRET}`, origin: "null" },
      slug: "forbidden",
    },
  ])("refuses $because as $slug", async ({ given, slug }) => {
    expect(await slugOf(given)).toBe(slug);
  });

  it.each([
    "https://evil.example",
    "null",
    "",
    "http://shop.example",
    "https://shop.example.evil.com",
    "http://localhost.evil.com",
    "http://localhost:80.evil.com",
    "http://127.0.0.1.evil.com:80",
  ])("refuses a publishable key from the page at %j, which is not on its list", async (origin) => {
    expect(await slugOf({ query: [PUBLISHABLE], origin })).toBe("forbidden");
  });

  it("asks for the key before it looks at the origin, so that an unknown key learns no list", async () => {
    const unknown = async () => Promise.reject(new Problem("unauthenticated", "none"));
    const asked = admit({ authorization: null, body: null, query: [OTHER], origin: "https://evil.example" }, unknown);
    await expect(asked).rejects.toMatchObject({ slug: "unauthenticated" });
  });
});
