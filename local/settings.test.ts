import { describe, expect, it } from "vitest";
import { BadSettings, readSettings } from "./settings.ts";

describe("readSettings", () => {
  it("needs nothing: the ports of the contract, .data, the embedded Postgres, and the demo", () => {
    expect(readSettings({}, [])).toEqual({
      edgePort: 8787,
      aggregatorPort: 8788,
      shopPort: undefined,
      dataDir: ".data",
      databaseUrl: undefined,
      mode: "demo",
    });
  });

  it("takes every setting from the environment, and an empty one as not set", () => {
    const environment = {
      EDGE_PORT: "1",
      AGGREGATOR_PORT: "65535",
      SHOP_PORT: "2",
      DATA_DIR: "/tmp/x",
      DATABASE_URL: "postgres://u:p@h/n",
    };
    expect(readSettings(environment, ["--no-demo"])).toEqual({
      edgePort: 1,
      aggregatorPort: 65_535,
      shopPort: 2,
      dataDir: "/tmp/x",
      databaseUrl: "postgres://u:p@h/n",
      mode: "no-demo",
    });
    expect(readSettings({ EDGE_PORT: "", SHOP_PORT: "", DATABASE_URL: "", DATA_DIR: "" }, [])).toEqual(
      readSettings({}, []),
    );
  });

  it.each([
    { environment: { EDGE_PORT: "0" }, args: [], says: "EDGE_PORT" },
    { environment: { EDGE_PORT: "65536" }, args: [], says: "EDGE_PORT" },
    { environment: { AGGREGATOR_PORT: "80a" }, args: [], says: "AGGREGATOR_PORT" },
    { environment: { SHOP_PORT: "shop" }, args: [], says: "SHOP_PORT" },
    { environment: { EDGE_PORT: "8788" }, args: [], says: "both 8788" },
    { environment: { SHOP_PORT: "8787" }, args: [], says: "EDGE_PORT and SHOP_PORT are both 8787" },
    { environment: { SHOP_PORT: "8788" }, args: [], says: "AGGREGATOR_PORT and SHOP_PORT are both 8788" },
    { environment: { DATABASE_URL: "mysql://u:geheim@h/n" }, args: [], says: "DATABASE_URL" },
    { environment: {}, args: ["--demo"], says: "--no-demo" },
    { environment: {}, args: ["--no-demo", "--demo-only"], says: "At most one" },
  ])("refuses $environment $args and names what to change", ({ environment, args, says }) => {
    expect(() => readSettings(environment, args)).toThrow(BadSettings);
    expect(() => readSettings(environment, args)).toThrow(says);
  });

  it("does not repeat a refused DATABASE_URL, as it may hold a password", () => {
    expect(() => readSettings({ DATABASE_URL: "mysql://u:geheim@h/n" }, [])).toThrow(/^(?!.*geheim)/);
  });
});
