import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface FileLock {
  release(): void;
}

/** Another process, or another part of this one, holds the lock on `path`. */
export class FileLockedError extends Error {
  override name = "FileLockedError";

  constructor(path: string, cause: unknown) {
    super(`${path} is locked: another process is using this folder. Stop it first.`, { cause });
  }
}

/**
 * Take the lock that `path` stands for, or fail at once.
 *
 * The operating system frees it when this process ends in whatever way, so nothing stale is left
 * behind. SQLite takes it because Node has no file locks of its own; the file stays empty.
 *
 * @throws FileLockedError when the lock is held
 */
export function acquireFileLock(path: string): FileLock {
  mkdirSync(dirname(path), { recursive: true });
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
  } catch (cause) {
    file.close();
    throw new FileLockedError(path, cause);
  }
  return { release: () => file.close() };
}
