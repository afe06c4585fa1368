/** Takes messages and drops them. */
export default {
  fetch: () => new Response(null, { status: 404 }),
  queue: (batch) => batch.ackAll(),
} satisfies ExportedHandler<object>;
