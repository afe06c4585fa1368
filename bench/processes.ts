import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The kernel counts a process's time in these, whatever the machine: USER_HZ. */
const TICKS_PER_SECOND = 100;
/** Where the time is in /proc/PID/stat, counted from behind the name of the process: user and system. */
const TIME_FIELDS = [11, 12];

/** What it tells of time is of the processor where the kernel keeps books of it, else of the clock. */
export const TIME_OF = existsSync("/proc/self/stat") ? "CPU" : "wall";

/** The processes of the Workers' runtime that this process started. None where there is no /proc. */
export function workerdPids(): number[] {
  return pidsOf((status) => /^Name:\s+workerd/m.test(status) && status.includes(`PPid:\t${process.pid}\n`));
}

/** Whether a process is one of a Postgres server on this machine: a server tells of its own, wherever it is. */
export function isPostgres(pid: number): boolean {
  return read(`/proc/${pid}/comm`).startsWith("postgres");
}

/** What processes have used of the processor so far, of all their threads, ms; the clock's time where there is no /proc. */
export function processorMs(pids: readonly number[]): number {
  if (TIME_OF === "wall") return performance.now();
  return pids.reduce((sum, pid) => {
    const text = read(`/proc/${pid}/stat`);
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = TIME_FIELDS.reduce((total, field) => total + Number(fields[field] ?? 0), 0);
    return sum + (ticks * 1000) / TICKS_PER_SECOND;
  }, 0);
}

/** What the runtime holds in memory, which the heap does not tell: ONNX Runtime's is beside it. */
export function residentBytes(): number {
  return workerdPids().reduce((sum, pid) => {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`)) ?? [];
    return sum + Number(kilobytes) * 1024;
  }, 0);
}

function pidsOf(isWanted: (status: string) => boolean): number[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").flatMap((pid) =>
    /^\d+$/.test(pid) && isWanted(read(`/proc/${pid}/status`)) ? [Number(pid)] : [],
  );
}

/** Empty of a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
