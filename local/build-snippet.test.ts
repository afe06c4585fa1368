import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { SNIPPET } from "../edge/snippet/served.ts";
import { buildSnippet, gzipBytes, servedSource, SERVED_FILE, type Snippet } from "./build-snippet.ts";

const KILOBYTE = 1024;

let fresh: Snippet;
beforeAll(async () => {
  fresh = await buildSnippet();
});

describe("the committed snippet", () => {
  it("is what its sources give, byte for byte, so that nobody has to trust the file", () => {
    expect(readFileSync(SERVED_FILE, "utf8") === servedSource(fresh), "run `npm run build:snippet`").toBe(true);
    expect(SNIPPET).toEqual(fresh);
  });

  it("costs a page at most 5.9 KB", () => {
    expect(gzipBytes(SNIPPET.text)).toBeLessThanOrEqual(5.9 * KILOBYTE);
  });

  it("has the integrity that a browser computes, and says its version", () => {
    expect(SNIPPET.integrity).toBe(`sha384-${createHash("sha384").update(SNIPPET.text).digest("base64")}`);
    expect(SNIPPET.version).toMatch(/^[0-9a-f]{8}$/);
    expect(SNIPPET.text).toContain(`"${SNIPPET.version}"`);
  });

  it("is ASCII, so that a page in another encoding reads it right", () => {
    expect(SNIPPET.text).toMatch(/^[\n -~]*$/);
  });

  it.each(["eval(", "new Function", "innerHTML", "document.write", "createElement", ".style"])(
    "has no %s, which a strict content security policy forbids",
    (code) => {
      expect(SNIPPET.text).not.toContain(code);
    },
  );
});
