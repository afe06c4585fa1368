import { describe } from "vitest";
import { browserPath } from "../local/chromium.ts";

export { launchBrowser } from "../local/chromium.ts";

const isOptional = !process.env["CI"];

/** Tests that need a browser: reported as skipped where there is none, failing where `CI` promises one. */
export const describeInBrowser = describe.skipIf(browserPath === undefined && isOptional);
