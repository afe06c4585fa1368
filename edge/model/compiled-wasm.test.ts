import { describe, expect, it } from "vitest";
import { WASM_MARKER, withCompiledWasm } from "./compiled-wasm.ts";

/** (module (import "host" "number" (func (result i32))) (export "number" (func 0))) */
const BINARY = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 2, 15, 1, 4, 0x68, 0x6f, 0x73, 0x74, 6, 0x6e, 0x75, 0x6d,
  0x62, 0x65, 0x72, 0, 0, 7, 10, 1, 6, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0, 0,
]);
// Workers may not compile, so their types leave the constructor out; this test runs in Node.
const Module = WebAssembly.Module as unknown as new (binary: Uint8Array) => WebAssembly.Module;
const compiled = new Module(BINARY);
const imports = { host: { number: () => 42 } };
const original = WebAssembly.instantiate;

/** What a library made by Emscripten does with the binary it was given: copies it, and instantiates the copy. */
async function library(binary: Uint8Array): Promise<number> {
  const instantiate = WebAssembly.instantiate as unknown as (
    binary: Uint8Array,
    imports: WebAssembly.Imports,
  ) => Promise<{ instance: WebAssembly.Instance }>; // the overload for bytes, left out likewise
  const { instance } = await instantiate(new Uint8Array(binary), imports);
  return (instance.exports["number"] as () => number)(); // the module above exports it
}

const ignore = () => undefined;

describe("withCompiledWasm", () => {
  it("gives a library that asks with the marker an instance of the module, with the library's own imports", async () => {
    let instances = 0;
    expect(
      await withCompiledWasm(
        compiled,
        () => library(WASM_MARKER),
        () => instances++,
      ),
    ).toBe(42);
    expect(instances).toBe(1);
  });

  it("answers anything but the marker as ever, because others may instantiate meanwhile", async () => {
    let instances = 0;
    const work = async () => [await library(BINARY), await library(WASM_MARKER)];
    expect(await withCompiledWasm(compiled, work, () => instances++)).toEqual([42, 42]);
    expect(instances).toBe(1);
  });

  it("puts the original back, after work that fails too", async () => {
    const failing = async () => {
      expect(WebAssembly.instantiate).not.toBe(original);
      throw new Error("bad model");
    };
    await expect(withCompiledWasm(compiled, failing, ignore)).rejects.toThrow("bad model");
    expect(WebAssembly.instantiate).toBe(original);
    await withCompiledWasm(compiled, () => library(WASM_MARKER), ignore);
    expect(WebAssembly.instantiate).toBe(original);
  });

  it("tells of the instance even when the work fails after it, because a library asks only once", async () => {
    let instances = 0;
    const work = async () => {
      await library(WASM_MARKER);
      throw new Error("bad model");
    };
    await expect(withCompiledWasm(compiled, work, () => instances++)).rejects.toThrow("bad model");
    expect(instances).toBe(1);
  });

  it("throws when a library never asked, so that an update that asks otherwise is noticed", async () => {
    await expect(withCompiledWasm(compiled, async () => 1, ignore)).rejects.toThrow("not asked for");
  });

  it("throws what the instance throws, and counts no instance", async () => {
    let instances = 0;
    const work = () => WebAssembly.instantiate(WASM_MARKER, {});
    await expect(withCompiledWasm(compiled, work, () => instances++)).rejects.toThrow();
    expect(instances).toBe(0);
  });
});
