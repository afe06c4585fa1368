import { beforeEach, describe, expect, it } from "vitest";
import { cut, openTerminal, printable } from "./terminal.ts";

let written: string;
let nowMs: number;
beforeEach(() => {
  written = "";
  nowMs = 0;
});
const output = (isTTY: boolean, columns?: number) => ({
  isTTY,
  ...(columns === undefined ? {} : { columns }),
  write: (text: string) => (written += text),
});
const open = (isTTY: boolean, environment = {}, columns = 80) =>
  openTerminal(output(isTTY, columns), environment, () => nowMs);

describe("openTerminal", () => {
  it("keeps the progress below the lines that come meanwhile", () => {
    const terminal = open(true);
    terminal.progress("1 of 2");
    terminal.line("an alert");
    expect(written).toBe("\r\u001B[2K1 of 2\r\u001B[2Kan alert\n1 of 2");
    terminal.endProgress();
    terminal.line("done");
    expect(written.endsWith("\r\u001B[2Kdone\n")).toBe(true);
  });

  it("cuts the progress to one line, as a wrapped one could not be redrawn", () => {
    open(true, {}, 10).progress("0123456789");
    expect(written).toBe("\r\u001B[2K01234567…");
  });

  it("tells the progress in plain lines, 5 s apart at least, where nothing can be redrawn", () => {
    const terminal = open(false);
    for (nowMs = 0; nowMs <= 12_000; nowMs += 500) terminal.progress(`${nowMs} ms`);
    expect(written).toBe("5000 ms\n10000 ms\n");
  });

  it.each([
    { isTTY: true, environment: {}, text: "\u001B[31mred\u001B[0m", because: "a terminal shows colours" },
    { isTTY: true, environment: { NO_COLOR: "1" }, text: "red", because: "NO_COLOR is set" },
    { isTTY: true, environment: { TERM: "dumb" }, text: "red", because: "the terminal is a dumb one" },
    { isTTY: false, environment: {}, text: "red", because: "a file does not show colours" },
  ])("paints to $text when $because", ({ isTTY, environment, text }) => {
    expect(open(isTTY, environment).paint("red", "red")).toBe(text);
  });

  it("has a width on a terminal alone, so that nothing is cut in a file", () => {
    expect(open(true, {}, 132).columns()).toBe(132);
    expect(openTerminal(output(true), {}).columns()).toBe(80);
    expect(open(false).columns()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("cut", () => {
  it.each([
    { text: "abc", width: 3, cutText: "abc" },
    { text: "abcd", width: 3, cutText: "ab…" },
    { text: "abc", width: 1, cutText: "…" },
    { text: "abc", width: Number.POSITIVE_INFINITY, cutText: "abc" },
  ])("makes $cutText of $text in $width columns", ({ text, width, cutText }) => {
    expect(cut(text, width)).toBe(cutText);
  });
});

describe("printable", () => {
  it("takes out what steers a terminal, as an alert may quote what anybody sent", () => {
    expect(printable("a\u001B[2Jb\r\nc\u202Ed\u2028e")).toBe("a [2Jb c d e");
    expect(printable("14× – größer")).toBe("14× – größer");
  });
});
