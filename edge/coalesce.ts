interface Options {
  /** How long a call under way is waited for by those that come meanwhile. */
  patienceMs: number;
  nowMs(): number;
  /** Does something after so long, unless called off by what it returns. */
  after(delayMs: number, act: () => void): () => void;
  /** Lets a call end although the client of the request that makes it hung up: others wait for it too. */
  waitUntil(call: Promise<unknown>): void;
  /** So many questions at once are a call of their own: many together gain nothing, and all of them would wait for all. */
  aloneFrom: number;
}

/**
 * Lets concurrent requests of an isolate share calls outward. The first goes out at once. Whoever comes while it is under way waits for
 * its end, or for `patienceMs`, and then all who wait go together. So nobody waits on a quiet isolate; on a busy one a call answers many,
 * as one for many costs little more than one for one; and where calls are slow because they go far, they go out side by side, each at
 * most so much later.
 *
 * A call belongs to the request that makes it, so the requests take turns: the first that waits makes the next call, for all that wait.
 * Should it be gone by then, its turn is over after `patienceMs`, and the next question to arrive takes over. Where none arrives nobody
 * asks, so whoever asks here has a deadline of his own.
 *
 * @param call answers questions in order, one answer each; when it fails, all whose questions it was given fail
 */
export function coalesce<Question, Answer>(
  call: (questions: Question[]) => Promise<Answer[]>,
  { patienceMs, nowMs, after, waitUntil, aloneFrom }: Options,
): (questions: Question[]) => Promise<Answer[]> {
  let waiting: Waiter<Question, Answer>[] = [];
  /** The latest that others wait for. */
  let turn: Turn | null = null;

  const isFree = () => turn === null || nowMs() - turn.sinceMs >= patienceMs;

  function newTurn(): Turn {
    return (turn = { sinceMs: nowMs() });
  }

  /** Whoever is given a turn waits no more: nobody else asks his questions. */
  function passOn(): void {
    waiting.shift()?.settle({ turn: newTurn() });
  }

  async function take(own: Waiter<Question, Answer>, ownTurn: Turn): Promise<Answer[]> {
    const others = waiting;
    waiting = [];
    try {
      const calling = call(
        others.length === 0 ? own.questions : [own, ...others].flatMap(({ questions }) => questions),
      );
      if (others.length > 0) waitUntil(calling.catch(() => undefined));
      const answers = await calling;
      if (others.length === 0) return answers;
      let at = own.questions.length;
      for (const waiter of others) waiter.settle({ answers: answers.slice(at, (at += waiter.questions.length)) });
      return answers.slice(0, own.questions.length);
    } catch (error) {
      for (const waiter of others) waiter.settle({ error });
      throw error;
    } finally {
      if (turn === ownTurn) turn = null;
      if (waiting.length > 0 && isFree()) passOn();
    }
  }

  async function wait(own: Waiter<Question, Answer>): Promise<Outcome<Answer>> {
    waiting.push(own);
    if (waiting.length > 1) return own.outcome;
    const callOff = after(patienceMs, () => {
      if (waiting[0] === own) passOn();
    });
    try {
      return await own.outcome;
    } finally {
      callOff();
    }
  }

  return async (questions) => {
    if (questions.length >= aloneFrom) return call(questions);
    const own = newWaiter<Question, Answer>(questions);
    if (isFree()) return take(own, newTurn());
    const outcome = await wait(own);
    if ("turn" in outcome) return take(own, outcome.turn);
    if ("error" in outcome) throw outcome.error;
    return outcome.answers;
  };
}

interface Turn {
  sinceMs: number;
}

type Outcome<Answer> = { turn: Turn } | { answers: Answer[] } | { error: unknown };

interface Waiter<Question, Answer> {
  questions: Question[];
  outcome: Promise<Outcome<Answer>>;
  settle(outcome: Outcome<Answer>): void;
}

function newWaiter<Question, Answer>(questions: Question[]): Waiter<Question, Answer> {
  const { promise, resolve } = Promise.withResolvers<Outcome<Answer>>();
  return { questions, outcome: promise, settle: resolve };
}
