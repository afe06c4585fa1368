/** FNV-1a over UTF-16 code units: 32 bits, unsigned. For spreading and classing, not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * 53 bits, the most a number holds exactly: two multiplicative hashes over UTF-16 code units, each stirred at the end. Of a million
 * texts two are alike with a chance of 1 in 18,000. For keys of tables that check the text itself, not for secrets.
 */
export function hashText53(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  low = stirred(low, high);
  high = stirred(high, low);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** So that every bit of a hash depends on all of the text. */
function stirred(hash: number, other: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  return first ^ (first >>> 15);
}
