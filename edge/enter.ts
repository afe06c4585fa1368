import type { Authenticator, RememberingAuthenticator } from "../shared/authenticator.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { Problem, type ProblemSlug } from "../shared/problem.ts";
import type { Account, Ending } from "./account.ts";
import { admit, type Credentials } from "./admit.ts";
import { addressOf, type Allowance } from "./allowance.ts";
import type { ReadRequest } from "./read-events.ts";

export interface EnterServices {
  authenticate: RememberingAuthenticator;
  allowance: Allowance;
  account: Account;
  nowMs(): number;
}

/** A request that may come in: its events, and whose they are. */
export interface Entered extends ReadRequest {
  record: ApiKeyRecord;
}

/** What a request is answered, and what became of each of its events. */
export interface Passage<T> {
  answer: T;
  endings: Ending[];
}

type Read = (request: Request) => Promise<ReadRequest>;

/**
 * The way of a request through a door. However it ends, every event of it is on the books twice: as received, and by what became of
 * it. A request whose events cannot be told apart counts as one.
 *
 * @throws Problem for whatever refuses the request as a whole
 */
export async function pass<T>(
  request: Request,
  read: Read,
  services: EnterServices,
  inside: (entered: Entered, receivedMs: number) => Promise<Passage<T>>,
): Promise<T> {
  const { account } = services;
  const receivedMs = services.nowMs();
  const count = { events: 1 };
  try {
    const entered = await enter(request, read, count, services).finally(() =>
      account.received(receivedMs, count.events),
    );
    const { answer, endings } = await inside(entered, receivedMs);
    for (const ending of endings) account.ended(receivedMs, ending, 1);
    return answer;
  } catch (error) {
    account.ended(receivedMs, endOf(error), count.events);
    throw error;
  }
}

/**
 * What stands before every door: the key, the body, the rates. A key in the header or the address is looked at before the body is
 * read, so that a stranger's body costs nothing.
 */
async function enter(
  request: Request,
  read: Read,
  count: { events: number },
  services: EnterServices,
): Promise<Entered> {
  const address = addressOf(request.headers);
  const given = {
    authorization: request.headers.get("authorization"),
    query: request.url.includes("?") ? new URL(request.url).searchParams.getAll("key") : [],
    body: null,
    origin: request.headers.get("origin"),
  };
  const isNamed = given.authorization !== null || given.query.length > 0;
  const early = isNamed ? await admitted(given, address, services) : null;
  const content = await read(request);
  count.events = content.events.length;
  const record =
    early === null || content.key !== null ? await admitted({ ...given, body: content.key }, address, services) : early;
  await services.allowance.spend(record, address, count.events);
  return { ...content, record };
}

/**
 * `admit`, where every refusal counts against the address. Beyond the limit it is answered 429, and keys that did not work before are
 * not even looked up.
 */
export async function admitted(
  credentials: Credentials,
  address: string,
  { authenticate, allowance }: EnterServices,
): Promise<ApiKeyRecord> {
  const guarded: Authenticator = async (text) => {
    if (allowance.isBarred(address) && !authenticate.isKnown(text)) await allowance.refuse(address);
    return authenticate(text);
  };
  try {
    return await admit(credentials, guarded);
  } catch (error) {
    if (error instanceof Problem && (error.slug === "unauthenticated" || error.slug === "forbidden")) {
      await allowance.refuse(address);
    }
    throw error;
  }
}

/** What the events of a request count as, by the problem that ended it; any other is answered as `internal`. */
const ENDINGS: Partial<Record<ProblemSlug, Ending>> = {
  unreadable: "unreadable",
  unauthenticated: "unauthenticated",
  forbidden: "forbidden",
  "too-large": "too-large",
  "unsupported-media-type": "unsupported-media-type",
  invalid: "invalid",
  unavailable: "unavailable",
  "rate-limited": "limited",
};

/** What an event counts as that this ended. */
export function endOf(error: unknown): Ending {
  return (error instanceof Problem ? ENDINGS[error.slug] : undefined) ?? "internal";
}
