/**
 * The names of Segment's e-commerce spec v2 and of Shopify's web pixel events, beside ours. Facts only: what is done with them
 * is in `segment.ts` and `shopify.ts`, and whatever has no row here follows the rules written there.
 *
 * @see https://segment.com/docs/connections/spec/ecommerce/v2/
 * @see https://shopify.dev/docs/api/web-pixels-api/standard-events
 */
export const FORMATS = ["segment", "shopify"] as const;
export type Format = (typeof FORMATS)[number];

/** What kind of figures an event of Segment's has: an order's, a refund's, those of its lines alone, or whatever is stated. */
export type Figures = "order" | "refund" | "lines" | "stated";

export interface EventRow {
  name: string;
  segment?: string;
  shopify?: string;
  /** "stated" when missing. */
  figures?: Figures;
  /** The row holds only where this path has this value; elsewhere the event keeps its own name. */
  only?: { path: string; is: string };
}

/** Rows whose `name` is not one of `EVENT_NAMES` are custom events that GA4 or this product gives a meaning. */
export const EVENTS: readonly EventRow[] = [
  { name: "page_view", segment: "page", shopify: "page_viewed" },
  { name: "search", segment: "Products Searched", shopify: "search_submitted" },
  { name: "view_item_list", segment: "Product List Viewed", shopify: "collection_viewed" },
  { name: "view_item_list", segment: "Product List Filtered" },
  { name: "select_item", segment: "Product Clicked" },
  { name: "view_item", segment: "Product Viewed", shopify: "product_viewed", figures: "lines" },
  { name: "add_to_cart", segment: "Product Added", shopify: "product_added_to_cart", figures: "lines" },
  { name: "add_to_cart", segment: "Wishlist Product Added to Cart", figures: "lines" },
  { name: "remove_from_cart", segment: "Product Removed", shopify: "product_removed_from_cart", figures: "lines" },
  { name: "view_cart", segment: "Cart Viewed", shopify: "cart_viewed", figures: "lines" },
  { name: "add_to_wishlist", segment: "Product Added to Wishlist", figures: "lines" },
  { name: "begin_checkout", segment: "Checkout Started", shopify: "checkout_started", figures: "order" },
  { name: "checkout_progress", segment: "Checkout Step Viewed", shopify: "checkout_contact_info_submitted" },
  { name: "checkout_progress", segment: "Checkout Step Completed", shopify: "checkout_address_info_submitted" },
  { name: "add_shipping_info", shopify: "checkout_shipping_info_submitted" },
  {
    name: "add_payment_info",
    segment: "Payment Info Entered",
    shopify: "payment_info_submitted",
    figures: "lines",
  },
  { name: "purchase", segment: "Order Completed", shopify: "checkout_completed", figures: "order" },
  { name: "refund", segment: "Order Refunded", figures: "refund" },
  { name: "order_cancelled", segment: "Order Cancelled", figures: "order" },
  { name: "order_updated", segment: "Order Updated", figures: "order" },
  // Most alerts are about a field left empty or an address; only this type is about paying.
  { name: "payment_failed", shopify: "alert_displayed", only: { path: "data.alert.type", is: "PAYMENT_ERROR" } },
  { name: "view_promotion", segment: "Promotion Viewed" },
  { name: "select_promotion", segment: "Promotion Clicked" },
  { name: "coupon_applied", segment: "Coupon Applied" },
  { name: "coupon_rejected", segment: "Coupon Denied" },
  { name: "coupon_removed", segment: "Coupon Removed" },
  { name: "share", segment: "Product Shared" },
];

/** How a sender's value is brought into our form; what does not fit stays as it is, for the schema to refuse. */
export type Form = "as_sent" | "text" | "code" | "country" | "amount" | "count" | "pixels";

export interface FieldRow {
  /** Path of our field. */
  field: string;
  form: Form;
  /** Paths of the sender's; the first that says anything is taken. `properties` holds the call's other fields as well. */
  segment: readonly string[];
  shopify: readonly string[];
  /** What only a shop's server may say of a shopper; from a browser it is left out, because the connection tells it. */
  secretOnly?: true;
}

/** Our own names are taken as well, so that either envelope may carry what the other vocabulary has no word for. */
export const FIELDS: readonly FieldRow[] = [
  { field: "id", form: "text", segment: ["messageId", "id"], shopify: ["id"] },
  {
    field: "timestamp",
    form: "as_sent",
    segment: ["timestamp", "originalTimestamp"],
    shopify: ["timestamp"],
  },
  { field: "sent_at", form: "as_sent", segment: ["sentAt", "sent_at"], shopify: ["sent_at"] },
  { field: "client_id", form: "text", segment: ["anonymousId", "client_id"], shopify: ["clientId", "client_id"] },
  { field: "session_id", form: "text", segment: ["session_id", "properties.session_id"], shopify: ["session_id"] },
  {
    field: "user_id",
    form: "text",
    segment: ["userId", "user_id"],
    shopify: ["user_id", "data.checkout.order.customer.id"],
  },
  {
    field: "email",
    form: "as_sent",
    segment: ["email", "properties.email", "context.traits.email"],
    shopify: ["email", "data.checkout.email"],
  },
  {
    field: "currency",
    form: "code",
    segment: ["properties.currency"],
    shopify: [
      "data.checkout.currencyCode",
      "data.checkout.subtotalPrice.currencyCode",
      "data.cartLine.cost.totalAmount.currencyCode",
      "data.cart.cost.totalAmount.currencyCode",
      "data.productVariant.price.currencyCode",
      "data.collection.productVariants.0.price.currencyCode",
      "data.searchResult.productVariants.0.price.currencyCode",
      "currency",
    ],
  },
  {
    field: "value",
    form: "amount",
    segment: [],
    shopify: [
      "data.checkout.subtotalPrice.amount",
      "data.cartLine.cost.totalAmount.amount",
      "data.cart.cost.totalAmount.amount",
      "data.productVariant.price.amount",
      "value",
    ],
  },
  { field: "tax", form: "amount", segment: ["properties.tax"], shopify: ["data.checkout.totalTax.amount", "tax"] },
  {
    field: "shipping",
    form: "amount",
    segment: ["properties.shipping"],
    shopify: ["data.checkout.shippingLine.price.amount", "shipping"],
  },
  {
    field: "coupon",
    form: "text",
    segment: ["properties.coupon", "properties.coupon_id"],
    shopify: ["data.checkout.discountApplications.0.title", "coupon"],
  },
  {
    field: "transaction_id",
    form: "text",
    segment: ["properties.order_id", "properties.transaction_id"],
    shopify: ["data.checkout.order.id", "data.checkout.token", "transaction_id"],
  },
  { field: "payment", form: "as_sent", segment: ["payment"], shopify: ["payment"] },
  {
    field: "payment.method",
    form: "text",
    segment: ["properties.payment_method"],
    shopify: ["data.checkout.transactions.0.paymentMethod.type"],
  },
  { field: "shipping_address", form: "as_sent", segment: ["shipping_address"], shopify: ["shipping_address"] },
  {
    field: "shipping_address.country",
    form: "code",
    segment: [],
    shopify: ["data.checkout.shippingAddress.countryCode"],
  },
  { field: "shipping_address.postal_code", form: "text", segment: [], shopify: ["data.checkout.shippingAddress.zip"] },
  { field: "billing_address", form: "as_sent", segment: ["billing_address"], shopify: ["billing_address"] },
  {
    field: "billing_address.country",
    form: "code",
    segment: [],
    shopify: ["data.checkout.billingAddress.countryCode"],
  },
  { field: "billing_address.postal_code", form: "text", segment: [], shopify: ["data.checkout.billingAddress.zip"] },

  {
    field: "context.page.url",
    form: "as_sent",
    segment: ["context.page.url"],
    shopify: ["context.document.location.href", "context.page.url"],
  },
  {
    field: "context.page.referrer",
    form: "as_sent",
    segment: ["context.page.referrer"],
    shopify: ["context.document.referrer", "context.page.referrer"],
  },
  {
    field: "context.page.title",
    form: "as_sent",
    segment: ["context.page.title"],
    shopify: ["context.document.title", "context.page.title"],
  },
  {
    field: "context.locale",
    form: "as_sent",
    segment: ["context.locale"],
    shopify: ["context.navigator.language", "context.locale"],
  },
  {
    field: "context.screen.width",
    form: "pixels",
    segment: ["context.screen.width"],
    shopify: ["context.window.screen.width", "context.screen.width"],
  },
  {
    field: "context.screen.height",
    form: "pixels",
    segment: ["context.screen.height"],
    shopify: ["context.window.screen.height", "context.screen.height"],
  },
  { field: "context.ip", form: "as_sent", segment: ["context.ip"], shopify: ["context.ip"], secretOnly: true },
  {
    field: "context.user_agent",
    form: "as_sent",
    segment: ["context.userAgent", "context.user_agent"],
    shopify: ["context.navigator.userAgent", "context.user_agent"],
    secretOnly: true,
  },
  {
    field: "context.geo.country",
    form: "country",
    segment: ["context.location.country", "context.geo.country"],
    shopify: ["context.geo.country"],
    secretOnly: true,
  },
  {
    field: "context.geo.region",
    form: "text",
    segment: ["context.location.region", "context.geo.region"],
    shopify: ["context.geo.region"],
    secretOnly: true,
  },
  {
    field: "context.geo.city",
    form: "text",
    segment: ["context.location.city", "context.geo.city"],
    shopify: ["context.geo.city"],
    secretOnly: true,
  },
  {
    field: "context.geo.latitude",
    form: "as_sent",
    segment: ["context.location.latitude", "context.geo.latitude"],
    shopify: ["context.geo.latitude"],
    secretOnly: true,
  },
  {
    field: "context.geo.longitude",
    form: "as_sent",
    segment: ["context.location.longitude", "context.geo.longitude"],
    shopify: ["context.geo.longitude"],
    secretOnly: true,
  },

  {
    field: "properties.search_term",
    form: "as_sent",
    segment: ["properties.search_term", "properties.query"],
    shopify: ["data.searchResult.query"],
  },
  {
    field: "properties.item_list_id",
    form: "text",
    segment: ["properties.item_list_id", "properties.list_id"],
    shopify: ["data.collection.id"],
  },
  { field: "properties.item_list_name", form: "as_sent", segment: [], shopify: ["data.collection.title"] },
  {
    field: "properties.campaign",
    form: "as_sent",
    segment: ["properties.campaign", "context.campaign"],
    shopify: [],
  },
  { field: "properties.cart_id", form: "as_sent", segment: [], shopify: ["data.cart.id"] },
  { field: "properties.total", form: "as_sent", segment: [], shopify: ["data.checkout.totalPrice.amount"] },
  { field: "properties.discount", form: "as_sent", segment: [], shopify: ["data.checkout.discountsAmount.amount"] },
  { field: "properties.gateway", form: "as_sent", segment: [], shopify: ["data.checkout.transactions.0.gateway"] },
  { field: "properties.alert_type", form: "as_sent", segment: [], shopify: ["data.alert.type"] },
  { field: "properties.alert_target", form: "as_sent", segment: [], shopify: ["data.alert.target"] },
  { field: "properties.alert_message", form: "as_sent", segment: [], shopify: ["data.alert.message"] },
];

/** One line of an order, cart or list. */
export const ITEM_FIELDS: readonly FieldRow[] = [
  {
    field: "item_id",
    form: "text",
    segment: ["item_id", "product_id", "sku"],
    shopify: ["variant.id", "variant.sku", "variant.product.id"],
  },
  {
    field: "item_name",
    form: "text",
    segment: ["item_name", "name"],
    shopify: ["variant.product.title", "title"],
  },
  {
    field: "item_category",
    form: "text",
    segment: ["item_category", "category"],
    shopify: ["variant.product.type"],
  },
  { field: "price", form: "amount", segment: ["price"], shopify: ["variant.price.amount"] },
  { field: "quantity", form: "count", segment: ["quantity"], shopify: ["quantity"] },
];

/** Where Shopify keeps the lines of an event, and where in a line its variant is ("" when the line is one). */
export const SHOPIFY_LINES: readonly { path: string; variant: string }[] = [
  { path: "data.checkout.lineItems", variant: "variant" },
  { path: "data.cart.lines", variant: "merchandise" },
  { path: "data.cartLine", variant: "merchandise" },
  { path: "data.productVariant", variant: "" },
  { path: "data.collection.productVariants", variant: "" },
  { path: "data.searchResult.productVariants", variant: "" },
];

/** The parts of Shopify's `data`; they are looked for beside it and in `properties` as well, and never kept whole. */
export const SHOPIFY_PARTS: readonly string[] =
  "checkout cart cartLine productVariant collection searchResult alert".split(" ");

const OUR_ENVELOPE =
  "format key id timestamp sent_at client_id session_id user_id email payment shipping_address billing_address context properties";
const SEGMENT_ENVELOPE =
  "type messageId anonymousId userId originalTimestamp sentAt receivedAt integrations version channel writeKey projectId " +
  "rudderId traits previousId groupId _metadata";
const SHOPIFY_ENVELOPE =
  "name type seq clientId data customData value currency tax shipping coupon transaction_id items";

/** Fields of an envelope, theirs or ours, that are not facts about the event: they never become properties. */
export const ENVELOPE: Record<Format, ReadonlySet<string>> = {
  segment: new Set(`${OUR_ENVELOPE} ${SEGMENT_ENVELOPE}`.split(" ")),
  shopify: new Set(`${OUR_ENVELOPE} ${SHOPIFY_ENVELOPE}`.split(" ")),
};

/** What says who a person is or how to reach one: never kept as a property. */
export const PERSONAL: ReadonlySet<string> = new Set(
  (
    "email phone smsMarketingPhone firstName lastName first_name last_name address shippingAddress billingAddress customer " +
    "recipient ip request_ip"
  ).split(" "),
);
