import { sql } from "drizzle-orm";
import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { queryRows, type Db } from "../store/db.ts";
import { GUARDED } from "./access.ts";

/** Version of the text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
const TYPE = "text/plain";
const PARAMETERS = "version=0.0.4; charset=utf-8";

const prometheusRoute = defineRoute({
  method: "get",
  path: "/metrics",
  operationId: "scrape",
  summary: "How the product itself does, for Prometheus",
  description:
    "Counters of what was stored, and gauges of what waits: in the queue, among failed events, in triage, for delivery. A scraper shows its key by `authorization`.",
  access: "analyst",
  status: 200,
  output: z.string().meta({ examples: ["# TYPE pulseecom_failed_events gauge\npulseecom_failed_events 0\n"] }),
  outputType: TYPE,
  problems: GUARDED,
});

interface PrometheusServices {
  db: Db;
  waitingMessages(): Promise<number>;
}

/** One name with its values. */
interface Family {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: { labels: Record<string, string>; value: number }[];
}

export function prometheusOperations({ db, waitingMessages }: PrometheusServices): Operation[] {
  return [
    operation(prometheusRoute, async () => {
      const [stand, waiting] = await Promise.all([readStand(db), waitingMessages().catch(() => null)]);
      return new Response(textOf(familiesOf(stand, waiting)), {
        headers: { "content-type": `${TYPE}; ${PARAMETERS}` },
      });
    }),
  ];
}

const Counts = z.record(z.string(), z.number());
const Stand = z.object({
  events: z.number(),
  orders: z.number(),
  last_event_age: z.number().nullable(),
  failed: z.number(),
  anomalies: Counts,
  deliveries: z.number(),
  overdue: z.number(),
  webhooks: Counts,
  incidents: z.number(),
  unsent_labels: z.number(),
  training_runs: Counts,
  release: z.object({ model: z.string(), client_model: z.string(), calibration: z.string() }).nullable(),
});
type Stand = z.infer<typeof Stand>;

/** All of it in one statement, of rollups and small indexes: no event is read. */
async function readStand(db: Db): Promise<Stand> {
  const [stand] = await queryRows(
    db,
    Stand,
    sql`
      WITH sums AS (
        SELECT coalesce(sum(events), 0)::float8 AS events, coalesce(sum(orders), 0)::float8 AS orders
        FROM rollups_1d WHERE dimension = 'all'
      )
      SELECT sums.events, sums.orders,
        (SELECT extract(epoch FROM now() - max(at))::float8 FROM rollups_1m WHERE dimension = 'all') AS last_event_age,
        (SELECT count(*)::float8 FROM failed_events WHERE resolved_at IS NULL) AS failed,
        (SELECT coalesce(jsonb_object_agg(status, many), '{}')
          FROM (SELECT status, count(*) AS many FROM anomalies GROUP BY 1) AS s) AS anomalies,
        (SELECT count(*)::float8 FROM deliveries WHERE status = 'pending') AS deliveries,
        (SELECT coalesce(greatest(0, extract(epoch FROM now() - min(next_attempt_at))), 0)::float8
          FROM deliveries WHERE status = 'pending') AS overdue,
        (SELECT coalesce(jsonb_object_agg(state, many), '{}') FROM (
          SELECT CASE WHEN NOT enabled THEN 'disabled' WHEN open_until > now() THEN 'paused' ELSE 'enabled' END AS state, count(*) AS many
          FROM webhooks WHERE deleted_at IS NULL GROUP BY 1) AS w) AS webhooks,
        (SELECT count(*)::float8 FROM incidents WHERE status = 'open') AS incidents,
        (SELECT count(*)::float8 FROM fraud_labels WHERE sent_at IS NULL) AS unsent_labels,
        (SELECT coalesce(jsonb_object_agg(status, many), '{}')
          FROM (SELECT status, count(*) AS many FROM training_runs GROUP BY 1) AS t) AS training_runs,
        (SELECT jsonb_build_object('model', model, 'client_model', coalesce(client_model, ''), 'calibration', calibration)
          FROM releases ORDER BY number DESC LIMIT 1) AS release
      FROM sums`,
  );
  if (stand === undefined) throw new Error("a SELECT of sums answered no row");
  return stand;
}

function familiesOf(stand: Stand, waiting: number | null): Family[] {
  const one = (name: string, type: Family["type"], help: string, value: number | null): Family => ({
    name,
    type,
    help,
    samples: value === null ? [] : [{ labels: {}, value }],
  });
  const by = (name: string, help: string, label: string, counts: Record<string, number>): Family => ({
    name,
    type: "gauge",
    help,
    samples: Object.entries(counts).map(([key, value]) => ({ labels: { [label]: key }, value })),
  });
  return [
    one("pulseecom_events_stored_total", "counter", "Events stored.", stand.events),
    one("pulseecom_orders_stored_total", "counter", "Orders among the events stored.", stand.orders),
    one("pulseecom_last_event_age_seconds", "gauge", "Age of the newest minute with an event.", stand.last_event_age),
    one("pulseecom_waiting_messages", "gauge", "Messages of events waiting in their queues.", waiting),
    one("pulseecom_failed_events", "gauge", "Events that could not be stored and are not resolved.", stand.failed),
    by("pulseecom_anomalies", "Anomalies, by what became of them.", "status", stand.anomalies),
    one("pulseecom_deliveries_pending", "gauge", "Alerts on their way to a destination.", stand.deliveries),
    one("pulseecom_delivery_overdue_seconds", "gauge", "How late the latest of them is.", stand.overdue),
    by("pulseecom_webhooks", "Destinations of alerts, by state.", "state", stand.webhooks),
    one("pulseecom_incidents_open", "gauge", "Figures that are not as usual.", stand.incidents),
    one("pulseecom_labels_unsent", "gauge", "Labels the edge is not told of yet.", stand.unsent_labels),
    by("pulseecom_training_runs", "Training runs, by how they ended.", "status", stand.training_runs),
    {
      name: "pulseecom_release_info",
      type: "gauge",
      help: "What scores; always 1.",
      samples: stand.release === null ? [] : [{ labels: stand.release, value: 1 }],
    },
  ];
}

/** In the text format; a name without a value is left out. */
export function textOf(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelsOf(labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    })
    .join("");
}

function labelsOf(labels: Record<string, string>): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, escaped)}"`);
  return written.length === 0 ? "" : `{${written.join(",")}}`;
}

function escaped(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}
