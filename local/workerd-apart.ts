import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import * as z from "zod";

const SCRIPT = "workerd-apart.sh";
const WorkerdPackage = z.object({ default: z.string() });

/**
 * Have Miniflare start the Workers runtime such that only Miniflare ends it.
 *
 * Ctrl-C reaches every process of the terminal, and `kill` may name a whole group. The runtime
 * would die of it, and with it the queue, which it holds in memory, while this process is still
 * draining it. So it ignores what it can and is in a session of its own, where there is `setsid`
 * (not on macOS, where SIGTERM to the group still ends it). Windows has no such signals.
 *
 * As nothing would then end it after a SIGKILL of this process, a watchdog does.
 *
 * @param folder where the script is written that starts it so
 */
export async function setWorkerdApart(folder: string): Promise<void> {
  const chosen = process.env["MINIFLARE_WORKERD_PATH"];
  const isChosenByUser = chosen !== undefined && basename(chosen) !== SCRIPT;
  if (process.platform === "win32" || isChosenByUser) return;

  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const workerd = WorkerdPackage.parse(fromMiniflare("workerd")).default;
  const path = resolve(join(folder, SCRIPT));
  await mkdir(folder, { recursive: true });
  await writeFile(path, scriptFor(workerd), { mode: 0o755 });
  process.env["MINIFLARE_WORKERD_PATH"] = path;
}

/** `$PPID` is Miniflare's process, and `$$` the runtime's, as `exec` keeps it. */
function scriptFor(workerd: string): string {
  const quoted = `'${workerd.replaceAll("'", String.raw`'\''`)}'`;
  return `#!/bin/sh
trap '' INT TERM HUP
(
  while kill -0 "$PPID" && kill -0 "$$"; do sleep 1; done
  kill -0 "$PPID" || kill -KILL "$$"
) </dev/null >/dev/null 2>&1 3>&- &
command -v setsid >/dev/null && exec setsid ${quoted} "$@"
exec ${quoted} "$@"
`;
}

/**
 * Call `construct` and take back the listeners for signals it adds.
 *
 * Miniflare's end the process on the spot, before anything could be drained. Its listener for the
 * end of the process stays, so that the runtime never outlives it.
 */
export function withoutSignalListeners<T>(construct: () => T): T {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  const constructed = construct();
  for (const signal of signals) {
    const added = process.listeners(signal).filter((each) => !before.get(signal)?.includes(each));
    for (const listener of added) process.off(signal, listener);
  }
  return constructed;
}
