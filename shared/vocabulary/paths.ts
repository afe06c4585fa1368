export type JsonObject = Record<string, unknown>;
export type Path = readonly string[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value says anything: senders write null or "" where they have nothing to say. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** What an own field says, or undefined. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What stands at a path of own fields and list positions, or undefined. */
export function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = found[key as keyof typeof found]; // an own key of this very object, as just seen
  }
  return found;
}

/** Writes a value at a path, unless something stands there or in its way. Objects in between are made. */
export function put(target: JsonObject, path: Path, value: unknown): void {
  let place = target;
  for (const key of path.slice(0, -1)) {
    const inner = own(place, key) ?? {};
    if (!isObject(inner)) return;
    place[key] = inner;
    place = inner;
  }
  const last = path.at(-1);
  if (last !== undefined && !Object.hasOwn(place, last)) place[last] = value;
}
