import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { acquireFileLock, FileLockedError, type FileLock } from "./file-lock.ts";

/** Everything here holds keys or customers' data, so only its owner may look inside. */
const OWNER_ONLY = 0o700;

/** Lines that may be wanted when a start fails. */
const LINES_KEPT = 12;

/** From here on a new file is begun. */
const FILE_BYTES_MAX = 20_000_000;

/**
 * Make the data folder where it is missing, and hold it: one process uses it at a time.
 *
 * @throws Error, for the user, when another process holds it or it cannot be made
 */
export function takeDataFolder(dataDir: string): FileLock {
  try {
    mkdirSync(dataDir, { recursive: true, mode: OWNER_ONLY });
  } catch (cause) {
    throw new Error(`DATA_DIR ${dataDir} cannot be made: ${cause instanceof Error ? cause.message : "unknown"}`, {
      cause,
    });
  }
  try {
    return acquireFileLock(join(dataDir, "start.lock"));
  } catch (cause) {
    if (!(cause instanceof FileLockedError)) throw cause;
    const remedy = "Stop it first, or set DATA_DIR to another folder.";
    throw new Error(`The data folder ${dataDir} is used by another npm start. ${remedy}`, { cause });
  }
}

export interface WorkersLog {
  path: string;
  write(line: string): void;
  /** The last lines, oldest first. */
  last(): string[];
  close(): Promise<void>;
}

/** A new file for what the Workers say, whenever the one before has 20 MB as well; the one before is kept as `workers.log.1`. */
export function openWorkersLog(dataDir: string): WorkersLog {
  const path = join(dataDir, "workers.log");
  const last: string[] = [];
  let bytes = 0;
  let file = newFile(path);
  return {
    path,
    write(line) {
      last.push(line);
      if (last.length > LINES_KEPT) last.shift();
      if (bytes > FILE_BYTES_MAX) {
        file.end();
        file = newFile(path);
        bytes = 0;
      }
      const entry = `${new Date().toISOString()} ${line}\n`;
      bytes += Buffer.byteLength(entry);
      file.write(entry);
    },
    last: () => [...last],
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
}

function newFile(path: string): WriteStream {
  if (existsSync(path)) renameSync(path, `${path}.1`);
  // Opened at once: a stream that opens later could open the file that has taken its name.
  const file = createWriteStream(path, { fd: openSync(path, "w", 0o600) });
  // A disk that is full costs the log, and nothing else.
  file.on("error", () => {});
  return file;
}
