/** A call outward that took too long. The call itself goes on; only nobody waits for it any more. */
export class DeadlinePassed extends Error {
  override name = "DeadlinePassed";
}

/**
 * The outcome of a call outward, waited for no longer than the deadline.
 *
 * @param what named in the error, such as "the spool"
 * @throws DeadlinePassed when the call has not settled in time, or whatever the call throws
 */
export async function withDeadline<T>(call: Promise<T>, deadlineMs: number, what = "the call"): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    const refuse = () => reject(new DeadlinePassed(`${what} gave no answer within ${deadlineMs} ms`));
    // oxlint-disable-next-line no-restricted-globals -- both Workers wait with it; nothing is computed from the time
    const timer = setTimeout(refuse, deadlineMs);
    cancel = () => clearTimeout(timer);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    cancel();
  }
}
