import type { Answer } from "./client.ts";
import { failureOf } from "./problem.ts";

/** @returns what is wrong with a key's form, before anybody is asked */
export function keyFault(text: string): string | undefined {
  if (text === "") return "Paste a secret key. It begins with sk_.";
  if (text.startsWith("pk_"))
    return "This is a publishable key, which may only write events. A secret key begins with sk_.";
  if (!/^sk_[a-z0-9]{16}_[A-Za-z0-9]{32}$/.test(text))
    return "This has not the form of a secret key: sk_, 16 characters, _, 32 characters.";
  return undefined;
}

/** @returns why the key may not sign in, undefined when it may */
export async function tryKey(text: string): Promise<string | undefined> {
  const response = await fetch("/v1/me", { headers: { authorization: `Bearer ${text}` } }).catch(() => null);
  if (response === null) return "PulseEcom cannot be reached. Is this machine online?";
  if (response.status === 401) return "No key like this is in force: it may be mistyped, expired or revoked.";
  if (!response.ok) return (await failureOf(response)).message;
  const { role } = (await response.json()) as Answer<"get", "/v1/me">; // by the route's own schema
  return role === "ingest" ? "This key may only send events. Reading needs a key of role analyst or above." : undefined;
}
