import { useParams } from "wouter";
import { LinkButton } from "../../parts/button.tsx";
import { Empty } from "../../parts/states.tsx";
import { AlertList } from "./alert-list.tsx";
import { AlertsFrame } from "./alerts-frame.tsx";
import { CalendarPart } from "./calendar/calendar-part.tsx";
import { DestinationPage } from "./destinations/destination-page.tsx";
import { DestinationList } from "./destinations/destination-list.tsx";
import { DetectionPart } from "./detection/detection-part.tsx";
import { ListsPart } from "./lists/lists-part.tsx";
import { RuleList } from "./rules/rule-list.tsx";
import { RulePage } from "./rules/rule-page.tsx";

/** What was alerted, where alerts go, and what makes them. The id of an alert may follow `/alerts/` at once. */
export function AlertsPage() {
  const { part, id } = useParams<{ part?: string; id?: string }>();
  if (part === undefined || part.startsWith("alt_")) return <AlertList openId={part} />;
  if (part === "destinations") return id === undefined ? <DestinationList /> : <DestinationPage key={id} id={id} />;
  if (part === "rules") return id === undefined ? <RuleList /> : <RulePage key={id} id={id} />;
  if (part === "detection") return <DetectionPart />;
  if (part === "lists") return <ListsPart />;
  if (part === "calendar") return <CalendarPart />;
  return (
    <AlertsFrame tab="Alerts">
      <Empty icon="search" title="There is no such part of alerts">
        <p>The link may be old, or mistyped.</p>
        <LinkButton href="/alerts">To the alerts</LinkButton>
      </Empty>
    </AlertsFrame>
  );
}
