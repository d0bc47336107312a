//! Shopify: the whole order in every webhook, signed without a time.
//!
//! A report is made of the body alone. The topic only says whether to look: it is not signed, so nothing
//! is concluded from it, and a body replayed under another topic says what it always said.
//!
//! | Shopify says | it means |
//! | --- | --- |
//! | `paid`, `partially_refunded`, `refunded`, `authorized` | paid. Authorized too: the card is good, the customer has bought, and many shops take the money when they ship. |
//! | `pending`, `partially_paid`, `expired` | not paid yet: konbini, bank transfer, an authorisation that ran out. |
//! | `voided`, nothing, anything else | neither. A void alone undoes nothing; `cancelled_at` does. |
//! | `buyer_accepts_marketing: true` | consent. `false` is what a box left alone says too, so it is unknown. |
//! | `customer.email_marketing_consent.state` | `subscribed` is a yes; `unsubscribed` is a no and outweighs the order's box; the rest says nothing. |
//!
//! `updated_at` is the version, and the moment at which the body says "paid" or "not paid yet": the
//! body's own time, so that a repeated delivery names the same moment. Without Shopify's approval for
//! protected customer data all personal fields are blank; such an order is still a purchase.

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable, json};
use crate::verified::{BASE64, Headers, Key, Rejected, Secrets, Verified, required};
use base64::Engine as _;
use chrono::{DateTime, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::Currency;
use wasurena_domain::purchase::{Buyer, Consent, LINES_MAX, Line, Moments, Order, Report};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "x-shopify-hmac-sha256";
/// The header with the topic.
const TOPIC: &str = "x-shopify-topic";

/// Topics whose body is an order.
const ORDER_TOPICS: [&str; 4] = ["orders/create", "orders/paid", "orders/updated", "orders/cancelled"];
/// Topics that shops subscribe to and that are left alone.
const UNUSED_TOPICS: [&str; 11] = [
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "fulfillments/create",
    "fulfillments/update",
    "fulfillment_events/create",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
];

/// What a gift is called in the fields that shops add to their order form.
const GIFT_WORDS: [&str; 5] = ["gift", "ギフト", "のし", "熨斗", "贈"];
/// What such a field holds when it is no gift.
const NO_WORDS: [&str; 12] =
    ["", "0", "false", "no", "none", "off", "不要", "なし", "無し", "無", "いいえ", "希望しない"];

/// Shopify's webhooks.
pub(crate) struct Shopify;

impl Cart for Shopify {
    fn id(&self) -> &'static str {
        "shopify"
    }

    fn verify<'a>(
        &self,
        headers: &dyn Headers,
        body: &'a [u8],
        secrets: &Secrets,
        _now: DateTime<Utc>,
    ) -> Result<Verified<'a>, Rejected> {
        let signature =
            BASE64.decode(required(headers, SIGNATURE)?).map_err(|_| Rejected::MalformedHeader(SIGNATURE, "base64"))?;
        let keys: Vec<Key> = secrets.newest_first().map(|secret| Key::new(secret.as_bytes().to_vec())).collect();
        Verified::by_hmac_sha256(&keys, &[signature], b"", body)
    }

    fn parse(&self, headers: &dyn Headers, body: Verified<'_>, _cx: &ParseContext) -> Result<Webhook, Unreadable> {
        let topic = headers.get(TOPIC).ok_or(Unreadable::NoTopic(TOPIC))?;
        if let Some(unused) = UNUSED_TOPICS.into_iter().find(|t| *t == topic) {
            return Ok(Webhook::Ignored(IgnoredReason::UnusedTopic(unused)));
        }
        if !ORDER_TOPICS.contains(&topic) {
            return Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(Topic::new(topic))));
        }
        let body = json(body.body())?;
        let order = Field::root(&body).object()?;
        if order.field("test").optional(Field::flag)? == Some(true) {
            return Ok(Webhook::Ignored(IgnoredReason::TestOrder));
        }
        Ok(Webhook::Purchase(Box::new(report(&order)?)))
    }
}

fn report(order: &Object<'_>) -> Result<Report, Unreadable> {
    let key = purchase_key(&Shopify, order.field("id").order_id()?);
    let version_at = order.field("updated_at").time()?;
    let currency = order.field("currency").currency()?;
    let lines = order.field("line_items").list()?;
    let read = Order {
        version_at,
        ordered_at: match order.field("processed_at").optional(Field::time)? {
            Some(processed_at) => processed_at,
            None => order.field("created_at").time()?,
        },
        buyer: buyer(order)?,
        consent: consent(order)?,
        gift: is_gift(order, &lines)?,
        // Not `current_total_price`, which falls with every refund, nor what the customer's currency makes of it.
        total: order.field("total_price").money(currency)?,
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: lines.iter().take(LINES_MAX).map(|l| line(&l.object()?, currency)).collect::<Result<_, _>>()?,
    };
    Ok(Report { key, order: Some(read), moments: moments(order, version_at)? })
}

fn moments(order: &Object<'_>, updated_at: DateTime<Utc>) -> Result<Moments, Unreadable> {
    let status = order.field("financial_status").optional(Field::text)?.unwrap_or_default();
    let is = |statuses: &[&str]| statuses.contains(&status).then_some(updated_at);
    Ok(Moments {
        paid_seen_at: is(&["paid", "partially_refunded", "refunded", "authorized"]),
        unpaid_seen_at: is(&["pending", "partially_paid", "expired"]),
        refunded_at: is(&["refunded"]),
        cancelled_at: order.field("cancelled_at").optional(Field::time)?,
        ..parcels(order)?
    })
}

/// When the first parcel was handed over, and when the first one arrived. A parcel whose handing over
/// failed or was cancelled counts for neither.
fn parcels(order: &Object<'_>) -> Result<Moments, Unreadable> {
    let mut moments = Moments::default();
    let sooner = |known: Option<DateTime<Utc>>, at| Some(known.map_or(at, |k| k.min(at)));
    for parcel in order.field("fulfillments").optional(Field::list)?.unwrap_or_default() {
        let parcel = parcel.object()?;
        if parcel.field("status").optional(Field::text)? != Some("success") {
            continue;
        }
        moments.shipped_at = sooner(moments.shipped_at, parcel.field("created_at").time()?);
        if parcel.field("shipment_status").optional(Field::text)? == Some("delivered") {
            moments.arrived_at = sooner(moments.arrived_at, parcel.field("updated_at").time()?);
        }
    }
    Ok(moments)
}

/// Who bought. Never from the shipping address: on a gift that is somebody else.
fn buyer(order: &Object<'_>) -> Result<Buyer, Unreadable> {
    let customer = order.field("customer").optional(Field::object)?;
    let billing = order.field("billing_address").optional(Field::object)?;
    let (order, customer, billing) = (Some(order), customer.as_ref(), billing.as_ref());
    let emails = texts([(order, "email"), (order, "contact_email"), (customer, "email")])?;
    let phones = texts([(order, "phone"), (customer, "phone"), (billing, "phone")])?;
    let mut name = None;
    for person in [customer, billing].into_iter().flatten() {
        let part = |field| person.field(field).optional(Field::text).map(Option::unwrap_or_default);
        name = name.or(PersonName::from_parts(part("last_name")?, part("first_name")?));
    }
    Ok(Buyer {
        email: emails.into_iter().find_map(|text| EmailAddress::parse(text).ok()),
        phone: phones.into_iter().find_map(|text| PhoneNumber::parse(text).ok()),
        name,
    })
}

/// The texts that stand in these places, the first place first.
fn texts<'v>(places: [(Option<&Object<'v>>, &'static str); 3]) -> Result<Vec<&'v str>, Unreadable> {
    let fields = places.into_iter().filter_map(|(object, name)| Some(object?.field(name)));
    fields.filter_map(|field| field.optional(Field::text).transpose()).collect()
}

fn consent(order: &Object<'_>) -> Result<Consent, Unreadable> {
    let customer = order.field("customer").optional(Field::object)?;
    let record = customer.map(|c| c.field("email_marketing_consent").optional(Field::object)).transpose()?.flatten();
    let state = record.map(|r| r.field("state").optional(Field::text)).transpose()?.flatten();
    let ticked = order.field("buyer_accepts_marketing").optional(Field::flag)? == Some(true);
    Ok(match state {
        Some("unsubscribed") => Consent::Denied,
        Some("subscribed") => Consent::Granted,
        _ if ticked => Consent::Granted,
        _ => Consent::Unknown,
    })
}

/// Whether a field that the shop added to its order form says gift. Another name on the shipping address
/// says nothing: people have parcels sent to their office and their parents.
fn is_gift(order: &Object<'_>, lines: &[Field<'_>]) -> Result<bool, Unreadable> {
    let of_lines = lines.iter().map(|l| Ok(l.object()?.field("properties")));
    let fields = of_lines.chain([Ok(order.field("note_attributes"))]).collect::<Result<Vec<_>, _>>()?;
    Ok(fields.iter().filter_map(Field::raw).filter_map(Value::as_array).flatten().any(says_gift))
}

/// Whether `{"name": …, "value": …}` says gift. Anything of another shape was made by an app and says nothing.
fn says_gift(attribute: &Value) -> bool {
    let folded = |text: &str| text.nfkc().collect::<String>().trim().to_lowercase();
    let name = folded(attribute.get("name").and_then(Value::as_str).unwrap_or_default());
    let value = match attribute.get("value") {
        Some(Value::String(text)) => folded(text),
        Some(Value::Bool(yes)) => yes.to_string(),
        _ => return false,
    };
    GIFT_WORDS.iter().any(|word| name.contains(word)) && !NO_WORDS.contains(&value.as_str())
}

/// A line: the product's title, not its variant's, and no picture, for Shopify sends none.
fn line(line: &Object<'_>, currency: Currency) -> Result<Line, Unreadable> {
    let product = line.field("product_id").optional(Field::id)?;
    let price = line.field("price").money(currency)?;
    let quantity = line.field("quantity").count()?;
    Ok(Line::new(product.as_deref(), line.field("title").text()?, None, quantity, price.amount_minor))
}
