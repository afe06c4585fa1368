interface Options {
  /** Calls under way at a time before further questions wait. */
  callsMost: number;
  /** How long a call holds its place. One that takes longer goes on, but others no longer wait for it. */
  patienceMs: number;
  nowMs(): number;
  /** Lets a call end although the client of the request that makes it hung up: others wait for it too. */
  waitUntil(call: Promise<unknown>): void;
}

/**
 * Lets concurrent requests of an isolate share calls outward. Up to `callsMost` go out at once, each by itself; while so many are
 * under way, further questions wait and go together as soon as one of them ends. So nobody waits on a quiet isolate, and on a busy
 * one a call answers many.
 *
 * A call belongs to the request that makes it, so the requests take turns: when a call ends, the first that waits makes the next one,
 * for all that wait. Should it be gone by then, its turn is over after `patienceMs`, and the next question to arrive takes over.
 *
 * @param call answers questions in order, one answer each; when it fails, all whose questions it was given fail
 */
export function coalesce<Question, Answer>(
  call: (questions: Question[]) => Promise<Answer[]>,
  { callsMost, patienceMs, nowMs, waitUntil }: Options,
): (questions: Question[]) => Promise<Answer[]> {
  let waiting: Waiter<Question, Answer>[] = [];
  const turns = new Set<Turn>();

  function newTurn(): Turn {
    const turn = { sinceMs: nowMs() };
    turns.add(turn);
    return turn;
  }

  function hasPlace(): boolean {
    if (turns.size < callsMost) return true;
    for (const turn of turns) if (nowMs() - turn.sinceMs >= patienceMs) turns.delete(turn);
    return turns.size < callsMost;
  }

  async function take(turn: Turn, own: Waiter<Question, Answer>): Promise<Answer[]> {
    const others = waiting.filter((waiter) => waiter !== own);
    waiting = [];
    try {
      const calling = call([own, ...others].flatMap(({ questions }) => questions));
      if (others.length > 0) waitUntil(calling.catch(() => undefined));
      const answers = await calling;
      let at = own.questions.length;
      for (const waiter of others) waiter.settle({ answers: answers.slice(at, (at += waiter.questions.length)) });
      return answers.slice(0, own.questions.length);
    } catch (error) {
      for (const waiter of others) waiter.settle({ error });
      throw error;
    } finally {
      turns.delete(turn);
      // Whoever is given a turn waits no more: nobody else asks his questions.
      if (waiting.length > 0 && hasPlace()) waiting.shift()?.settle({ turn: newTurn() });
    }
  }

  return async (questions) => {
    const own = newWaiter<Question, Answer>(questions);
    waiting.push(own);
    if (hasPlace()) return take(newTurn(), own);
    const outcome = await own.outcome;
    if ("turn" in outcome) return take(outcome.turn, own);
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
