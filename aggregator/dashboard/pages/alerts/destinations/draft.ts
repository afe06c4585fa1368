import type { Body } from "../../../api/client.ts";
import { TYPE_NAMES, type AlertType } from "../alert.tsx";
import type { Destination, Kind } from "./destination.tsx";

/** A destination as its form holds it: the fields of every kind, of which each uses its own. */
export interface Draft {
  kind: Kind;
  url: string;
  routing_key: string;
  region: "us" | "eu";
  api_key: string;
  from: string;
  to: string[];
  description: string;
  types: AlertType[];
}

export const NEW_DRAFT: Draft = {
  kind: "webhook",
  url: "",
  routing_key: "",
  region: "us",
  api_key: "",
  from: "",
  to: [],
  description: "",
  types: [...TYPE_NAMES],
};

/** What a destination's form begins with. Of a provider's key nothing is known: left empty, it stays. */
export function draftOf({ kind, url, from = "", to = [], description, types }: Destination): Draft {
  const region = url.includes(".eu.") ? "eu" : "us";
  // Of Slack's the last part is not shown, so the URL as it is answered would not be the same.
  const shown = kind === "webhook" ? url : "";
  return { ...NEW_DRAFT, kind, url: shown, region, from, to, description: description ?? "", types };
}

export function bodyOf(draft: Draft): Body<"post", "/v1/webhooks"> {
  const { kind, url, routing_key, region, api_key, from, to, types } = draft;
  const common = { description: draft.description === "" ? null : draft.description, types };
  if (kind === "pagerduty") return { kind, routing_key, region, ...common };
  if (kind === "email") return { kind, api_key, from, to, ...common };
  return { kind, url, ...common };
}

/** What a form changes: fields that hold a secret only where one was given. */
export function changeOf(draft: Draft): Body<"patch", "/v1/webhooks/{id}"> {
  const { kind, url, routing_key, region, api_key, from, to, types } = draft;
  const common = { description: draft.description === "" ? null : draft.description, types };
  if (kind === "pagerduty") return { ...given({ routing_key }), region, ...common };
  if (kind === "email") return { ...given({ api_key }), from, to, ...common };
  return kind === "slack" ? { ...given({ url }), ...common } : { url, ...common };
}

/** The fields that are not empty. */
function given<Name extends string>(fields: Record<Name, string>): Partial<Record<Name, string>> {
  const present = Object.entries(fields).filter(([, value]) => value !== "");
  return Object.fromEntries(present) as Partial<Record<Name, string>>; // names of the fields given
}
