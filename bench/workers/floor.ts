/** Parses the body and puts it on the queue: what the full path cannot be faster than. */
export default {
  async fetch(request, env) {
    const event: unknown = await request.json();
    await env.ASSESSMENTS.send({ events: [event] }, { contentType: "json" });
    return Response.json({ status: "accepted" }, { status: 202 });
  },
} satisfies ExportedHandler<{ ASSESSMENTS: Queue }>;
