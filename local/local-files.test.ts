import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localFileIn, openSecrets, readSavedKeys, writeLocalFile, writeSecrets } from "./local-files.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "local-files-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const key = (kind: "pk" | "sk") => `${kind}_${"a".repeat(16)}_${"B".repeat(32)}`;
const file = {
  edge: "http://127.0.0.1:8787",
  aggregator: "http://127.0.0.1:8788",
  keys: { publishable: key("pk"), ingest: key("sk"), analyst: key("sk"), operator: key("sk"), admin: key("sk") },
  webhook_receiver: "http://127.0.0.1:9999",
  shop: "http://127.0.0.1:8789",
};
const modeOf = (name: string) => statSync(join(dataDir, name)).mode & 0o777;

describe("local.json", () => {
  it("gives its keys back to the next start", () => {
    writeLocalFile(dataDir, file);
    expect(readSavedKeys(dataDir)).toEqual(file.keys);
  });

  it("gives back the keys of a version that wrote other addresses, so that an update keeps them", () => {
    const { shop, ...before } = file;
    writeFileSync(localFileIn(dataDir), JSON.stringify({ ...before, another: shop }));
    expect(readSavedKeys(dataDir)).toEqual(file.keys);
  });

  it("is for its owner's eyes only, even where it was not before", () => {
    writeFileSync(localFileIn(dataDir), "{}", { mode: 0o644 });
    writeLocalFile(dataDir, file);
    expect(modeOf("local.json")).toBe(0o600);
  });

  it.each(["", "{}", "{", '{"keys":{"ingest":"sk_1"}}'])(
    "gives no keys when it holds %j, as they can be made anew",
    (text) => {
      expect(readSavedKeys(dataDir)).toBeNull();
      writeFileSync(localFileIn(dataDir), text);
      expect(readSavedKeys(dataDir)).toBeNull();
    },
  );
});

describe("openSecrets", () => {
  it("makes secrets once, for their owner's eyes only, and then keeps them", () => {
    const made = openSecrets(dataDir);
    expect(made.privacy_key).toMatch(/^[0-9a-f]{64}$/);
    expect(modeOf("secrets.json")).toBe(0o600);
    writeSecrets(dataDir, { ...made, webhook: { id: "wh_1", secret: "whsec_1" } });
    expect(openSecrets(dataDir)).toEqual({ ...made, webhook: { id: "wh_1", secret: "whsec_1" } });
  });

  it("refuses a damaged file in place of making new secrets, which would not fit the data", () => {
    writeFileSync(join(dataDir, "secrets.json"), '{"privacy_key":"geheim"}');
    expect(() => openSecrets(dataDir)).toThrow(/secrets\.json cannot be read(?!.*geheim)/);
  });
});
