import { expect, it } from "vitest";
import { signatureHeaders } from "../../../../alert/sign.ts";
import { VERIFY_EXAMPLE } from "./verify-example.ts";

interface Example {
  isOurs(headers: Record<string, string>, body: string, secret: string): boolean;
}

const SECRET = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const OTHER = `whsec_${Buffer.alloc(24, 2).toString("base64")}`;
const body = '{"type":"webhook.test"}';

it("the example beside a webhook's secret takes what we sign and refuses what was changed, forged or kept for later", async () => {
  const source = `data:text/javascript,${encodeURIComponent(VERIFY_EXAMPLE)}`;
  const { isOurs } = (await import(/* @vite-ignore */ source)) as Example; // what the example exports
  const signed = (timestampMs: number, secrets: [string, string?]) =>
    signatureHeaders({ id: "msg_1", timestampMs, body, secrets });
  const now = Date.now();
  expect(isOurs(signed(now, [SECRET]), body, SECRET)).toBe(true);
  expect(isOurs(signed(now, [OTHER, SECRET]), body, SECRET)).toBe(true);
  expect(isOurs(signed(now, [OTHER]), body, SECRET)).toBe(false);
  expect(isOurs(signed(now, [SECRET]), `${body} `, SECRET)).toBe(false);
  expect(isOurs(signed(now - 600_000, [SECRET]), body, SECRET)).toBe(false);
});
