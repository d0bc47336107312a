//! Shopify: the whole order in most webhooks, signed without a time.
//!
//! A report is made of the body alone. The topic only says what to look for: it is not signed, so nothing is
//! concluded from it, and a body replayed under another topic says what it always said, or is refused.
//!
//! | Shopify says | it means |
//! | --- | --- |
//! | `paid`, `partially_refunded`, `refunded`, `authorized` | paid. Authorized too: the card is good, the customer has bought, and many shops take the money when they ship. |
//! | `pending` with cash on delivery (代金引換) or payment afterwards (後払い) | paid: the customer has bought, and nobody waits for the money before it is shipped. |
//! | else `pending`, `partially_paid`, `expired` | not paid yet: konbini, bank transfer, an authorisation that ran out. |
//! | `voided`, nothing, anything else | neither. A void alone undoes nothing; `cancelled_at` does. |
//! | `buyer_accepts_marketing: true` | consent. `false` is what a box left alone says too, so it is unknown. |
//! | `customer.email_marketing_consent.state` | `subscribed` is a yes; `unsubscribed` is a no and outweighs the order's box; the rest says nothing. |
//!
//! `updated_at` is the version, and the moment at which the body says "paid" or "not paid yet": the
//! body's own time, so that a repeated delivery names the same moment. Without Shopify's approval for
//! protected customer data all personal fields are blank; such an order is still a purchase.

mod events;
mod order;

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable, json};
use crate::verified::{Headers, Rejected, Secrets, Verified};
use chrono::{DateTime, Utc};
use wasurena_domain::ids::PurchaseKey;

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "x-shopify-hmac-sha256";
/// The header with the topic.
const TOPIC: &str = "x-shopify-topic";

/// Topics that shops subscribe to and that are left alone: their bodies carry no order that anything could be
/// concluded from.
const UNUSED_TOPICS: [&str; 2] = ["orders/edited", "orders/delete"];

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
        Verified::by_base64_header(headers, SIGNATURE, &secrets.plain_keys(), body)
    }

    fn parse(&self, headers: &dyn Headers, body: Verified<'_>, _cx: &ParseContext) -> Result<Webhook, Unreadable> {
        let topic = headers.get(TOPIC).ok_or(Unreadable::NoTopic(TOPIC))?;
        let read: fn(&Object<'_>) -> Result<Webhook, Unreadable> = match topic {
            "orders/create"
            | "orders/paid"
            | "orders/updated"
            | "orders/cancelled"
            | "orders/fulfilled"
            | "orders/partially_fulfilled" => order::order,
            "refunds/create" => events::refund,
            "fulfillments/create" | "fulfillments/update" => events::parcel,
            "fulfillment_events/create" => events::parcel_event,
            "customers/redact" => events::erase,
            "customers/data_request" => events::disclose,
            "shop/redact" => events::erase_shop,
            other => {
                let unused = UNUSED_TOPICS.into_iter().find(|t| *t == other);
                let unknown = || IgnoredReason::UnknownTopic(Topic::new(other));
                return Ok(Webhook::Ignored(unused.map_or_else(unknown, IgnoredReason::UnusedTopic)));
            }
        };
        read(&Field::root(&json(body.body())?).object()?)
    }
}

/// The purchase whose order's id stands here.
fn key(id: &Field<'_>) -> Result<PurchaseKey, Unreadable> {
    Ok(purchase_key(&Shopify, id.order_id()?))
}
