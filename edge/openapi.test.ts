import { describeDocument } from "../test/openapi-checks.ts";
import { edge } from "./test-edge.ts";

describeDocument("edge", async (path) => edge().app.request(path));
