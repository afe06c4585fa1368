import type { RowOf } from "../../../api/client.ts";

export type ListKind = RowOf<"/v1/lists">["kind"];

/** What an entry may name, the most specific first: of two that fit, the earlier decides. */
export const KINDS: Record<ListKind, { name: string; words: string; example: string }> = {
  customer: { name: "Customer", words: "A user_id, as events have it.", example: "customer-4711" },
  card: {
    name: "Card",
    words: "A card_fingerprint, as events have it; never a card number.",
    example: "card-5f71ea9e87beca8a",
  },
  email: {
    name: "E-mail",
    words: "The email_hash of an event: addresses themselves are kept nowhere.",
    example: "32 characters, 0 to 9 and a to f",
  },
  email_domain: {
    name: "E-mail domain",
    words: "What stands behind the @; each subdomain is another.",
    example: "mail.example",
  },
  ip: { name: "Network", words: "An address or a range (CIDR).", example: "192.0.2.0/24" },
  country: { name: "Country", words: "Two letters, of the shopper’s address.", example: "DE" },
};

export const KIND_NAMES = Object.keys(KINDS) as ListKind[]; // of the record above
