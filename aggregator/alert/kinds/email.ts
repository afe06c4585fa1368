import type { Kind } from "./kind.ts";
import { clip, storyOf } from "./story.ts";

export const RESEND_URL = "https://api.resend.com/emails";

const SUBJECT_LENGTH = 200;

/**
 * An e-mail, by Resend's API. The idempotency key makes one e-mail of all attempts, however late an answer is; a replay is another e-mail.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 * @see https://resend.com/docs/dashboard/emails/idempotency-keys
 */
export const email: Kind = {
  posting({ deliveryId, attemptsBefore, secrets: [apiKey], settings: { from, to }, alert }) {
    const { title, lines, link, type, at } = storyOf(alert);
    const text = [title, "", ...lines, "", `${type}, ${at}`, ...(link === null ? [] : [link])].join("\n");
    return {
      headers: { authorization: `Bearer ${apiKey}`, "idempotency-key": `${deliveryId}/${attemptsBefore}` },
      body: JSON.stringify({ from, to, subject: clip(title, SUBJECT_LENGTH), text }),
    };
  },

  verdict(status, answer) {
    // The same key with another text: an earlier attempt was taken, and the alert has grown since.
    const takenBefore = status === 409 && answer.includes("invalid_idempotent_request");
    return status === 200 || takenBefore ? "taken" : "refused";
  },

  checkUrl: (url) => (url === RESEND_URL ? null : "must be that of Resend's API"),
};
