import type { Pool } from "pg";

const DAY_MS = 86_400_000;

/** One kind of request, asked of several subjects in turn, so that no one page of the database answers all. */
interface Request {
  what: string;
  paths: string[];
}

/** What analysts ask, of the busiest and of hardly known subjects that are in the database. */
export async function requestsOf(pool: Pool, nowMs: number): Promise<Request[]> {
  const column = async (text: string) =>
    (await pool.query<{ value: string }>(text)).rows.map(({ value }) => encodeURIComponent(value));
  const [ids, users, rareUsers, clients, rareClients, networks, cards, sessions, orders, anomalies] = await Promise.all(
    [
      column("SELECT id AS value FROM events TABLESAMPLE SYSTEM (0.01) LIMIT 40"),
      column("SELECT 'user-' || n AS value FROM generate_series(1, 10) AS n"),
      column(
        "SELECT DISTINCT user_id AS value FROM events TABLESAMPLE SYSTEM (0.01) WHERE user_id IS NOT NULL LIMIT 40",
      ),
      column("SELECT 'client-' || n AS value FROM generate_series(1, 10) AS n"),
      column("SELECT client_id AS value FROM events WHERE name = 'refund' ORDER BY occurred_at DESC LIMIT 40"),
      column("SELECT md5('ip' || n) AS value FROM generate_series(1, 10) AS n"),
      column(
        "SELECT event #>> '{payment,card_fingerprint}' AS value FROM events WHERE name = 'purchase' ORDER BY occurred_at DESC LIMIT 40",
      ),
      column("SELECT DISTINCT session_id AS value FROM events TABLESAMPLE SYSTEM (0.01) LIMIT 40"),
      column("SELECT transaction_id AS value FROM events WHERE name = 'purchase' ORDER BY occurred_at LIMIT 40"),
      column("SELECT id AS value FROM anomalies ORDER BY random() LIMIT 40"),
    ],
  );
  const events = (query: string): Request => ({ what: `events ${query}`, paths: [`/v1/events?${query}`] });
  const found = (query: string): Request => ({ what: `anomalies ${query}`, paths: [`/v1/anomalies?${query}`] });
  const each = (what: string, path: string, values: readonly string[]): Request => ({
    what,
    paths: values.map((value) => path + value),
  });
  const iso = (daysAgo: number) => encodeURIComponent(new Date(nowMs - daysAgo * DAY_MS).toISOString());
  const days = (count: number) => `from=${iso(count)}&to=${iso(0)}`;
  const metric = (query: string): Request => ({
    what: `metrics ${query.replace(/&from.*/, "")}`,
    paths: [`/v1/metrics?metric=${query}`],
  });
  return [
    events(""),
    events("limit=500"),
    events("anomaly=true"),
    events("min_score=0.5"),
    events("min_score=0.97"),
    events("name=refund"),
    events("name=page_view&anomaly=true"),
    events("country=DE"),
    events("country=IS"),
    events("country=IS&name=purchase"),
    events("country=AT&name=payment_failed"),
    events("label=fraud"),
    { what: "events of a day 60 days ago", paths: [`/v1/events?from=${iso(60)}&to=${iso(59)}`] },
    {
      what: "events of a day 60 days ago by name and country",
      paths: [`/v1/events?from=${iso(60)}&to=${iso(59)}&name=purchase&country=CH`],
    },
    each("events of a busy customer", "/v1/events?user_id=", users),
    each("events of a customer", "/v1/events?user_id=", rareUsers),
    each("events of a busy device", "/v1/events?client_id=", clients),
    each("events of a device", "/v1/events?client_id=", rareClients),
    each("events of a busy network", "/v1/events?ip_hash=", networks),
    each("events of a card", "/v1/events?card_fingerprint=", cards),
    each("events of a session", "/v1/events?session_id=", sessions),
    each("events of a transaction", "/v1/events?transaction_id=", orders),
    each("an event", "/v1/events/", ids),
    found(""),
    found("status=open"),
    found("status=confirmed&min_score=0.95"),
    found("reason=card_testing"),
    found("reason=nothing_like_it"),
    found("name=payment_failed&country=AT"),
    found("country=IS"),
    { what: "anomalies of a week 60 days ago", paths: [`/v1/anomalies?from=${iso(60)}&to=${iso(53)}`] },
    each("anomalies of a busy customer", "/v1/anomalies?user_id=", users),
    each("anomalies by any id", "/v1/anomalies?q=", [...anomalies.slice(0, 10), ...orders.slice(0, 10), ...clients]),
    each("an anomaly", "/v1/anomalies/", anomalies),
    each("a busy customer", "/v1/entities/customer/", users),
    each("a device", "/v1/entities/client/", rareClients),
    each("a busy device", "/v1/entities/client/", clients),
    each("a busy network", "/v1/entities/ip/", networks),
    each("a card", "/v1/entities/card/", cards),
    metric(`revenue&interval=1h&${days(7)}`),
    metric(`orders&interval=1m&${days(1)}`),
    metric(`events&interval=1d&group_by=country&${days(90)}`),
    metric(`events&interval=1h&group_by=name&${days(30)}`),
    metric(`revenue&interval=1h&group_by=category&${days(30)}`),
    metric(`conversion_rate&interval=5m&group_by=device&${days(3)}`),
    metric(`average_order_value&interval=1d&traffic=trusted&${days(90)}`),
    metric(`anomaly_rate&interval=1w&group_by=country&${days(90)}`),
    { what: "summary of 24 hours", paths: ["/v1/summary?window=24h"] },
    { what: "summary of 7 days", paths: ["/v1/summary?window=7d"] },
    { what: "summary of 90 days", paths: ["/v1/summary?window=90d&traffic=trusted"] },
    { what: "insights of 24 hours", paths: ["/v1/insights?window=24h"] },
    { what: "insights of 30 days", paths: ["/v1/insights?window=30d"] },
    { what: "what Prometheus is told", paths: ["/metrics"] },
    { what: "alerts", paths: ["/v1/alerts"] },
    { what: "incidents", paths: ["/v1/incidents"] },
    { what: "failed events", paths: ["/v1/failed-events"] },
    { what: "accounting of a day", paths: [`/v1/accounting?from=${iso(1)}&to=${iso(0)}`] },
  ];
}
