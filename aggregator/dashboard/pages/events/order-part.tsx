import { useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Fact, Facts, Money } from "../../parts/figures.tsx";
import { Table } from "../../parts/table.tsx";
import { numberWords } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";

/** What was bought, how it was paid, and what became of it. */
export function OrderPart({ event }: { event: ScoredEvent }) {
  const { items = [], payment, transaction_id, coupon, currency, tax, shipping, signals, context } = event;
  const { data } = useGet("/v1/events/{id}", { params: { id: event.id } }, { enabled: transaction_id !== undefined });
  const transaction = data?.transaction;
  return (
    <section className="part">
      <h3>Event</h3>
      <div className="part-columns">
        <Facts>
          {transaction_id === undefined ? null : (
            <Fact name="Transaction">
              <span className="row row-wrap">
                <span className="mono">{transaction_id}</span>
                {transaction === undefined || transaction.counted ? null : <Badge>not counted as an order</Badge>}
                {transaction?.refunds.map((refund) => (
                  <Badge key={refund.currency} tone="warn">
                    refunded <Money value={refund.amount} currency={refund.currency} />
                  </Badge>
                ))}
              </span>
            </Fact>
          )}
          {payment === undefined ? null : (
            <Fact name="Payment">
              {payment.method ?? "unknown"}
              {payment.outcome === undefined ? "" : `, ${payment.outcome}`}
              {payment.decline_code === undefined ? "" : ` (${payment.decline_code})`}
              {payment.bin === undefined ? "" : `, card ${payment.bin}…`}
            </Fact>
          )}
          {coupon === undefined ? null : <Fact name="Coupon">{coupon}</Fact>}
          {tax === undefined ? null : (
            <Fact name="Tax">
              <Money value={tax} currency={currency} />
            </Fact>
          )}
          {shipping === undefined ? null : (
            <Fact name="Shipping">
              <Money value={shipping} currency={currency} />
            </Fact>
          )}
        </Facts>
        <Facts>
          <Fact name="Device">
            {[signals.browser, signals.os, signals.device_class].filter(Boolean).join(", ") || "unknown"}
            {signals.bot === true ? ", a declared bot" : ""}
          </Fact>
          {signals.as_organization === undefined ? null : (
            <Fact name="Network">
              {signals.as_organization} (AS{signals.asn})
            </Fact>
          )}
          {context?.page?.url === undefined ? null : <Fact name="Page">{context.page.url}</Fact>}
          {event.email_domain === undefined ? null : <Fact name="E-mail at">{event.email_domain}</Fact>}
        </Facts>
      </div>
      {items.length === 0 ? null : (
        <Table
          caption="Items"
          rows={items.map((item, index) => ({ ...item, index }))}
          keyOf={({ index }) => String(index)}
          columns={[
            { head: "Item", cell: ({ item_name, item_id }) => item_name ?? item_id ?? "unnamed" },
            { head: "Category", cell: ({ item_category }) => item_category ?? "", from: "laptop" },
            { head: "Quantity", align: "end", cell: ({ quantity = 1 }) => numberWords(quantity) },
            { head: "Price", align: "end", cell: ({ price }) => <Money value={price} currency={currency} /> },
          ]}
        />
      )}
    </section>
  );
}
