import type { Kind } from "./kind.ts";
import { clip, storyOf } from "./story.ts";

/** The form Slack gives the URLs of incoming webhooks; the last part is the secret. */
const INCOMING = /^(https:\/\/hooks\.slack\.com\/services\/[A-Z0-9]{1,30}\/[A-Z0-9]{1,30}\/)[A-Za-z0-9]{1,60}$/;

/** What Slack takes of a header block and of a section's text. */
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;

/** Answers by which Slack says that this URL will never work again. */
const GONE = new Set(["no_service", "no_team", "channel_is_archived"]);

/**
 * A channel of Slack's, by an incoming webhook.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export const slack: Kind = {
  posting({ alert }) {
    const { title, lines, link, type, at } = storyOf(alert);
    const footer = [type, at, ...(link === null ? [] : [`<${linkTarget(link)}|Details>`])].join(" · ");
    const blocks = [
      { type: "header", text: plain(title, HEADER_LENGTH) },
      ...(lines.length === 0 ? [] : [{ type: "section", text: plain(lines.join("\n"), SECTION_LENGTH) }]),
      { type: "context", elements: [{ type: "mrkdwn", text: footer }] },
    ];
    const body = JSON.stringify({ text: clip(title, SECTION_LENGTH, escape), blocks, unfurl_links: false });
    return { headers: {}, body };
  },

  verdict(status, answer) {
    if (status === 200) return "taken";
    return status === 410 || GONE.has(answer.trim()) ? "gone" : "refused";
  },

  checkUrl: (url) => (INCOMING.test(url) ? null : "must be the URL of an incoming webhook at hooks.slack.com"),
};

/** The URL without what makes it work: who has all of it may post to the channel. */
export function withoutSecret(url: string): string {
  return `${INCOMING.exec(url)?.[1] ?? ""}…`;
}

function plain(text: string, lengthMost: number) {
  return { type: "plain_text", text: clip(text, lengthMost, escape), emoji: false };
}

const ESCAPES: Partial<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Slack reads mentions and links out of angle brackets, so that a customer's text could call a whole channel. */
function escape(letter: string): string {
  return ESCAPES[letter] ?? letter;
}

function linkTarget(url: string): string {
  return Array.from(url, escape).join("").replaceAll("|", "%7C");
}
