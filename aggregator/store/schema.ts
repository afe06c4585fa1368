// The tables as migrations/ makes them; schema.test.ts holds the two equal. What each is for is said there.
// jsonb columns have the type their one writer parsed before writing.
export * from "./schema/events.ts";
export * from "./schema/rollups.ts";
export * from "./schema/anomalies.ts";
export * from "./schema/alerts.ts";
export * from "./schema/accounts.ts";
export * from "./schema/settings.ts";
export * from "./schema/models.ts";
export * from "./schema/watch.ts";
export * from "./schema/days.ts";
