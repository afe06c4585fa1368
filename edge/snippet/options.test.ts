import { afterEach, describe, expect, it } from "vitest";
import { readOptions, withoutUnwanted } from "./options.ts";

const KEY = { key: "pk_1" };

describe("readOptions", () => {
  it("has a default for all but the key", () => {
    expect(readOptions(KEY, "https://edge.example/pulse.js")).toMatchObject({
      ...KEY,
      endpoint: "https://edge.example/pulse.js",
      consent: "granted",
      page_views: true,
      data_layer: "dataLayer",
      session_ms: 30 * 60_000,
    });
  });

  it.each([undefined, null, {}, { key: "" }, "pk_1"])("refuses %o, as there is no key", (given) => {
    expect(() => readOptions(given, "https://edge.example")).toThrow("no key");
  });

  describe("on a page that polluted Object.prototype", () => {
    const proto = Object.prototype as Record<string, unknown>;
    afterEach(() => {
      delete proto.endpoint;
      delete proto.cookieless;
    });

    it("takes nothing from there, so that events do not go where an attacker says", () => {
      Object.assign(proto, { endpoint: "https://evil.example", cookieless: true });
      const settings = readOptions({ ...KEY }, "https://edge.example");
      expect([settings.endpoint, settings.cookieless]).toEqual(["https://edge.example", undefined]);
    });
  });
});

describe("withoutUnwanted", () => {
  it("removes each signal that the shop switched off, and no other", () => {
    const settings = readOptions({ ...KEY, signals: { keys: false, screen: false, locale: true } }, "x");
    const fields = { keys: 1, pointer: 2, screen: 3, locale: 4, page: 5 };
    expect(withoutUnwanted(fields, settings)).toEqual({ pointer: 2, locale: 4, page: 5 });
  });
});
