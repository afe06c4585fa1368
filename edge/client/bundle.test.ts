import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

describe("the client", () => {
  it("bundles to one module that imports nothing, so that it runs wherever there is fetch", async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("client.ts", import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      minify: true,
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs).filter((path) => !path.startsWith("edge/client/"));
    expect(inputs.toSorted()).toEqual(["shared/limits.ts", "shared/problem.ts", "shared/read-body.ts"]);
    const [output] = outputFiles;
    expect(output?.text).not.toMatch(/\bimport\b|\brequire\b/);
    expect(output?.contents.byteLength).toBeLessThan(20_000);
  });
});
