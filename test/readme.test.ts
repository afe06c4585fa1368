import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(fileURLToPath(new URL(path, root)), "utf8");
const readme = read("README.md");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

describe("README.md", () => {
  it("begins with the two commands", () => {
    const [, firstBlock] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(firstBlock?.split("\n").map((line) => line.split("#")[0]?.trim())).toEqual(["npm start", "npm test", ""]);
    expect(readme.indexOf("```sh")).toBeLessThan(200);
  });

  it.each(["README.md", "edge/sending-events.md"])("has no dead link in %s", (page) => {
    for (const [, path = ""] of read(page).matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)) {
      expect(existsSync(fileURLToPath(new URL(path, new URL(page, root)))), `${page}: ${path}`).toBe(true);
    }
  });

  const commands = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  it.each([...new Set(commands)])("names the script %s, which is there", (name) => {
    expect(scripts).toHaveProperty(name);
  });
});

describe("the repository", () => {
  it("names no registry and no download address in its lock file", () => {
    expect(read("package-lock.json")).not.toMatch(
      /"resolved"|https?:\/\/(?!github|opencollective|.*fund|.*sponsor)[^"]*\.tgz/,
    );
  });

  it("pins every dependency, so that a fresh clone is the one that was tested", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    for (const version of Object.values({ ...dependencies, ...devDependencies })) expect(version).toMatch(/^\d/);
  });
});
