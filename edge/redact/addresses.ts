import { beginning, PERCENT } from "./escapes.ts";

export const ADDRESS_MASK = "[ip]";

/** What is shorter, such as `::1`, is nobody's. */
export const SHORTEST_ADDRESS = "1.2.3.4".length;

const COLON = `(?::|${PERCENT}3A)`;
const OCTET = "(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)";
/** `Chrome/` before `120.0.0.0`, but not a part of a path. */
const PRODUCT = "(?:^|[^\\w./+-])[\\w.+-]+\\/";
const VERSION_NAME = /version|build|user_?agent/i;

const IPV4 = new RegExp(
  `${beginning("\\d", "[\\w.]|[a-z]-")}(?<!${PRODUCT})${OCTET}(?:\\.${OCTET}){3}(?!\\w|\\.\\d|-[a-z])`,
  "gi",
);
const IPV6 = new RegExp(
  `${beginning(`[0-9a-f]{0,4}${COLON}`, "[\\w:.]")}(?:[0-9a-f]{0,4}${COLON}){2,8}[0-9a-f]{0,4}(?![\\w:])`,
  "gi",
);
const COLONS = new RegExp(COLON, "gi");

/** What a text with an address in it contains; four numbers may also be joined by dashes. */
export const ADDRESS_HINT = `(?<!\\d)\\d{1,3}(?:[.-]\\d{1,3}){3}|${COLON}[0-9a-f]{0,4}${COLON}`;

/** Whether four numbers are a version in a field of that name. */
export function namesVersion(name: string): boolean {
  return VERSION_NAME.test(name);
}

/** @param mayBeVersion whether four numbers are a version where the text is from */
export function withoutAddresses(text: string, mayBeVersion: boolean): string {
  // IPv4 first: it may be the end of an IPv6 address.
  const rest = mayBeVersion ? text : text.replace(IPV4, ADDRESS_MASK);
  return rest.replace(IPV6, (candidate) => (isIpv6(candidate) ? ADDRESS_MASK : candidate));
}

/** @param candidate one to four hexadecimal digits or none between two to eight colons */
function isIpv6(candidate: string): boolean {
  const address = candidate.replace(COLONS, ":");
  if (address.length < SHORTEST_ADDRESS || !/\d/.test(address)) return false;
  return address.includes("::") || address.split(":").length === 8;
}
