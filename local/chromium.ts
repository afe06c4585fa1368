import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** Where Chromium or Chrome is, most telling first. */
const PLACES = [
  process.env["BROWSER_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  chromium.executablePath(),
];

/** The browser found on this machine, for tests, benchmarks and pictures. */
export const browserPath = PLACES.find((path) => path !== undefined && existsSync(path));

/** @throws Error when there is no browser */
export async function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) {
    throw new Error("No Chromium or Chrome was found: install one, or name it in BROWSER_PATH.");
  }
  return chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    // What shops' visitors have, and playwright switches off.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}
