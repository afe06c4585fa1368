import { classes } from "../../parts/button.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { countryName } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";
import "./places-part.css";

/** The countries that have a part in it, side by side: those that are unlike the shopper's stand out. */
export function PlacesPart({ event: { signals, payment, shipping_address, billing_address } }: { event: ScoredEvent }) {
  const { country } = signals;
  const city = [signals.city, signals.region].filter(Boolean).join(", ");
  const places: { name: string; icon: IconName; country: string | undefined; more: string }[] = [
    { name: "Shopper", icon: "pin", country, more: city },
    { name: "Card", icon: "card", country: payment?.card_country, more: "" },
    { name: "Billing", icon: "table", country: billing_address?.country, more: billing_address?.postal_code ?? "" },
    { name: "Shipping", icon: "models", country: shipping_address?.country, more: shipping_address?.postal_code ?? "" },
  ];
  const known = places.filter((place) => place.country !== undefined);
  const [first] = known;
  if (first === undefined) return null;
  const isUnlike = (other: string | undefined) => other !== undefined && other !== first.country;
  const unlike = known.filter((place) => isUnlike(place.country));
  return (
    <section className="part">
      <h3>Countries</h3>
      <ul className="places">
        {places.map((place) => (
          <li key={place.name} className={classes("place", isUnlike(place.country) && "place-unlike")}>
            <span className="place-name">
              <Icon name={place.icon} size={14} /> {place.name}
            </span>
            <span className="place-code">{place.country ?? "–"}</span>
            <span className="place-country clip">
              {place.country === undefined ? "not told" : countryName(place.country)}
              {place.more === "" ? "" : `, ${place.more}`}
            </span>
          </li>
        ))}
      </ul>
      {unlike.length === 0 ? null : (
        <p className="small places-words">
          {unlike.map(({ name }) => name).join(" and ")} {unlike.length === 1 ? "is" : "are"} of another country than{" "}
          {first.name.toLowerCase()}.
        </p>
      )}
    </section>
  );
}
