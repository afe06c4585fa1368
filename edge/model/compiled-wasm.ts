/** Stands for a wasm binary where a library wants one: its first four bytes, which no real binary has alone. */
export const WASM_MARKER = new Uint8Array([0, 0x61, 0x73, 0x6d]);

type Instantiate = (binary: unknown, imports?: WebAssembly.Imports) => Promise<unknown>;

/**
 * Lets a library that insists on compiling its wasm have a module that was compiled before: while `work` runs,
 * `WebAssembly.instantiate` answers the marker with an instance of that module, and anything else as ever.
 *
 * @param onInstance called once the library has its instance, whatever becomes of the rest of its work
 * @throws Error when the library did its work without asking, or whatever the work throws
 */
export async function withCompiledWasm<T>(
  module: WebAssembly.Module,
  work: () => Promise<T>,
  onInstance: () => void,
): Promise<T> {
  const original = WebAssembly.instantiate as Instantiate; // one of its overloads
  let asked = false;
  const answer: Instantiate = async (binary, imports) => {
    if (!isMarker(binary)) return original(binary, imports);
    asked = true;
    const instance = new WebAssembly.Instance(module, imports);
    onInstance();
    return { module, instance };
  };
  WebAssembly.instantiate = answer as typeof WebAssembly.instantiate; // the overload for bytes, which the types of Workers leave out
  try {
    const result = await work();
    if (!asked) throw new Error("the wasm was not asked for");
    return result;
  } finally {
    WebAssembly.instantiate = original as typeof WebAssembly.instantiate; // what it was
  }
}

/** Libraries copy the bytes they are given, so they are compared, not their place. */
function isMarker(binary: unknown): boolean {
  if (!(binary instanceof Uint8Array) && !(binary instanceof ArrayBuffer)) return false;
  const bytes = new Uint8Array(binary);
  return bytes.length === WASM_MARKER.length && bytes.every((byte, index) => byte === WASM_MARKER[index]);
}
