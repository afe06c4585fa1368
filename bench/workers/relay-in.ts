/** One call carries 256 KB, and a message is at most 120. */
const MESSAGES_IN_CALL = 2;

interface Env {
  ASSESSMENTS: Queue;
  ANOMALIES: Queue;
  ACCOUNTS: Queue;
}

interface Batch {
  queue: string;
  messages: unknown[];
}

/** Puts messages on the queue they were taken from, each as it was. */
export default {
  async fetch(request, env) {
    const { queue, messages } = await request.json<Batch>();
    const calls: Promise<unknown>[] = [];
    for (let at = 0; at < messages.length; at += MESSAGES_IN_CALL) {
      const part = messages.slice(at, at + MESSAGES_IN_CALL);
      calls.push(queueOf(queue, env).sendBatch(part.map(asSent)));
    }
    await Promise.all(calls);
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Env>;

function queueOf(name: string, { ASSESSMENTS, ANOMALIES, ACCOUNTS }: Env): Queue {
  switch (name) {
    case "pulseecom-assessments":
      return ASSESSMENTS;
    case "pulseecom-anomalies":
      return ANOMALIES;
    case "pulseecom-accounts":
      return ACCOUNTS;
    default:
      throw new Error(`no queue ${name}`);
  }
}

function asSent(body: unknown): MessageSendRequest {
  return { body, contentType: typeof body === "string" ? "text" : "json" };
}
