import { beforeEach, describe, expect, it } from "vitest";
import { showSteps } from "./steps.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

let written: string;
let terminal: Terminal;
let stopping: AbortController;
beforeEach(() => {
  written = "";
  terminal = openTerminal({ write: (text) => (written += text) }, {});
  stopping = new AbortController();
});

describe("showSteps", () => {
  it("shows each step by what came of it, and gives that on", async () => {
    const step = showSteps(terminal, stopping.signal);
    expect(
      await step(
        "Ports",
        async () => 8787,
        (port) => `${port} is open`,
      ),
    ).toBe(8787);
    expect(written).toBe("  ✓ Ports     8787 is open\n");
  });

  it("shows nothing of a step that failed but its error", async () => {
    const step = showSteps(terminal, stopping.signal);
    await expect(step("Ports", () => Promise.reject(new Error("taken")), String)).rejects.toThrow("taken");
    expect(written).toBe("");
  });

  it("begins no further step once it is stopped, also when that comes during one", async () => {
    const step = showSteps(terminal, stopping.signal);
    const during = step("Bundles", async () => stopping.abort(new Error("stopped")), String);
    await expect(during).rejects.toThrow("stopped");
    let began = false;
    await expect(step("Workers", async () => (began = true), String)).rejects.toThrow("stopped");
    expect(began).toBe(false);
  });
});
