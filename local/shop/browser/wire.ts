import type { Sighting, State } from "./sighting.ts";

/** The part of a page that events leave by. */
export interface Wire {
  fetch: typeof fetch;
  navigator: { sendBeacon(url: string | URL, body?: BodyInit | null): boolean };
}

interface SentEvent {
  id: string;
  name: string;
  timestamp: string;
}

/**
 * Shows what a page really sends to the edge and what comes back, as a network monitor would. Nothing is changed on its way, and
 * nothing the snippet offers is used for it.
 *
 * @param show is told of events when they are sent, and again when they are answered
 */
export function watchWire(page: Wire, edge: string, show: (sightings: Sighting[]) => void): void {
  const { fetch: request, navigator } = page;
  const beacon = navigator.sendBeacon.bind(navigator);
  const isOurs = (url: unknown) => String(url).startsWith(`${edge}/v1/events`);

  page.fetch = async (input, init) => {
    const events = isOurs(input) ? eventsIn(init?.body) : [];
    const tell = (state: State, detail: string) => show(events.map((event) => sightingOf(event, state, detail)));
    tell("sent", "");
    try {
      const response = await request.call(page, input, init);
      void showAnswer(events, response.clone());
      return response;
    } catch (error) {
      tell("failed", "no answer; sent again later");
      throw error;
    }
  };
  navigator.sendBeacon = (url, body) => {
    const isTaken = beacon(url, body);
    if (isTaken && isOurs(url)) show(eventsIn(body).map((event) => sightingOf(event, "left", "handed to the browser")));
    return isTaken;
  };

  async function showAnswer(events: readonly SentEvent[], response: Response): Promise<void> {
    const { status } = response;
    const results = status === 200 ? await resultsIn(response) : [];
    show(events.map((event, index) => answered(event, results[index], status)));
  }
}

function sightingOf(event: SentEvent, state: State, detail: string): Sighting {
  const { id, name, timestamp } = event;
  return { id, name, atMs: Date.parse(timestamp), event, state, detail };
}

function eventsIn(body: unknown): SentEvent[] {
  try {
    const { events } = JSON.parse(String(body)) as { events: SentEvent[] }; // as the snippet writes it
    return events;
  } catch {
    return []; // nothing that can be shown
  }
}

interface Answered {
  status: "accepted" | "duplicate" | "rejected" | "retry";
  errors?: { pointer: string; detail: string }[];
}

async function resultsIn(response: Response): Promise<Answered[]> {
  try {
    const { results } = (await response.json()) as { results: Answered[] }; // by the edge's contract
    return results;
  } catch {
    return []; // cut off
  }
}

/** @param answer undefined when the edge said nothing of this event alone */
function answered(event: SentEvent, answer: Answered | undefined, status: number): Sighting {
  if (answer === undefined) {
    const isRefused = status >= 400 && status < 500 && status !== 408 && status !== 429;
    return sightingOf(event, isRefused ? "rejected" : "failed", `answer ${status}`);
  }
  if (answer.status === "retry") return sightingOf(event, "failed", "to be sent again");
  const why = (answer.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
  return sightingOf(event, answer.status, why);
}
