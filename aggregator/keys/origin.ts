/** Hosts that mean the developer's own machine, as a URL spells them. */
const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);
const LOCAL_ON_ANY_PORT = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]):\*$/;

const HOST_LENGTH = 253;
/** Labels of letters, digits, hyphens and the underscore that some hosts have; a URL's parser would also take `*` and more. */
const HOST_NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;

const FORM =
  "must be written as browsers send it, scheme://host or scheme://host:port: lower case, an international name as xn--, " +
  "no path, no slash at the end, no default port";

/**
 * Why a text cannot be an origin that a publishable key is bound to, or null when it can: `https://shop.example`, or
 * `http://localhost:*` for any port of the own machine.
 *
 * Origins are later compared as text, so only the one spelling that browsers send is taken: any other would never match.
 */
export function originFault(text: string): string | null {
  if (LOCAL_ON_ANY_PORT.test(text)) return null;
  if (!URL.canParse(text)) return FORM;
  const { protocol, hostname, origin } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return FORM;
  if (protocol === "http:" && !LOCAL_HOSTS.has(hostname)) {
    return "must be https: plain http is only for localhost, 127.0.0.1 and [::1]";
  }
  if (origin !== text) return FORM;
  if (hostname.startsWith("[")) return null;
  if (hostname.length > HOST_LENGTH || !HOST_NAME.test(hostname)) {
    return "must name one host: wildcards are not taken, list every origin";
  }
  return null;
}
