import type { Signals } from "./signals.ts";

/**
 * Networks of companies that rent out servers, by their numbers: programs run there, and whoever rents a way out so as to seem somewhere
 * else. Those through which people's own devices go out by default (private relays, the gateways of companies) are not among them.
 */
const HOSTING_ASNS: ReadonlySet<number> = new Set([
  14618,
  16509, // Amazon
  396982, // Google Cloud, which customers rent; 15169 is Google's own
  8075, // Microsoft
  31898, // Oracle
  37963,
  45102, // Alibaba
  132203, // Tencent
  14061, // DigitalOcean
  16276, // OVH
  24940,
  213230, // Hetzner
  63949, // Linode
  20473, // Vultr
  12876, // Scaleway
  51167, // Contabo
  60781,
  28753,
  30633, // Leaseweb
  9009, // M247
  60068,
  212238, // Datacamp
  62240, // Clouvider
  53667, // FranTech
  36352, // ColoCrossing
  46606, // Unified Layer
  8560, // IONOS
]);

/** How such companies call themselves. Providers of access are called anything but this. */
const HOSTING_WORDS = /\b(hosting|hoster|vps|dedicated servers?|data ?cent(er|re)s?|colocation|colo)\b/i;

/** Whether an event came through the network of a company that rents out servers. */
export function isHosted({ asn, as_organization: owner }: Pick<Signals, "asn" | "as_organization">): boolean {
  return (asn !== undefined && HOSTING_ASNS.has(asn)) || (owner !== undefined && HOSTING_WORDS.test(owner));
}
