import { describe, expect, it } from "vitest";
import type { ListKind } from "../../shared/lists.ts";
import { FORMS } from "./values.ts";

const read = (kind: ListKind, text: string) => FORMS[kind].read(text);

describe("FORMS", () => {
  it.each([
    { kind: "customer", text: "u-1", value: "u-1" },
    { kind: "customer", text: " Ünïcode 17 ", value: " Ünïcode 17 " },
    {
      kind: "customer",
      text: "email_0123456789abcdef0123456789abcdef",
      value: "email_0123456789abcdef0123456789abcdef",
    },
    { kind: "customer", text: "1234567890123456", value: "1234567890123456" },
    { kind: "card", text: "fp_8Xc1", value: "fp_8Xc1" },
    { kind: "email", text: "0123456789abcdef0123456789abcdef", value: "0123456789abcdef0123456789abcdef" },
    { kind: "email_domain", text: "Mail.Example", value: "mail.example" },
    { kind: "email_domain", text: "bücher.example", value: "bücher.example" },
    { kind: "ip", text: "::ffff:192.0.2.0/120", value: "192.0.2.0/24" },
    { kind: "ip", text: "2001:DB8:0::1", value: "2001:db8::1/128" },
    { kind: "country", text: "de", value: "DE" },
    { kind: "country", text: "T1", value: "T1" },
  ] as const)("reads the $kind $text as $value, as events are asked", ({ kind, text, value }) => {
    expect(read(kind, text)).toBe(value);
    expect(read(kind, value)).toBe(value);
  });

  it.each([
    { kind: "customer", text: "  ", because: "it is blank" },
    { kind: "customer", text: "jane@mail.example", because: "it is an e-mail address" },
    { kind: "customer", text: "shop:jane%40mail.example", because: "it holds an e-mail address" },
    { kind: "customer", text: "4111 1111 1111 1111", because: "it is a card number" },
    { kind: "card", text: "4111111111111111", because: "it is a card number" },
    { kind: "card", text: "3782-822463-10005", because: "it is a card number of 15 digits" },
    { kind: "email", text: "jane@mail.example", because: "addresses are kept nowhere" },
    { kind: "email", text: "0123456789ABCDEF0123456789ABCDEF", because: "no event carries it so" },
    { kind: "email_domain", text: "jane@mail.example", because: "it is an address" },
    { kind: "email_domain", text: "@mail.example", because: "the @ is not of the domain" },
    { kind: "email_domain", text: "example", because: "mail goes to no top level" },
    { kind: "email_domain", text: "-mail.example", because: "no name begins so" },
    { kind: "email_domain", text: "*.example", because: "there are no patterns" },
    { kind: "ip", text: "192.0.2.1/24", because: "it has bits beyond its prefix" },
    { kind: "ip", text: "mail.example", because: "it is a name" },
    { kind: "country", text: "DEU", because: "it has three letters" },
    { kind: "country", text: "49", because: "it is a number" },
  ] as const)("refuses the $kind $text: $because", ({ kind, text }) => {
    expect(read(kind, text)).toBeNull();
  });
});
