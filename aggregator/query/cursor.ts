import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import type { Position } from "../store/paging.ts";
import { Keepable } from "./fields.ts";

const Contents = z.tuple([
  z.iso.datetime({ precision: 6 }).refine((at) => !at.startsWith("0000"), "Postgres knows no year 0"),
  Keepable.min(1).max(300),
]);

/** A position as the opaque text that is given out: base64url of its time and id. */
export function formatCursor(position: Position | null): string | null {
  if (position === null) return null;
  const bytes = new TextEncoder().encode(JSON.stringify([position.at, position.id]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * The position in a cursor that was given out.
 *
 * @throws Problem `unreadable` for any other text
 */
export function parseCursor(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const contents = Contents.safeParse(decoded(cursor));
  if (!contents.success) throw new Problem("unreadable", "The cursor is not one that was given out.");
  const [at, id] = contents.data;
  return { at, id };
}

/** What is no base64url of JSON becomes null, which no cursor holds. */
function decoded(cursor: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return null;
  }
}
