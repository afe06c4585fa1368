import { describe, expect, it } from "vitest";
import {
  compileLists,
  LIST_ENTRIES_MOST,
  verdictOf,
  type Listable,
  type ListEntry,
  type ListKind,
  type ListName,
} from "./lists.ts";
import { seededRandom } from "./random.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:00Z");

/** An event that names one of everything. */
const EVENT: Listable = {
  userId: "u-1",
  card: "card-1",
  emailHash: "0123456789abcdef0123456789abcdef",
  emailDomain: "mail.example",
  address: "192.0.2.77",
  country: "DE",
};
const NOTHING: Listable = {
  userId: undefined,
  card: undefined,
  emailHash: undefined,
  emailDomain: undefined,
  address: undefined,
  country: undefined,
};

let made = 0;
function entry(list: ListName, kind: ListKind, value: string, expires_at: string | null = null): ListEntry {
  return { id: `lst_${made++}`, list, kind, value, expires_at };
}

const VALUES: Record<ListKind, string> = {
  customer: "u-1",
  card: "card-1",
  email: "0123456789abcdef0123456789abcdef",
  email_domain: "mail.example",
  ip: "192.0.2.0/24",
  country: "DE",
};
const own = (list: ListName, kind: ListKind, expires_at: string | null = null) =>
  entry(list, kind, VALUES[kind], expires_at);
const ask = (entries: ListEntry[], event: Partial<Listable> = {}, nowMs = NOW_MS) =>
  verdictOf(compileLists(entries), { ...EVENT, ...event }, nowMs);

describe("verdictOf", () => {
  it.each([
    { winner: "customer", loser: "card", because: "a customer may lend no card" },
    { winner: "card", loser: "email", because: "a card is one person's, a mailbox may be shared" },
    { winner: "email", loser: "email_domain", because: "one mailbox is less than all of a provider's" },
    { winner: "email_domain", loser: "ip", because: "a network may be shared by thousands" },
    { winner: "ip", loser: "country", because: "a network is less than its country" },
    { winner: "customer", loser: "country", because: "so a known customer passes from a blocked country" },
  ] as const)("lets $winner decide before $loser: $because", ({ winner, loser }) => {
    for (const [list, other] of [
      ["allow", "block"],
      ["block", "allow"],
    ] as const) {
      const entries = [own(list, winner), own(other, loser)];
      for (const order of [entries, entries.toReversed()]) expect(ask(order)).toMatchObject({ list, kind: winner });
    }
  });

  it.each(["customer", "card", "email", "email_domain", "ip", "country"] as const)(
    "lets the block list decide where both name the same %s",
    (kind) => {
      const entries = [own("allow", kind), own("block", kind), own("allow", kind)];
      expect(ask(entries)?.list).toBe("block");
      expect(ask(entries.toReversed())?.list).toBe("block");
    },
  );

  it.each([
    { ranges: ["block 192.0.0.0/8", "allow 192.0.2.0/24"], list: "allow", because: "the longer prefix decides" },
    { ranges: ["allow 192.0.0.0/8", "block 192.0.2.0/24"], list: "block", because: "the longer prefix decides" },
    { ranges: ["block 192.0.2.0/24", "allow 192.0.2.77/32"], list: "allow", because: "one address is the longest" },
    { ranges: ["block 0.0.0.0/0", "allow 192.0.2.64/26"], list: "allow", because: "of all that is" },
    { ranges: ["allow 192.0.2.0/26", "block 192.0.0.0/8"], list: "block", because: "the narrow one ends before it" },
    {
      ranges: ["allow 192.0.2.76/32", "allow 192.0.2.78/32", "block 192.0.2.0/24"],
      list: "block",
      because: "of neither",
    },
    { ranges: ["block ::/0"], list: null, because: "an IPv4 address is in no range of IPv6" },
    { ranges: ["block 192.0.3.0/24", "block 192.0.1.0/24"], list: null, because: "it lies between them" },
    { ranges: ["block nonsense"], list: null, because: "what is no range counts for nothing" },
  ])("says $list of an address in $ranges: $because", ({ ranges, list }) => {
    const entries = ranges.map((range) => {
      const [name, value = ""] = range.split(" ");
      return entry(name === "allow" ? "allow" : "block", "ip", value);
    });
    expect(ask(entries)?.list ?? null).toBe(list);
    expect(ask(entries.toReversed())?.list ?? null).toBe(list);
  });

  it.each([
    ["::ffff:192.0.2.77", "192.0.2.0/24"],
    ["2001:db8:0:1::7", "2001:db8::/32"],
    ["2001:DB8::FFFF", "2001:db8::/112"],
    ["255.255.255.255", "128.0.0.0/1"],
    ["::", "::/0"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"],
  ])("finds %s in %s", (address, range) => {
    expect(ask([entry("block", "ip", range)], { address })?.kind).toBe("ip");
  });

  it.each([
    { atMs: NOW_MS - 1, list: "allow", because: "it has a millisecond left" },
    { atMs: NOW_MS, list: "block", because: "it has expired, and what it stood before decides" },
  ])("says $list: $because", ({ atMs, list }) => {
    const until = new Date(NOW_MS).toISOString();
    for (const kind of ["customer", "ip"] as const) {
      expect(ask([own("allow", kind, until), own("block", "country")], {}, atMs)?.list).toBe(list);
    }
    for (const inner of ["192.0.2.64/26", "192.0.2.0/26", "192.0.2.192/26", "192.0.2.255/32"]) {
      const nested = [entry("allow", "ip", inner, until), entry("block", "ip", "192.0.2.0/24")];
      expect(ask(nested, { address: inner.split("/")[0] }, atMs)?.list).toBe(list);
    }
  });

  it("goes by the clock whatever the offset in which the end was written", () => {
    const entries = [own("block", "card", "2026-11-21T12:00:00.500+02:00")];
    expect(ask(entries, {}, NOW_MS + 499)?.list).toBe("block");
    expect(ask(entries, {}, NOW_MS + 500)).toBeNull();
  });

  it("lets another entry for the same stand in for one that expired", () => {
    const past = new Date(NOW_MS).toISOString();
    expect(ask([own("block", "card", past), own("allow", "card")])?.list).toBe("allow");
  });

  it("says nothing of an event that names nothing listed, or nothing at all", () => {
    const entries = (Object.keys(VALUES) as ListKind[]).map((kind) => own("block", kind)); // its keys are the kinds
    expect(verdictOf(compileLists(entries), NOTHING, NOW_MS)).toBeNull();
    expect(ask([], {})).toBeNull();
    const others = {
      userId: "u-2",
      card: "",
      emailHash: "x",
      emailDomain: "sub.mail.example",
      address: "",
      country: "FR",
    };
    expect(ask(entries, others)).toBeNull();
    expect(ask(entries, { ...others, userId: "constructor", address: "not an address" })).toBeNull();
  });

  it("tells which entry decided, in words that hold neither e-mail nor network address, as they are kept with the event", () => {
    for (const kind of ["email", "ip"] as const) {
      const found = ask([own("block", kind)]);
      expect(found?.words).toBe(kind === "email" ? "e-mail address" : "network address");
    }
    const listed = own("block", "customer");
    expect(ask([listed])).toEqual({ list: "block", entryId: listed.id, kind: "customer", words: "customer u-1" });
  });

  it("finds the narrowest of many nested ranges, as a look through all of them does", () => {
    const random = seededRandom(7);
    const ranges = Array.from({ length: 300 }, () => {
      const prefix = 8 + Math.floor(random() * 25);
      const address = Math.floor(random() * 2 ** 16) * 2 ** 8 + 10 * 2 ** 24; // within 10.0.0.0/8
      const network = Math.floor(address / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
      return { prefix, network, value: `${dotted(network)}/${prefix}` };
    });
    const listed = ranges.map(({ value }) => entry("block", "ip", value));
    const lists = compileLists(listed);
    for (let asked = 0; asked < 500; asked++) {
      const address = Math.floor(random() * 2 ** 24) + 10 * 2 ** 24;
      const around = ranges.filter(
        ({ prefix, network }) => address >= network && address < network + 2 ** (32 - prefix),
      );
      const longest = Math.max(...around.map(({ prefix }) => prefix));
      const found = verdictOf(lists, { ...NOTHING, address: dotted(address) }, NOW_MS);
      const entryFound = ranges[listed.findIndex(({ id }) => id === found?.entryId)];
      expect(entryFound?.prefix ?? -Infinity).toBe(longest);
    }
  });

  it("answers ten thousand entries in microseconds, so that lists cost an event nothing", () => {
    const entries = Array.from({ length: LIST_ENTRIES_MOST }, (_each, number) => {
      if (number % 3 === 0) return entry("block", "customer", `u-${number}`);
      if (number % 3 === 1) return entry("block", "ip", `${dotted(number * 65_536 + 2 ** 24)}/24`);
      return entry("allow", "ip", `2001:db8:${number.toString(16)}::/48`);
    });
    const lists = compileLists(entries);
    const events = [
      { ...EVENT, address: "10.20.30.40" },
      { ...EVENT, address: "2001:db8:7:1:2:3:4:5" },
    ];
    const startMs = performance.now();
    for (let asked = 0; asked < 20_000; asked++) verdictOf(lists, events[asked % 2] ?? EVENT, NOW_MS);
    // A hundred times what it takes: a look through all entries would take a thousand times as long.
    expect((performance.now() - startMs) / 20_000).toBeLessThan(0.2);
  });
});

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
