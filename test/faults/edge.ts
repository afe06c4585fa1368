import type { Account } from "../../edge/account.ts";
import type { Once } from "../../edge/idempotency/once.ts";
import type { Stores } from "../../edge/profiles/know.ts";
import type { WrittenMessage } from "../../edge/publish.ts";
import type { Sql } from "../../edge/sql.ts";
import type { RememberingAuthenticator } from "../../shared/authenticator.ts";

interface Scorer {
  score(rows: Float32Array, acts: readonly unknown[]): Promise<object>;
}

/** What a fault can be put into; the rest of the edge is as its own tests build it. */
interface EdgeServices {
  authenticate: RememberingAuthenticator;
  account: Account;
  once: Once;
  stores: Stores;
  scorer: Scorer;
  send(message: WrittenMessage): Promise<unknown>;
  nowMs(): number;
  newRequestId(): string;
}

interface TestEdge {
  edge(changes: Partial<EdgeServices>): {
    post(path: string, body: unknown, headers: Record<string, string>): Promise<Response>;
  };
  memoryStores(changes: Partial<Stores>): Stores;
  constantScorer(): Scorer;
}

/** Named by a variable, as these files are written in the types of a Worker, which those of Node here would contradict. */
const files = { edge: "../../edge/test-edge.ts", sqlite: "../../edge/test-sqlite.ts" };

export const { edge, memoryStores, constantScorer } = (await import(files.edge)) as TestEdge; // what it exports, in part
export const { openSqlite } = (await import(files.sqlite)) as { openSqlite(): Sql }; // what it exports
