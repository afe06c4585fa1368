/** Every limit of the public surface, in one place. Bytes are of UTF-8; "bytes" of a body are as read. */
export const LIMITS = {
  /** One event as JSON. */
  eventBytes: 32_000,
  /** A request body on the wire. */
  bodyBytes: 500_000,
  /** A request body after decompression, counted while reading. */
  bodyBytesDecompressed: 1_000_000,
  batchEvents: 100,
  /** A WebSocket frame: room for any event within its limit, though each of its letters be escaped. */
  frameCharacters: 100_000,
  jsonDepth: 32,
  items: 200,
  properties: 200,
  propertyNameLength: 100,
  textLength: 500,
  urlLength: 2_000,
  quantity: 1_000_000,
  /** Major units of any currency. */
  money: 9_999_999_999,
  /** A timestamp further ahead than this is refused; a nearer one is set to the time of receipt. */
  futureMs: 24 * 60 * 60 * 1000,
  /** No shop was online before: an earlier time comes of a clock that was never set, or of seconds taken for milliseconds. */
  earliestMs: Date.UTC(1995, 0, 1),
  /** One queue message: below the platform's 128 KB, and two 64 KB units of billing for as much as two messages would hold. */
  messageBytes: 120_000,
  pageSize: 100,
} as const;
