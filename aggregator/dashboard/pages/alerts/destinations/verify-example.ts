/** How a receiver tells that a request is ours, in Node without a package. A test runs it. */
export const VERIFY_EXAMPLE = `import { createHmac, timingSafeEqual } from "node:crypto";

/** body: the text of the request as it came, before it is parsed. secret: whsec_… */
export function isOurs(headers, body, secret) {
  const id = headers["webhook-id"];
  const at = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) return false; // older than 5 min
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key).update(\`\${id}.\${at}.\${body}\`).digest();
  // Two signatures stand there while a secret is changed.
  return headers["webhook-signature"].split(" ").some((signature) => {
    const given = Buffer.from(signature.split(",")[1] ?? "", "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
`;
