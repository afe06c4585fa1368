import * as z from "zod";

/** What the edge adds to an event from the connection and the user agent. Every field is optional: absence is ordinary. */
export const Signals = z.strictObject({
  country: z.string().optional().meta({ description: "ISO 3166-1 alpha-2." }),
  region: z.string().optional(),
  city: z.string().optional(),
  timezone: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  asn: z.number().int().optional(),
  as_organization: z.string().optional(),
  colo: z.string().optional().meta({ description: "Cloudflare location that answered." }),
  tls_class: z
    .string()
    .optional()
    .meta({ description: "Short hash of the TLS client's ciphers, hello length and HTTP version." }),
  ip_hash: z.string().optional().meta({ description: "Keyed hash of the address's /24 (IPv4) or /64 (IPv6)." }),
  browser: z.string().optional(),
  os: z.string().optional(),
  device_class: z.enum(["desktop", "mobile", "tablet", "tv", "bot", "other"]).optional(),
  bot: z.boolean().optional(),
  email_digits: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: "Share of digits in the name before the @ of the event's e-mail address." }),
});
export type Signals = z.infer<typeof Signals>;
