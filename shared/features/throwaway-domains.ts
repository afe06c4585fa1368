/** Well-known domains that hand out mailboxes for minutes; there are always new ones, so this is a hint and never proof. */
const DOMAINS: ReadonlySet<string> = new Set([
  "10minutemail.com",
  "dispostable.com",
  "emailondeck.com",
  "fakeinbox.com",
  "getnada.com",
  "grr.la",
  "guerrillamail.com",
  "guerrillamail.net",
  "mail-temp.com",
  "mailcatch.com",
  "maildrop.cc",
  "mailinator.com",
  "mailnesia.com",
  "mintemail.com",
  "mohmal.com",
  "moakt.com",
  "sharklasers.com",
  "spam4.me",
  "spamgourmet.com",
  "temp-mail.org",
  "tempail.com",
  "tempmail.com",
  "tempr.email",
  "throwawaymail.com",
  "trashmail.com",
  "trashmail.de",
  "yopmail.com",
  "yopmail.net",
]);

export function isThrowawayDomain(domain: string): boolean {
  return DOMAINS.has(domain) || DOMAINS.has(domain.slice(domain.indexOf(".") + 1));
}
