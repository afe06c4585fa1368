let messages = 0;
let characters = 0;

/** Takes messages and drops them. Tells who asks how many there were of text, as those of events are, and their length. */
export default {
  fetch: () => Response.json({ messages, characters }),
  queue(batch) {
    for (const { body } of batch.messages) {
      if (typeof body !== "string") continue;
      messages += 1;
      characters += body.length;
    }
    batch.ackAll();
  },
} satisfies ExportedHandler<object>;
