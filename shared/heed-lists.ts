import type { Assessment, Reason } from "./assessment.ts";
import type { ListVerdict } from "./lists.ts";
import { flattened } from "./flat-text.ts";

/**
 * An assessment with what an operator decided beforehand about whoever made the event. On the block list it is an anomaly of score 1
 * whatever else there is, which stays as further reasons; on the allow list it is none, with score 0. What the signals said stays told.
 */
export function heedLists(assessment: Assessment, verdict: ListVerdict | null): Assessment {
  if (verdict === null) return assessment;
  const { list, words } = verdict;
  const detail = flattened(`${words} is on the ${list} list`);
  const reason: Reason = { code: `${list}_list`, detail, contribution: 1 };
  if (list === "allow") return { ...assessment, score: 0, anomaly: false, confidence: 1, reasons: [reason] };
  const others = assessment.reasons.map((other) => ({ ...other, contribution: 0 }));
  return { ...assessment, score: 1, anomaly: true, confidence: 1, reasons: [reason, ...others] };
}
