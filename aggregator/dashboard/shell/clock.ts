import { useEffect, useState } from "react";
import { storedChoice } from "./stored.ts";

/** Which clock times are shown by: where the reader is, or UTC, which figures are counted by. */
export const clock = storedChoice("pulseecom-clock", ["local", "utc"]);

export function timeZone(chosen: "local" | "utc"): string {
  return chosen === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Now, kept up to date every so often. */
export function useNow(everyMs: number): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
