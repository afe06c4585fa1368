/** Of a message on average, which leaves room to the 128 KB that one may have. Few large ones, as every call costs as much as several events. */
const MESSAGE_BYTES = 64_000;

/** Parses a batch and puts its events on the queue: what the full path of a batch cannot be faster than. */
export default {
  async fetch(request, env) {
    const { events } = await request.json<{ events: unknown[] }>();
    const messages = Math.ceil(Number(request.headers.get("content-length")) / MESSAGE_BYTES);
    const each = Math.ceil(events.length / messages);
    await Promise.all(
      Array.from({ length: messages }, (_message, at) =>
        env.ASSESSMENTS.send({ events: events.slice(at * each, (at + 1) * each) }, { contentType: "json" }),
      ),
    );
    return Response.json({ results: events.map((_event, index) => ({ index, status: "accepted" })) });
  },
} satisfies ExportedHandler<{ ASSESSMENTS: Queue }>;
