import * as z from "zod";
import { ENTITY_KINDS } from "../../shared/observe.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { findEntity, LOOKED_AT } from "../store/find-entity.ts";
import { GUARDED } from "./access.ts";
import { AnsweredTime, Sought } from "./fields.ts";

const Kind = z.enum(ENTITY_KINDS).meta({
  description:
    "`customer` by `user_id`, `client` by `client_id`, `card` by fingerprint, `email` and `ip` by keyed hash; of `client` and `ip`, views and searches are left out.",
});

const OF_NEWEST = `Of its newest ${LOOKED_AT} events.`;

const EntityAnswer = z.strictObject({
  kind: Kind,
  key: z.string(),
  first_at: AnsweredTime.meta({ description: "When its first event happened, of all that are kept." }),
  last_at: AnsweredTime,
  events: z
    .int()
    .meta({ description: `Its events, ${LOOKED_AT} when there are more; what follows is of the newest so many.` }),
  anomalies: z.int().meta({ description: OF_NEWEST }),
  fraud: z.int().meta({ description: `${OF_NEWEST} Those that turned out to be fraud.` }),
  names: z.record(z.string(), z.int()).meta({ description: `${OF_NEWEST} How many by name.` }),
  countries: z
    .record(z.string(), z.int())
    .meta({ description: `${OF_NEWEST} How many by the country they came from.` }),
  money: z
    .array(
      z.strictObject({
        name: z.string(),
        currency: z.string(),
        events: z.int(),
        value: z.number().meta({ description: "Added up, in major units of `currency`; declined payments left out." }),
      }),
    )
    .meta({ description: OF_NEWEST }),
  related: z
    .array(
      z.strictObject({
        kind: Kind,
        key: z.string(),
        events: z.int().meta({ description: "That name both." }),
        anomalies: z.int(),
        last_at: AnsweredTime,
      }),
    )
    .meta({
      description: `${OF_NEWEST} Whom else they name, of each kind the 20 with the most anomalies, then events.`,
    }),
  timeline: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        occurred_at: AnsweredTime,
        score: z.number(),
        anomaly: z.boolean(),
        status: z.enum(["open", "confirmed", "dismissed"]).nullable().meta({ description: "Of its anomaly." }),
        label: z.enum(["fraud", "legitimate"]).nullable(),
        reason: z.string().nullable().meta({ description: "The first of its reasons." }),
        value: z.number().nullable(),
        currency: z.string().nullable(),
        outcome: z.string().nullable().meta({ description: "Of its payment." }),
        country: z.string().nullable(),
        session_id: z.string().nullable(),
        transaction_id: z.string().nullable(),
      }),
    )
    .meta({ description: "The newest 100, newest first; all of them are in `/v1/events` by the same key." }),
});

const getEntityRoute = defineRoute({
  method: "get",
  path: "/v1/entities/{kind}/{key}",
  operationId: "getEntity",
  summary: "What one customer, e-mail address, device, card or network did",
  description: "An anomaly's `entity` is `kind:key`. A key stands in the path with its special characters escaped.",
  access: "analyst",
  params: z.strictObject({ kind: Kind, key: Sought }),
  status: 200,
  output: EntityAnswer,
  problems: [...GUARDED, "invalid", "not-found"],
});

export function entityOperations({ db }: { db: Db }): Operation[] {
  return [
    operation(getEntityRoute, async (_facts, { params: { kind, key } }) => {
      const entity = await findEntity(db, kind, key);
      if (entity === null) throw new Problem("not-found", "No event names this.");
      const { first_at, last_at, related, timeline, ...rest } = entity;
      return {
        kind,
        key,
        ...rest,
        first_at: first_at.toISOString(),
        last_at: last_at.toISOString(),
        related: related.map((other) => ({ ...other, last_at: other.last_at.toISOString() })),
        timeline: timeline.map((event) => ({ ...event, occurred_at: event.occurred_at.toISOString() })),
      };
    }),
  ];
}
