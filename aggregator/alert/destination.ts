import { LIMITS } from "../../shared/limits.ts";
import { isAddress, isLoopback, isPublicAddress } from "./address.ts";

const PORTS = new Set(["", "443", "8443"]);

/**
 * Last labels that public DNS does not have (RFC 2606, 6761, 6762, 7686, 8375, 9476; ICANN's `internal`) or that private networks
 * use as if it had not. `example` is not among them: nothing resolves it, privately neither, and documentation needs a name.
 */
const PRIVATE_SUFFIXES = [
  "localhost",
  "localdomain",
  "local",
  "lan",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "arpa",
  "test",
  "invalid",
  "onion",
  "alt",
];

/** Names under which a cloud answers with a machine's credentials, where the name alone does not already give it away. */
const METADATA_HOSTS = [
  "metadata.tencentyun.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "api.metadata.cloud.ibm.com",
];

/** Public names that resolve to whatever address is written in them, or to loopback. */
const ADDRESS_NAMES = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me", "vcap.me"];

/** Hosts of Workers: a webhook must not call this product or its neighbours. */
const WORKER_HOSTS = ["workers.dev"];

interface DestinationRules {
  /** Whether plain http to this machine is allowed: for local development. */
  allowLocal: boolean;
  /** Host names this product itself answers on, in lower case. */
  ownHosts?: readonly string[];
}

/**
 * Why a webhook may not be sent to a URL, or null when it may.
 *
 * Judged by what the URL parser makes of it, so that no other spelling of a host passes. A name may still resolve to a private
 * address: in production the platform's own proxy refuses those.
 */
export function checkDestination(url: string, { allowLocal, ownHosts = [] }: DestinationRules): string | null {
  if (url.length > LIMITS.urlLength) return `must have at most ${LIMITS.urlLength} characters`;
  if (!URL.canParse(url)) return "must be an absolute URL";
  const { protocol, hostname, port, username, password } = new URL(url);
  if (username !== "" || password !== "") return "must not hold credentials";
  if (allowLocal && protocol === "http:" && isLoopback(hostname)) return null;
  if (protocol !== "https:") return allowLocal ? "must be https, or http to this machine" : "must be https";
  if (!PORTS.has(port)) return "must be on port 443 or 8443";
  return isAddress(hostname) ? checkAddress(hostname) : checkName(hostname, ownHosts);
}

function checkAddress(address: string): string | null {
  return isPublicAddress(address) ? null : "must be on a public host, not at a private or reserved address";
}

function checkName(name: string, ownHosts: readonly string[]): string | null {
  if (name.endsWith(".")) return "must be on a host whose name does not end in a dot";
  if (!/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+$/.test(name) || name.length > 253) {
    return "must be on a public host, with a full domain name";
  }
  if (PRIVATE_SUFFIXES.some((suffix) => isUnder(name, suffix)))
    return "must be on a public host, not under a private or reserved domain";
  if ([...METADATA_HOSTS, ...ADDRESS_NAMES].some((host) => isUnder(name, host))) {
    return "must be on a public host, not under a name that leads to a private address";
  }
  if (ownHosts.includes(name) || WORKER_HOSTS.some((host) => isUnder(name, host)))
    return "must not be on this product's own host or under workers.dev";
  return null;
}

function isUnder(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
