import type { ApiKeyRecord } from "../../shared/keys.ts";
import { Problem } from "../../shared/problem.ts";
import { describe } from "../../shared/serve.ts";
import type { Ending } from "../account.ts";
import { answerOne } from "../answer.ts";
import type { Connection } from "../enrich.ts";
import { endOf, type EnterServices } from "../enter.ts";
import { takeIn, type IntakeServices, type Outcome } from "../intake.ts";
import type { ReadEvent } from "../read-events.ts";
import { idOf } from "../validate.ts";
import { ackFrame, errorFrame } from "./frames.ts";

export interface TakeServices extends IntakeServices, Pick<EnterServices, "allowance" | "account" | "nowMs"> {
  log(line: Record<string, unknown>): void;
}

/** Events that go together. */
export interface Portion {
  events: readonly ReadEvent[];
  key: ApiKeyRecord;
  connection: Connection;
  /** What the key's rate is counted by. */
  address: string;
  /** By our clock, when the last of them came. */
  receivedMs: number;
  requestId: string;
  /** Request id of the connection, for the log. */
  streamId: string;
}

/** What one event is answered, and what became of it. */
export interface Answered {
  frame: string;
  ending: Ending;
}

/**
 * Takes in events that came over a connection: on the books, within the key's rate, and each answered in order. What goes wrong is an
 * answer too, so it never throws.
 */
export async function takeEvents(portion: Portion, services: TakeServices): Promise<Answered[]> {
  const { events, receivedMs } = portion;
  services.account.received(receivedMs, events.length);
  let answered: Answered[];
  let cause: unknown;
  try {
    answered = await take(portion, services);
  } catch (error) {
    const problem = asProblem(error);
    cause = problem.cause;
    answered = events.map(({ value }) => refused(problem, portion.requestId, idOf(value)));
  }
  for (const { ending } of answered) services.account.ended(receivedMs, ending, 1);
  logRefusals(portion, answered, cause, services);
  return answered;
}

/** @throws Problem when the key may send no more, or whatever breaks on the way */
async function take(portion: Portion, services: TakeServices): Promise<Answered[]> {
  const { events, key, address, requestId, connection, receivedMs } = portion;
  await services.allowance.spend(key, address, events.length);
  const outcomes = await takeIn({ events, sentAt: undefined, key, requestId, connection, receivedMs }, services);
  return outcomes.map((outcome) => answer(outcome, portion));
}

function answer(outcome: Outcome, { key, requestId }: Portion): Answered {
  try {
    const { text, status } = answerOne(outcome, key.kind === "secret");
    return { frame: ackFrame(text), ending: status };
  } catch (error) {
    return refused(asProblem(error), requestId, outcome.id);
  }
}

function refused(problem: Problem, requestId: string, id: string | null): Answered {
  return { frame: errorFrame(problem, requestId, id), ending: endOf(problem) };
}

/** What was thrown as the problem that may be answered for it. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("internal", "This could not be completed.", { cause: error });
}

const WELL: ReadonlySet<Ending> = new Set(["accepted", "duplicate"]);

/** One line a portion, where anything of it was not taken. */
function logRefusals(
  { requestId, streamId, key, receivedMs }: Portion,
  answered: readonly Answered[],
  cause: unknown,
  { nowMs, log }: TakeServices,
): void {
  const endings: Partial<Record<Ending, number>> = {};
  for (const { ending } of answered) endings[ending] = (endings[ending] ?? 0) + 1;
  if (answered.every(({ ending }) => WELL.has(ending))) return;
  log({
    requestId,
    streamId,
    route: "openStream",
    keyId: key.id,
    endings,
    totalMs: nowMs() - receivedMs,
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  });
}
