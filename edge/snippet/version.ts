/** Filled in by the build. */
export const VERSION = "unbuilt";
