import { describe, expect, it } from "vitest";
import { EVENT_NAMES } from "../../shared/event-names.ts";
import { createPulse, start } from "./pulse.ts";

describe("createPulse", () => {
  it("does nothing on a server, so that a shop's pages can be rendered there", async () => {
    const pulse = createPulse({ key: "pk_1", endpoint: "https://edge.example" });
    pulse.track("view_item");
    pulse.purchase({ transaction_id: "t-1", value: 1, currency: "EUR", items: [] });
    pulse.page();
    pulse.identify({ user_id: "u1" });
    pulse.consent("granted");
    pulse.debug(true);
    await pulse.flush();
    expect(pulse.status()).toBe(undefined);
  });
});

describe("the methods of the module", () => {
  it("are one for each name of an event, as a typed shop writes them", () => {
    const pulse = createPulse({ key: "pk_1", endpoint: "https://edge.example" });
    for (const name of EVENT_NAMES) expect(pulse[name]).toBeTypeOf("function");
  });
});

describe("start", () => {
  it("never throws into a page that has nothing it needs, and says why when asked to", () => {
    const lines: string[] = [];
    const console = { info: (line: string) => void lines.push(line) };
    const page = { console } as unknown as Window & typeof globalThis; // hostile: nothing else
    const take = start({ key: "pk_1", endpoint: "https://edge.example", debug: true }, page, "", 0);
    expect(take([0, ["track", "view_item"]])).toBe(undefined);
    expect(lines).toEqual([expect.stringContaining("TypeError")]);
  });
});
