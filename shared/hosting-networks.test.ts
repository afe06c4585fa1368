import { describe, expect, it } from "vitest";
import { isHosted } from "./hosting-networks.ts";

describe("isHosted", () => {
  it.each([
    { asn: 24940, as_organization: "Hetzner Online GmbH", hosted: true, because: "its number is known" },
    { asn: 64_500, as_organization: "Example Hosting", hosted: true, because: "its name says so" },
    { as_organization: "Some VPS Ltd", hosted: true, because: "its name says so, without a number" },
    { asn: 3320, as_organization: "Deutsche Telekom AG", hosted: false, because: "people have their telephone there" },
    { asn: 13335, as_organization: "Cloudflare, Inc.", hosted: false, because: "private relays go out there" },
    { as_organization: "Colombo Telecom", hosted: false, because: "a word that only begins alike says nothing" },
    { hosted: false, because: "nothing is known" },
  ])("says $hosted when $because", ({ hosted, because: _because, ...signals }) => {
    expect(isHosted(signals)).toBe(hosted);
  });
});
