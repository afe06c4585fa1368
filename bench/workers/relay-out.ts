/** Posts each batch of messages to the Worker at `RELAY`; what it did not take is delivered again. */
export default {
  fetch: () => new Response(null, { status: 404 }),
  async queue(batch, { RELAY }) {
    const body = JSON.stringify({ queue: batch.queue, messages: batch.messages.map((message) => message.body) });
    const answer = await fetch(RELAY, { method: "POST", body });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the relay answered ${answer.status}`);
  },
} satisfies ExportedHandler<{ RELAY: string }>;
