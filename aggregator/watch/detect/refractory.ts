/**
 * Holds back what follows a score that was high: one episode is told once. The lock is let go evenly.
 *
 * @param lock of the step before, 0 to 1
 * @param score at least 0
 * @param rest what is told and locks: from which score on, and how many steps the lock takes to be let go
 */
export function stepRefractory(
  lock: number,
  score: number,
  { locksAt, steps }: { locksAt: number; steps: number },
): { lock: number; score: number } {
  const left = Math.max(0, lock - 1 / steps);
  const told = score * (1 - left);
  return { lock: told >= locksAt ? 1 : left, score: told };
}
