import type { Hono } from "hono";
import type { Authenticator } from "../shared/authenticator.ts";
import { bearerToken, requireRole } from "../shared/keys.ts";
import { Problem } from "../shared/problem.ts";
import { readJson } from "../shared/read-json.ts";
import type { Route } from "../shared/route.ts";
import { serve, type Operation, type RequestFacts } from "../shared/serve.ts";
import { accountingOperations, type AccountingServices } from "./accounts/routes.ts";
import { alertOperations } from "./alert/alert-routes.ts";
import { deliveryOperations } from "./alert/delivery-routes.ts";
import { webhookOperations } from "./alert/routes.ts";
import { alertRuleOperations } from "./alert/rules/routes.ts";
import { budgetOperations } from "./budget/routes.ts";
import { detectionOperations } from "./detection/routes.ts";
import { driftOperations } from "./drift/routes.ts";
import { insightOperations, type InsightServices } from "./insights/routes.ts";
import { meOperations } from "./keys/me.ts";
import { apiKeyOperations, type KeyServices } from "./keys/routes.ts";
import { labelOperations } from "./labels/routes.ts";
import type { LabelServices } from "./labels/send.ts";
import { trainingOperations } from "./learn/routes.ts";
import { listOperations } from "./lists/routes.ts";
import { liveOperations } from "./live/open.ts";
import { calibrationOperations } from "./models/calibration-routes.ts";
import { releaseOperations } from "./models/release-routes.ts";
import { modelOperations } from "./models/routes.ts";
import { anomalyOperations } from "./query/anomalies.ts";
import { bulkFeedbackOperations } from "./query/bulk-feedback.ts";
import { entityOperations } from "./query/entities.ts";
import { eventOperations } from "./query/events.ts";
import { failedEventOperations } from "./query/failed-events.ts";
import { healthOperations } from "./query/health.ts";
import { metricsOperations } from "./query/metrics.ts";
import { prometheusOperations } from "./query/prometheus.ts";
import { summaryOperations } from "./query/summary.ts";
import { isDatabaseAway } from "./store/db.ts";
import { calendarOperations } from "./watch/calendar-routes.ts";
import { incidentOperations } from "./watch/incident-routes.ts";

const INFO = {
  title: "PulseEcom aggregator",
  version: "1",
  description: "Stored events, anomalies and their triage, alerts by webhook.",
};

type AppServices = Parameters<typeof webhookOperations>[0] &
  KeyServices &
  AccountingServices &
  LabelServices &
  InsightServices &
  Parameters<typeof liveOperations>[0] &
  Parameters<typeof trainingOperations>[0] &
  Parameters<typeof modelOperations>[0] & {
    authenticate: Authenticator;
  };

/** The aggregator's HTTP surface. */
export function createApp(services: AppServices): Hono {
  const operations = [
    ...healthOperations(services),
    ...prometheusOperations(services),
    ...eventOperations(services),
    ...labelOperations(services),
    ...bulkFeedbackOperations(services),
    ...anomalyOperations(services),
    ...entityOperations(services),
    ...metricsOperations(services),
    ...summaryOperations(services),
    ...insightOperations(services),
    ...failedEventOperations(services),
    ...accountingOperations(services),
    ...webhookOperations(services),
    ...deliveryOperations(services),
    ...alertRuleOperations(services),
    ...alertOperations(services),
    ...apiKeyOperations(services),
    ...meOperations(services),
    ...incidentOperations(services),
    ...calendarOperations(services),
    ...listOperations(services),
    ...detectionOperations(services),
    ...budgetOperations(services),
    ...driftOperations(services),
    ...modelOperations(services),
    ...releaseOperations(services),
    ...calibrationOperations(services),
    ...liveOperations(services),
    ...trainingOperations(services),
  ];
  return serve({
    info: INFO,
    operations: operations.map(unavailableWhenAway),
    admit: (route, facts) => admit(route, facts, services.authenticate),
    readJson: (request) => readJson(request),
    newRequestId: () => services.newId("req"),
    nowMs: () => services.nowMs(),
    log: (line) => services.log(line),
  });
}

async function admit(route: Route, facts: RequestFacts, authenticate: Authenticator): Promise<void> {
  // A WebSocket shows its key in its first message, so that none stands in an address.
  if (route.access === "public" || route.status === 101) return;
  const key = await authenticate(bearerToken(facts.request.headers.get("authorization")));
  if (route.access !== "ingest-any") requireRole(key, route.access);
  facts.keyId = key.id;
}

/** A database that is away is told as such: the caller may try again, which a 500 does not say. */
function unavailableWhenAway({ route, handle }: Operation): Operation {
  return {
    route,
    async handle(facts, input) {
      try {
        return await handle(facts, input);
      } catch (cause) {
        if (!isDatabaseAway(cause)) throw cause;
        throw new Problem("unavailable", "The database does not answer.", { cause, headers: { "retry-after": "5" } });
      }
    },
  };
}
