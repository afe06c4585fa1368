/** What the shop uses of `pulse('status')`. */
export interface PulseStatus {
  version: string;
  consent: string;
  client_id: string | null;
  session_id: string | null;
  queued: number;
  stopped: boolean;
  last_error: string | null;
}

interface Pulse {
  (command: "init", options: { key: string; batch_ms: number }): void;
  (command: "track", name: string, params: unknown): void;
  (command: "identify", who: { user_id: string }): void;
  /** Undefined until the snippet has come. */
  (command: "status"): PulseStatus | undefined;
}

interface Page {
  pulse?: Pulse & { q?: [atMs: number, call: unknown[]][] };
}

/** Calls the snippet. What is called before it has come waits in a queue that it takes up. */
export const pulse: Pulse = (...call: unknown[]): undefined => {
  const page = window as Page; // the snippet's global
  page.pulse ??= waiting();
  return (page.pulse as (...call: unknown[]) => undefined)(...call); // as its overloads say, above
};

function waiting(): NonNullable<Page["pulse"]> {
  const q: [atMs: number, call: unknown[]][] = [];
  const stub = (...call: unknown[]): undefined => void q.push([Date.now(), call]);
  return Object.assign(stub, { q });
}
