import { describe, expect, it } from "vitest";
import { NOW_MS } from "../../test-events.ts";
import { planAlerts, type Gathering, type Plan, type RuleHour, type Situation } from "./plan.ts";
import type { Found, Rule } from "./rule.ts";
import { foundAnomaly, ruleOf } from "./test-found.ts";

const MINUTE_MS = 60_000;

/** Anomalies found so many minutes after the start, each with its entity. */
function foundAt(...each: (readonly [minute: number, entity: string, over?: Partial<Found>])[]): Found[] {
  return each.map(([minute, entity, over], index) =>
    foundAnomaly({ id: `ano_${index + 1}`, foundMs: NOW_MS + minute * MINUTE_MS, entity, ...over }),
  );
}

function plan(found: readonly Found[], rules: readonly Rule[] = [ruleOf()], before: Partial<Situation> = {}): Plan {
  let made = 0;
  return planAlerts({ found, rules, gathering: [], hours: [], ...before }, () => `alt_${++made}`);
}

/** Each alert as its group, its anomalies, and what is special about it. */
const told = ({ opened }: Plan) =>
  opened.map(({ groupKey, anomalies, cooled, silenced }) =>
    [groupKey ?? "digest", anomalies, cooled > 0 && `${cooled} cooled`, silenced && "silenced"]
      .filter(Boolean)
      .join(" "),
  );

describe("planAlerts", () => {
  it("makes one alert of what is alike within its time, with a count, the latest, and the highest scores as examples", () => {
    const { opened, members } = plan(
      foundAt([0, "a", { score: 0.8 }], [1, "b"], [2, "a", { score: 0.95 }], [4.9, "a", { score: 0.7 }]),
    );
    expect(opened).toMatchObject([
      {
        id: "alt_1",
        groupKey: "a",
        anomalies: 3,
        openedMs: NOW_MS,
        lastMs: NOW_MS + 4.9 * MINUTE_MS,
        topScore: 0.95,
        examples: [{ anomaly_id: "ano_3" }, { anomaly_id: "ano_1" }, { anomaly_id: "ano_4" }],
      },
      { id: "alt_2", groupKey: "b", anomalies: 1 },
    ]);
    expect(members.map(({ alertId }) => alertId)).toEqual(["alt_1", "alt_2", "alt_1", "alt_1"]);
  });

  it.each<{ rule: Partial<Rule>; minutes: number[]; alerts: string[]; because: string }>([
    { rule: {}, minutes: [0, 5], alerts: ["a 1", "a 1"], because: "the time of the first is over to the millisecond" },
    { rule: { groupMs: 0 }, minutes: [0, 0], alerts: ["a 1", "a 1"], because: "nothing is grouped" },
    { rule: { coolDownMs: 10 * MINUTE_MS }, minutes: [0, 5, 14], alerts: ["a 3 2 cooled"], because: "it cools down" },
    {
      rule: { coolDownMs: 10 * MINUTE_MS },
      minutes: [0, 14, 15],
      alerts: ["a 2 1 cooled", "a 1"],
      because: "the cool-down is over and what came in it does not make it longer",
    },
    {
      rule: { groupBy: "reason" },
      minutes: [0, 1],
      alerts: ["reason:velocity 2"],
      because: "they have the reason in common",
    },
  ])("gives $alerts of anomalies at minutes $minutes, because $because", ({ rule, minutes, alerts }) => {
    expect(told(plan(foundAt(...minutes.map((minute) => [minute, "a"] as const)), [ruleOf(rule)]))).toEqual(alerts);
  });

  it("has what is beyond the cap in one digest, while what is alike to an alert still joins that", () => {
    const rule = ruleOf({ alertsPerHour: 2 });
    const found = foundAt([0, "a"], [1, "b"], [2, "c"], [3, "a"], [4, "d"], [59, "e"], [60, "f"]);
    expect(told(plan(found, [rule]))).toEqual(["a 2", "b 1", "digest 3", "f 1"]);
  });

  it("begins an hour with an alert and not with the clock, so that a storm at the turn of an hour is one storm", () => {
    const found = foundAt([59.9, "a"], [60.1, "b"], [119.8, "c"]);
    expect(told(plan(found, [ruleOf({ alertsPerHour: 1 })]))).toEqual(["a 1", "digest 2"]);
  });

  it("sends digests alone where a rule allows no alert", () => {
    expect(told(plan(foundAt([0, "a"], [61, "b"]), [ruleOf({ alertsPerHour: 0 })]))).toEqual(["digest 1", "digest 1"]);
  });

  it("lets every rule that matches alert for itself, and none for what no rule matches", () => {
    const rules = [
      ruleOf({ id: "rule_1", conditions: { min_score: 0.9 } }),
      ruleOf({ id: "rule_2", groupBy: "reason" }),
    ];
    const { opened, members } = plan(foundAt([0, "a"], [0, "b", { score: 0.5 }]), rules);
    expect(opened.map(({ ruleId, groupKey, anomalies }) => [ruleId, groupKey, anomalies])).toEqual([
      ["rule_1", "a", 1],
      ["rule_2", "reason:velocity", 2],
    ]);
    expect(members).toHaveLength(3);
    expect(plan(foundAt([0, "a", { score: 0.5 }]), [ruleOf({ conditions: { min_score: 0.9 } })])).toEqual({
      opened: [],
      grown: [],
      members: [],
    });
  });

  it("has silenced alerts and hours apart, so that what comes after the silence is not swallowed by it", () => {
    const rule = ruleOf({ alertsPerHour: 1, silencedUntilMs: NOW_MS + 2 * MINUTE_MS });
    const found = foundAt([0, "a"], [1, "b"], [1.9, "a"], [2, "a"], [3, "b"]);
    expect(told(plan(found, [rule]))).toEqual(["a 2 silenced", "digest 1 silenced", "a 1", "digest 1"]);
  });

  it("lets the highest score raise the alert of what was found at the same moment", () => {
    const [opened] = plan(foundAt([0, "a", { score: 0.7 }], [0, "a", { score: 0.9 }])).opened;
    expect(opened?.first.id).toBe("ano_2");
  });

  it("keeps ten examples of many, those with the highest scores", () => {
    const found = foundAt(...Array.from({ length: 50 }, (_, i) => [0, "a", { score: ((i * 7) % 50) / 50 }] as const));
    const scores = plan(found).opened[0]?.examples.map(({ score }) => score);
    expect(scores).toEqual([49, 48, 47, 46, 45, 44, 43, 42, 41, 40].map((n) => n / 50));
  });

  it("gives the same alerts in one go as in many, so that how messages are batched makes no difference", () => {
    const rules = [
      ruleOf({ alertsPerHour: 3, coolDownMs: 2 * MINUTE_MS }),
      ruleOf({ id: "rule_2", groupBy: "reason" }),
    ];
    const found = foundAt(
      ...Array.from({ length: 200 }, (_, i) => [i * 0.9, `e${(i * i) % 23}`, { score: (i % 10) / 10 }] as const),
    );
    expect(inPortions(found, rules, 1)).toEqual(inPortions(found, rules, found.length));
    expect(inPortions(found, rules, 7)).toEqual(inPortions(found, rules, found.length));
  });

  it("does not change what it is given", () => {
    const [alert] = plan(foundAt([0, "a"])).opened;
    const before: Partial<Situation> = {
      gathering: Object.freeze(alert === undefined ? [] : [Object.freeze(alert)]),
      hours: [],
    };
    const { grown } = plan([foundAnomaly({ id: "ano_9", entity: "a", foundMs: NOW_MS + 1 })], [ruleOf()], before);
    expect(grown).toMatchObject([{ id: alert?.id, anomalies: 2 }]);
    expect(alert?.anomalies).toBe(1);
  });
});

/** Plans portion after portion, each with what those before have left, as the turns do. */
function inPortions(found: readonly Found[], rules: readonly Rule[], size: number): Gathering[] {
  const alerts = new Map<string, Gathering>();
  let made = 0;
  for (let from = 0; from < found.length; from += size) {
    const gathering = [...alerts.values()];
    const situation = { found: found.slice(from, from + size), rules, gathering, hours: hoursOf(gathering) };
    const { opened, grown } = planAlerts(situation, () => `alt_${++made}`);
    for (const { rule: _rule, first: _first, ...alert } of opened) alerts.set(alert.id, alert);
    for (const alert of grown) alerts.set(alert.id, alert);
  }
  return [...alerts.values()];
}

function hoursOf(alerts: readonly Gathering[]): RuleHour[] {
  return [...Map.groupBy(alerts, ({ ruleId }) => ruleId)].map(([ruleId, own]) => {
    const fromMs = Math.max(...own.map(({ hourFromMs }) => hourFromMs));
    const inIt = own.filter(({ hourFromMs, groupKey }) => hourFromMs === fromMs && groupKey !== null);
    return { ruleId, silenced: false, fromMs, alerts: inIt.length };
  });
}
