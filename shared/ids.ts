/** Crockford's base 32, in lower case: digits in the order of their values, none that is easily misread. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** Random bytes `newId` needs: 80 bits, so that ids made within one millisecond do not meet. */
export const ID_RANDOM_BYTES = 10;

/**
 * An id whose text sorts by the millisecond it was made in: `msg_01hzy3k9q0` (time) and 16 digits of chance.
 *
 * @param nowMs milliseconds since 1970, 0 ≤ nowMs < 2^48
 * @param random at least `ID_RANDOM_BYTES` bytes that cannot be guessed; more are not looked at
 * @throws RangeError when either is outside
 */
export function newId(prefix: string, nowMs: number, random: Uint8Array): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) throw new RangeError("nowMs is not a time");
  if (random.length < ID_RANDOM_BYTES) throw new RangeError(`an id needs ${ID_RANDOM_BYTES} random bytes`);
  return `${prefix}_${timeDigits(nowMs)}${randomDigits(random)}`;
}

function timeDigits(nowMs: number): string {
  let text = "";
  for (let rest = nowMs, i = 0; i < TIME_DIGITS; i++) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomDigits(random: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (let at = 0; text.length < RANDOM_DIGITS;) {
    if (bits < 5) {
      held = ((held << 8) | (random[at++] ?? 0)) & 0xfff; // at most 4 bits were left over
      bits += 8;
    }
    bits -= 5;
    text += DIGITS.charAt((held >> bits) & 31);
  }
  return text;
}
