/** What Vite offers to tests: the text of the files matching a pattern, by path. */
interface ImportMeta {
  glob(pattern: string, options: { query: "?raw"; import: "default"; eager: true }): Record<string, string>;
}

declare module "*.onnx" {
  const bytes: ArrayBuffer;
  export default bytes;
}
