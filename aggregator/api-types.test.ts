import { expect, it } from "vitest";
import { apiTypes, type Paths } from "./api-types.ts";
import type { Db } from "./store/db.ts";
import { testApp } from "./test-app.ts";

it("what the dashboard takes for the API's types is what the routes declare", async () => {
  const noDatabase = {} as Db; // a document is made without one
  const { document } = await testApp(noDatabase);
  const paths = document.paths as Paths; // by openapi.ts
  await expect(apiTypes(paths)).toMatchFileSnapshot("dashboard/api/paths.ts");
});
