import { describe, expect, it } from "vitest";
import { createVoice } from "./voice.ts";

describe("createVoice", () => {
  it("speaks only when asked to, and remembers the last failure all the time", () => {
    const lines: string[] = [];
    const voice = createVoice({ info: (line: string) => void lines.push(line) });
    voice.fail("first");
    voice.speak(true);
    voice.say("second");
    voice.speak(false);
    voice.say("third");
    expect([lines, voice.lastError()]).toEqual([["[pulse] second"], "first"]);
  });

  it("keeps from the page what is thrown, a console's own errors too", () => {
    const broken = () => {
      throw new Error("no");
    };
    const voice = createVoice({ info: broken });
    voice.speak(true);
    expect(voice.guard(broken)()).toBe(undefined);
    expect(voice.lastError()).toBe("Error: no");
    expect(voice.guard((a: number, b: number) => a + b)(1, 2)).toBe(3);
  });
});
