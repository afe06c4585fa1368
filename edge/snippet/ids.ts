/**
 * 128 bits of chance as 32 hexadecimal digits. From `getRandomValues`, which unlike `randomUUID` is there on plain http too; mixed with
 * `Math.random`, so that a page that replaced one of them still gets ids that differ.
 *
 * @param fill fills the bytes by chance; may throw
 */
export function newId(fill: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(16);
  try {
    fill(bytes);
  } catch {
    // Without a generator what is mixed in below has to do.
  }
  let id = "";
  for (const byte of bytes) id += (256 + (byte ^ (Math.random() * 256))).toString(16).slice(1);
  return id;
}
