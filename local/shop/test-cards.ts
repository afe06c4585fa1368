/**
 * The cards of this shop's payment provider, which is simulated. The page turns a card's number into its token and sends that alone; the
 * provider knows what the token stands for.
 */
export interface TestCard {
  token: string;
  /** As it is typed. */
  number: string;
  /** What choosing it does, in the shop's words. */
  label: string;
  bin: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** The issuer's reason, when it declines. */
  declineCode: string | null;
}

export const TEST_CARDS: readonly TestCard[] = [
  {
    token: "tok_test_pays",
    number: "4242 4242 4242 4242",
    label: "A card that pays",
    bin: "424242",
    country: "GB",
    declineCode: null,
  },
  {
    token: "tok_test_declined",
    number: "4000 0000 0000 0002",
    label: "A card that is declined",
    bin: "400000",
    country: "GB",
    declineCode: "do_not_honor",
  },
];

export function cardWithToken(token: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.token === token);
}

/** The card a number belongs to; undefined for any other number, which might be somebody's. */
export function cardWithNumber(typed: string): TestCard | undefined {
  const digits = typed.replaceAll(/\D/g, "");
  return TEST_CARDS.find(({ number }) => number.replaceAll(" ", "") === digits);
}
