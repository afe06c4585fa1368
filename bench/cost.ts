import { monthlyBill, total, type PerEvent } from "./cost-model.ts";
import { PRICES, type Price } from "./prices.ts";
import type { Report } from "./report.ts";

const VOLUMES = [1e6, 1e8, 1e9];
const EVENTS_OF_REQUEST = 20;
const OTHER_REQUESTS = [1, 5, 20, 50, 100];

/** Of the events of a shop; where each is from is in ORIGINS. */
const EVENT: PerEvent = {
  edgeCpuMs: 0.045,
  aggregatorCpuMs: 0.028,
  postgresCpuMs: 0.055,
  messageBytes: 830,
  rowBytes: 2_260,
  entities: 2.2,
  entitiesWrittenShare: 0.95,
  newEntities: 0.5,
  profileBytes: 700,
};
const ORIGINS: Record<keyof PerEvent, string> = {
  edgeCpuMs: "bench storing, its profile store and queue included",
  aggregatorCpuMs: "bench storing, the relay included",
  postgresCpuMs: "bench storing",
  messageBytes: "bench batch",
  rowBytes: "bench storing",
  entities: "the shop's events made of the slice",
  entitiesWrittenShare: "REES46 and Taobao: users of 15 s over their events",
  newEntities: "REES46: 4,505 shoppers in 17,435 events, a device and a network each",
  profileBytes: "bench growth: what the profile store takes on disk over its entities",
};

const NAMES = Object.keys(ORIGINS) as (keyof PerEvent)[]; // its own keys

/** What a month costs at published prices, on paper. */
export async function cost(): Promise<Report> {
  const bills = VOLUMES.map((eventsPerDay) =>
    monthlyBill({ eventsPerDay, eventsPerRequest: EVENTS_OF_REQUEST }, EVENT),
  );
  const components = bills[0]?.map(({ component }) => component) ?? [];
  const inAll = (eventsPerRequest: number) =>
    VOLUMES.map((eventsPerDay) => dollars(total(monthlyBill({ eventsPerDay, eventsPerRequest }, EVENT)))).join(", ");
  return {
    name: "cost",
    about: `dollars a month at ${VOLUMES.map((volume) => `${(volume / 1e6).toLocaleString("en")} M`).join(", ")} events a day, on paper from published prices, ${EVENTS_OF_REQUEST} events a request, 90 days in Postgres`,
    rows: [
      ...components.map((what, index) => ({
        what,
        figure: bills.map((bill) => dollars(bill[index]?.usd ?? NaN)).join(", "),
      })),
      { what: "in all", figure: bills.map((bill) => dollars(total(bill))).join(", ") },
      {
        what: "in all, a million events",
        figure: bills
          .map((bill, at) => `$${((total(bill) * 1e6) / ((VOLUMES[at] ?? NaN) * 30)).toFixed(2)}`)
          .join(", "),
      },
      ...OTHER_REQUESTS.map((events) => ({ what: `in all, ${events} events a request`, figure: inAll(events) })),
    ],
    tables: [
      ["What an event takes", ...NAMES.map((name) => `${name} ${EVENT[name]}: ${ORIGINS[name]}`)],
      ["Prices", ...Object.values(PRICES).map(priceLine)],
    ],
  };
}

function dollars(usd: number): string {
  return `$${usd.toLocaleString("en", { maximumFractionDigits: usd < 100 ? 2 : 0 })}`;
}

function priceLine({ usd, per, of, included, source, asOf }: Price): string {
  const beyond = included === 0 ? "" : ` after ${included.toLocaleString("en")}`;
  return `$${usd} for ${per.toLocaleString("en")} ${of}${beyond} (${source}, ${asOf})`;
}
