import { email } from "./email.ts";
import type { Kind, KindName } from "./kind.ts";
import { pagerduty } from "./pagerduty.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

export const KINDS: Record<KindName, Kind> = { webhook, slack, pagerduty, email };
