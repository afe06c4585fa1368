import type { Db } from "../aggregator/store/db.ts";
import { testApp } from "../aggregator/test-app.ts";
import { describeDocument } from "./openapi-checks.ts";

const noDatabase = {} as Db; // a document is made without one

describeDocument("aggregator", async (path) => (await testApp(noDatabase)).request(path, {}));
