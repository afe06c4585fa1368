const EVENTS_IN_MESSAGE = 20;
/** One call carries 256 KB, and the largest orders of the slice make messages of 80. */
const MESSAGES_IN_CALL = 3;

/** Parses a batch and puts its events on the queue: what the full path of a batch cannot be faster than. */
export default {
  async fetch(request, env) {
    const { events } = await request.json<{ events: unknown[] }>();
    const messages = cut(events, EVENTS_IN_MESSAGE).map((part): MessageSendRequest => ({
      body: { events: part },
      contentType: "json",
    }));
    await Promise.all(cut(messages, MESSAGES_IN_CALL).map((part) => env.ASSESSMENTS.sendBatch(part)));
    return Response.json({ results: events.map((_event, index) => ({ index, status: "accepted" })) });
  },
} satisfies ExportedHandler<{ ASSESSMENTS: Queue }>;

function cut<T>(list: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / most) }, (_part, at) => list.slice(at * most, (at + 1) * most));
}
