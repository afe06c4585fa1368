import { Event, KeptEvent } from "../shared/event.ts";
import { median } from "./load.ts";
import { sized } from "./sizes.ts";
import { startInstead } from "./stand.ts";
import type { Report } from "./report.ts";
import { traffics, type Traffic } from "./traffic.ts";

const ROUNDS = sized("ROUNDS", 5);
/** What the shop has seen when it is measured, and of these the last that are. */
const KNOWN = 10_000;
const EVENTS = 1_000;
const BATCH = 100;
const CASES = [
  { what: "ONNX Runtime, one row", part: "ort", batch: 1, runs: 5 },
  { what: "ONNX Runtime, batch of 100", part: "ort", batch: BATCH, runs: 100 },
  { what: "plain reader, one row", part: "plain", batch: 1, runs: 50 },
  { what: "plain reader, batch of 100", part: "plain", batch: BATCH, runs: 100 },
  { what: "facts, feature vectors and rules", part: "examine", batch: BATCH, runs: 50 },
  { what: "calibration, decision and reasons", part: "assess", batch: BATCH, runs: 50 },
  { what: "all of it, verdicts written, an event in a batch", part: "all", batch: BATCH, runs: 50 },
] as const;

/** What one event of a batch may cost to score, all of it together: ONNX Runtime, facts, features, and what is made of them. */
const ALL_MOST_US = 3;
/** The same, over ONNX Runtime alone on the same matrix. */
const OVER_ORT_MOST = 1.3;

/**
 * Microseconds an event of each reader of `global@v0`, and of what is around it, in workerd, timed from outside: the runtime's own clock
 * stands still while it computes.
 */
export async function scoring(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const traffic of await traffics()) rows.push(...(await measure(folder, traffic)));
  return {
    name: "scoring",
    about: `global@v0 in workerd, median of ${ROUNDS} rounds; ${EVENTS} events after ${KNOWN - EVENTS} of the same shop`,
    rows,
  };
}

async function measure(folder: string, traffic: Traffic): Promise<Report["rows"]> {
  const workers = await startInstead(folder, "scoring");
  const time = async (part: string, batch: number, runs: number) => {
    const startMs = performance.now();
    const answer = await fetch(new URL(`/?part=${part}&batch=${batch}&events=${EVENTS}&runs=${runs}`, workers.edge));
    if (!answer.ok) throw new Error(`the scoring Worker answered ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - startMs;
  };
  try {
    await fetch(workers.edge, { method: "POST", body: JSON.stringify(keptEvents(traffic)) });
    const rounds = CASES.map((): number[] => []);
    for (const { part, batch, runs } of CASES) await time(part, batch, runs);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, { part, batch, runs }] of CASES.entries()) {
        const aroundMs = await time(part, batch, 0);
        const perEventUs = (((await time(part, batch, runs)) - aroundMs) * 1000) / (runs * EVENTS);
        rounds[index]?.push(perEventUs);
      }
    }
    return rowsOf(traffic.what, rounds);
  } finally {
    await workers.stop();
  }
}

/** @param rounds microseconds an event of each case, by round */
function rowsOf(traffic: string, rounds: readonly (readonly number[])[]): Report["rows"] {
  const of = (part: string) => rounds[CASES.findIndex((each) => each.part === part && each.batch === BATCH)] ?? [];
  const overOrt = median(of("all").map((us, round) => us / (of("ort")[round] ?? NaN)));
  const allUs = median(of("all"));
  return [
    ...CASES.map(({ what, part }, index) => {
      const us = rounds[index] ?? [];
      const figure = `${median(us).toFixed(2)} µs (${Math.min(...us).toFixed(2)}–${Math.max(...us).toFixed(2)})`;
      const verdict = part === "all" ? { target: `≤ ${ALL_MOST_US} µs`, met: allUs <= ALL_MOST_US } : {};
      return { what: `${traffic}, ${what}`, figure, ...verdict };
    }),
    {
      what: `${traffic}, all of it over ONNX Runtime alone on the same matrix`,
      figure: overOrt.toFixed(2),
      target: `≤ ${OVER_ORT_MOST}`,
      met: overOrt <= OVER_ORT_MOST,
    },
  ];
}

/** As the edge keeps them. */
function keptEvents({ bodies }: Traffic): KeptEvent[] {
  return Array.from({ length: KNOWN }, (_event, index) => {
    const event = Event.parse(JSON.parse(bodies(index)));
    const { email: _email, sent_at: _sentAt, context: _context, ...kept } = event;
    return KeptEvent.parse({ ...kept, timestamp: event.timestamp ?? new Date(Date.now() + index).toISOString() });
  });
}
