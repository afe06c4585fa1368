// A custom pixel for Shopify: Settings, Customer events, Add custom pixel. Fill in the next two lines, and leave the permission at
// "Required: Analytics", so that Shopify runs it only for shoppers who agreed.
const ENDPOINT = "https://edge.example";
const KEY = "pk_…";

const ATTEMPTS = 5;
/** What a checkout holds of persons and of what they wrote; the edge would not keep it either. */
const PERSONAL = /^(firstName|lastName|phone|smsMarketingPhone|address1|address2|attributes|properties)$/;

analytics.subscribe("all_events", (event) => {
  // Events of the page's elements are left out: some carry what the shopper typed.
  if (event.type !== "dom") void send({ ...event, format: "shopify" }, 1);
});

/** Each event by itself, as one with a checkout is large; again under the same id when nobody answered, as an id is counted once. */
async function send(event, attempt) {
  const batch = { key: KEY, sent_at: new Date().toISOString(), events: [event] };
  const body = JSON.stringify(batch, (name, value) => (PERSONAL.test(name) ? undefined : value));
  const status = await post(body);
  const isOver = (status < 500 && status !== 429) || attempt === ATTEMPTS;
  if (!isOver) setTimeout(() => send(event, attempt + 1), 1000 * 2 ** attempt);
}

/** The answer's status; 599 when there was none. */
async function post(body) {
  try {
    return (await fetch(`${ENDPOINT}/v1/events/batch`, { method: "POST", body, keepalive: true })).status;
  } catch {
    return 599;
  }
}
