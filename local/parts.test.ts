import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { startShop } from "./parts.ts";
import { openReceiver } from "./receiver.ts";
import { readSettings, USUAL_SHOP_PORT } from "./settings.ts";
import { createTeardown } from "./teardown.ts";

/** Starts the shop while its usual port is taken. */
async function startBesideOthers(environment: Record<string, string>) {
  const other = createServer();
  const teardown = createTeardown();
  const receiver = await openReceiver({ secrets: () => [] });
  // Another program may have it already, which is as good.
  await listen(other, USUAL_SHOP_PORT).catch(() => {});
  const gates = { edge: new URL("http://127.0.0.1:1"), aggregator: new URL("http://127.0.0.1:2") };
  const key = "k";
  const keys = { publishable: key, ingest: key, analyst: key, operator: key, admin: key };
  try {
    return await startShop(readSettings(environment, []), { gates, keys, receiver }, teardown);
  } finally {
    await teardown.run();
    await receiver.close();
    if (other.listening) await once(other.close(), "close");
  }
}

describe("startShop", () => {
  it("takes another port where the usual one is taken, as the product goes without the shop's", async () => {
    const { url } = await startBesideOthers({});
    expect(Number(url.port)).not.toBe(USUAL_SHOP_PORT);
  });

  it("takes no other port than the one that was asked for, and names its variable", async () => {
    await expect(startBesideOthers({ SHOP_PORT: String(USUAL_SHOP_PORT) })).rejects.toThrow(/8789 is taken.*SHOP_PORT/);
  });
});
