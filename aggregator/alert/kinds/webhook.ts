import { signatureHeaders } from "../sign.ts";
import type { Kind } from "./kind.ts";

/** The shop's own endpoint: the body the contract names, signed by Standard Webhooks. Any 2xx takes it, 410 wants no more. */
export const webhook: Kind = {
  posting({ deliveryId, secrets, alert }, atMs) {
    const { type, createdAtMs, data } = alert;
    const body = JSON.stringify({ type, timestamp: new Date(createdAtMs).toISOString(), data });
    return { headers: signatureHeaders({ id: deliveryId, timestampMs: atMs, body, secrets }), body };
  },

  verdict(status) {
    if (status >= 200 && status < 300) return "taken";
    return status === 410 ? "gone" : "refused";
  },

  checkUrl: () => null,
};
