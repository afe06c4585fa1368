import { useState } from "react";
import { pathTo, send } from "../api/client.ts";
import { Button } from "./button.tsx";
import { Menu, MenuItem, MenuWords } from "./menu.tsx";
import { toast } from "./toast.tsx";

const FORMS = [
  { type: "text/csv", ending: "csv", label: "CSV, for spreadsheets" },
  { type: "application/x-ndjson", ending: "ndjson", label: "NDJSON, a line a row" },
] as const;

/** Takes what a list shows along as a file, all of its pages. The key goes in a header: a link could not carry it. */
export function Download({ path, query, name }: { path: string; query: object; name: string }) {
  const [isBusy, setBusy] = useState(false);
  const download = async ({ type, ending }: (typeof FORMS)[number]) => {
    setBusy(true);
    try {
      const response = await send("get", pathTo(path, { query }), { accept: type });
      save(await response.blob(), `${name}.${ending}`);
    } catch (error) {
      toast(`The download failed. ${error instanceof Error ? error.message : ""}`, { tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      label="Download as"
      button={
        <Button icon="download" busy={isBusy}>
          {isBusy ? "Downloading …" : "Download"}
        </Button>
      }
    >
      {FORMS.map((form) => (
        <MenuItem key={form.type} icon="download" onSelect={() => void download(form)}>
          {form.label}
        </MenuItem>
      ))}
      <MenuWords>
        <span className="small soft">All that the filters match, at most 100,000 rows.</span>
      </MenuWords>
    </Menu>
  );
}

const KEPT_MS = 60_000;

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
