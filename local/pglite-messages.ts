/** What pglite.ts and pglite-thread.ts say to each other, other than bytes. */
export const READY = "ready";
export const CLOSE = "close";
export const CONNECTED = "connected";
