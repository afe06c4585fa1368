import { describe, expect, it } from "vitest";
import {
  type ApiKeyRecord,
  authenticate,
  bearerToken,
  drawKey,
  formatKey,
  keyEntry,
  keyId,
  originAllowed,
  requireRole,
  ROLES,
  sameDigest,
} from "./keys.ts";
import { Problem } from "./problem.ts";

const ID = "abcdefgh01234567";
const TEXT = formatKey("secret", ID, "s".repeat(32));
const NOW_MS = Date.parse("2026-11-21T10:00:00Z");

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function record(changes: Partial<ApiKeyRecord> = {}): Promise<ApiKeyRecord> {
  const digest = await sha256Hex(TEXT);
  return { id: ID, kind: "secret", role: "ingest", origins: [], digest, expires_at: null, ...changes };
}

function ask(text: string | null, found: ApiKeyRecord | null) {
  return authenticate(text, { find: async () => found, sha256Hex, nowMs: () => NOW_MS });
}

describe("keyId", () => {
  it("finds the id in a key of either kind", () => {
    expect(keyId(TEXT)).toBe(ID);
    expect(keyId(formatKey("publishable", ID, "A".repeat(32)))).toBe(ID);
  });

  it.each([
    "",
    "sk_",
    `xk_${ID}_${"s".repeat(32)}`,
    `sk_${ID}_${"s".repeat(31)}`,
    `sk_${ID}_${"s".repeat(33)}`,
    `sk_${ID.toUpperCase()}_${"s".repeat(32)}`,
    `${TEXT}\n`,
    ` ${TEXT}`,
    "sk___proto________________",
  ])("finds none in %j", (text) => {
    expect(keyId(text)).toBeNull();
  });

  it("names the KV entry by the id alone, so that KV never sees the secret", () => {
    expect(keyEntry(ID)).toBe(`api-key:${ID}`);
  });
});

describe("drawKey", () => {
  it.each([
    { kind: "secret", begins: "sk_" },
    { kind: "publishable", begins: "pk_" },
  ] as const)("makes a $kind key of the form that is taken", ({ kind, begins }) => {
    const { id, text } = drawKey(kind, (count) => crypto.getRandomValues(new Uint8Array(count)));
    expect(text.startsWith(begins)).toBe(true);
    expect(keyId(text)).toBe(id);
    expect(drawKey(kind, (count) => crypto.getRandomValues(new Uint8Array(count))).text).not.toBe(text);
  });

  it.each([
    { byte: 0, id: "a", secret: "A", because: "the first letter" },
    { byte: 62, id: "0", secret: "A", because: "the alphabet begins again" },
    { byte: 247, id: "5", secret: "9", because: "the last of four whole rounds of 62" },
    {
      byte: 248,
      id: "6",
      secret: "A",
      because: "drawn again for the secret: 62 would come too often in a fifth round",
    },
    { byte: 251, id: "9", secret: "A", because: "the last of seven whole rounds of 36" },
    { byte: 252, id: "a", secret: "A", because: "drawn again for both" },
    { byte: 255, id: "a", secret: "A", because: "drawn again for both" },
  ])("makes $id and $secret of the byte $byte: $because, so that no letter is likelier than another", (expected) => {
    // Of 16 and 32 bytes asked for first all are this one, and those drawn again are 0.
    const randomBytes = (count: number) => {
      const isFirst = !asked.has(count);
      asked.add(count);
      return new Uint8Array(count).fill(isFirst ? expected.byte : 0);
    };
    const asked = new Set<number>();
    const { id, text } = drawKey("secret", randomBytes);
    expect(text).toBe(formatKey("secret", expected.id.repeat(16), expected.secret.repeat(32)));
    expect(text).toContain(id);
  });
});

describe("authenticate", () => {
  it("gives the record of a key that is known, genuine and in force", async () => {
    const known = await record({ expires_at: "2026-11-21T10:00:01Z" });
    expect(await ask(TEXT, known)).toEqual(known);
  });

  it("refuses in the same words whatever is wrong, so that keys cannot be probed", async () => {
    const refusals = await Promise.all([
      ask(null, null).catch((error: unknown) => error),
      ask("sk_nonsense", null).catch((error: unknown) => error),
      ask(TEXT, null).catch((error: unknown) => error),
      ask(TEXT, await record({ digest: "0".repeat(64) })).catch((error: unknown) => error),
      ask(TEXT, await record({ expires_at: "2026-11-21T10:00:00Z" })).catch((error: unknown) => error),
      ask(formatKey("publishable", ID, "s".repeat(32)), await record()).catch((error: unknown) => error),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(Problem);
      expect(refusal).toMatchObject({ slug: "unauthenticated", headers: { "www-authenticate": "Bearer" } });
    }
    expect(new Set(refusals.map((refusal) => (refusal as Problem).message)).size).toBe(1); // just checked to be problems
  });

  it("passes on what the store throws: a store that cannot be read has not refused the key", async () => {
    const down = new Error("KV is away");
    const find = () => Promise.reject(down);
    await expect(authenticate(TEXT, { find, sha256Hex, nowMs: () => NOW_MS })).rejects.toBe(down);
  });
});

describe("sameDigest", () => {
  it.each([
    ["ab", "ab", true],
    ["ab", "ac", false],
    ["ab", "abc", false],
    ["", "", true],
  ])("compares %j with %j as %s", (a, b, same) => {
    expect(sameDigest(a, b)).toBe(same);
  });
});

describe("bearerToken", () => {
  it.each([
    [`Bearer ${TEXT}`, TEXT],
    [`bearer  ${TEXT} `, TEXT],
    [`BEARER ${TEXT}`, TEXT],
  ])("reads %j", (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each([null, undefined])("is null where there is no header: %s", (header) => {
    expect(bearerToken(header)).toBeNull();
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Bearer a b",
    `Basic ${TEXT}`,
    TEXT,
    `Bearer ${TEXT}, Bearer ${TEXT}`,
    "Bearer\ta",
  ])("tells %j from no header, so that a credential that cannot be read is refused and not overlooked", (header) => {
    const token = bearerToken(header);
    expect(token).toBe("");
    expect(keyId(token ?? TEXT)).toBeNull();
  });
});

describe("requireRole", () => {
  it("lets a role do what it and those before it may, and nothing above", async () => {
    for (const [held, role] of ROLES.entries()) {
      const key = await record({ role });
      for (const [wanted, other] of ROLES.entries()) {
        const check = () => requireRole(key, other);
        if (held >= wanted) expect(check).not.toThrow();
        else expect(check).toThrow(Problem);
      }
    }
  });

  it("never lets a publishable key, nor a secret one without a role", async () => {
    const publishable = await record({ kind: "publishable", role: null });
    expect(() => requireRole(publishable, "ingest")).toThrow(/publishable/);
    const without = await record({ role: null });
    expect(() => requireRole(without, "ingest")).toThrow(Problem);
  });
});

describe("originAllowed", () => {
  const allowed = [
    "https://shop.example",
    "http://localhost:*",
    "http://127.0.0.1:*",
    "https://staging.shop.example:8443",
  ];

  it.each([
    "https://shop.example",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:1",
    "http://127.0.0.1:65535",
    "https://staging.shop.example:8443",
  ])("lets %s", (origin) => {
    expect(originAllowed(origin, allowed)).toBe(true);
  });

  it.each([
    "null",
    "",
    "*",
    "http://shop.example",
    "https://shop.example:8443",
    "https://shop.example.evil.com",
    "https://evil.com/https://shop.example",
    "https://SHOP.example",
    "https://sub.shop.example",
    "http://localhost.evil.com",
    "http://localhost:80.evil.com",
    "http://localhost:80@evil.com",
    "http://localhost:",
    "http://localhost:123456",
    "http://localhost:*",
    "https://localhost:3000",
    "http://127.0.0.1.evil.com:80",
    "http://127.0.0.10:80",
    "https://staging.shop.example",
    "https://staging.shop.example:84430",
  ])("refuses %s, which only looks alike", (origin) => {
    expect(originAllowed(origin, allowed)).toBe(false);
  });

  it("lets no origin where none is listed", () => {
    expect(originAllowed("https://shop.example", [])).toBe(false);
  });
});
