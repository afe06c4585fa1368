import type { ReactNode } from "react";
import type { RowOf } from "../../api/client.ts";
import { AssessmentPart } from "./assessment-part.tsx";
import { CustomerPart } from "./customer-part.tsx";
import { FeaturesPart } from "./features-part.tsx";
import { OrderPart } from "./order-part.tsx";
import { PlacesPart } from "./places-part.tsx";
import { ReasonsPart } from "./reasons-part.tsx";
import "./event-body.css";

export type ScoredEvent = RowOf<"/v1/events">;

interface EventBodyProps {
  event: ScoredEvent;
  /** What else is to be told, before the smallest print. */
  children?: ReactNode;
}

/** Everything that is known of an event, what matters most first. */
export function EventBody({ event, children }: EventBodyProps) {
  return (
    <div className="parts">
      <ReasonsPart event={event} />
      <PlacesPart event={event} />
      <CustomerPart event={event} />
      <AssessmentPart event={event} />
      <OrderPart event={event} />
      {children}
      <FeaturesPart event={event} />
    </div>
  );
}
