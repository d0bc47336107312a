//! WooCommerce: the whole order in every webhook, signed without a time, and never sent again.
//!
//! A webhook that is refused is lost, and after five of them in a row the shop's webhook is switched off. So only
//! what cannot be an order is refused; everything else is read as far as it goes ([`crate::lenient`]).
//!
//! | the order's `status` | it means |
//! | --- | --- |
//! | `pending`, `on-hold`, `failed` | not paid yet |
//! | `processing`, `completed` | paid, at `date_paid_gmt`; `completed` was handed over too, at `date_completed_gmt` |
//! | `refunded` | paid, and all of it refunded |
//! | `cancelled` | cancelled |
//! | `checkout-draft`, `auto-draft`, `trash` | no order (any more) |
//! | anything else (plugins add their own) | paid where `date_paid_gmt` is given, else neither |
//!
//! `date_modified_gmt` is the version, and the moment of whatever has no time of its own. The topic is not signed:
//! it is believed only where the body is as such a body must be.

mod order;

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable, json};
use crate::verified::{Headers, Key, Rejected, Secrets, Verified};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use wasurena_domain::ids::OrderId;
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::purchase::{Moments, Report};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "x-wc-webhook-signature";
/// The header with the topic.
const TOPIC: &str = "x-wc-webhook-topic";

/// Topics that WooCommerce offers and that are left alone.
const UNUSED_TOPICS: [&str; 11] = [
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
    "coupon.created",
    "coupon.updated",
    "coupon.deleted",
    "coupon.restored",
];

/// WooCommerce's webhooks.
pub(crate) struct WooCommerce;

impl Cart for WooCommerce {
    fn id(&self) -> &'static str {
        "woocommerce"
    }

    fn verify<'a>(
        &self,
        headers: &dyn Headers,
        body: &'a [u8],
        secrets: &Secrets,
        _now: DateTime<Utc>,
    ) -> Result<Verified<'a>, Rejected> {
        let escaped = secrets.newest_first().filter_map(as_older_versions_sign);
        let keys: Vec<Key> = secrets.plain_keys().into_iter().chain(escaped).collect();
        Verified::by_base64_header(headers, SIGNATURE, &keys, body)
    }

    /// `webhook_id=42`, unsigned and without a topic, sent whenever a webhook is saved.
    fn is_ping(&self, headers: &dyn Headers, body: &[u8]) -> bool {
        let number = body.strip_prefix(b"webhook_id=").unwrap_or_default();
        let is_number = (1..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
        is_number && headers.get(SIGNATURE).is_none() && headers.get(TOPIC).is_none()
    }

    fn parse(&self, headers: &dyn Headers, body: Verified<'_>, cx: &ParseContext) -> Result<Webhook, Unreadable> {
        let topic = headers.get(TOPIC).ok_or(Unreadable::NoTopic(TOPIC))?;
        if let Some(unused) = UNUSED_TOPICS.into_iter().find(|t| *t == topic) {
            return Ok(Webhook::Ignored(IgnoredReason::UnusedTopic(unused)));
        }
        if !["order.created", "order.updated", "order.restored", "order.deleted"].contains(&topic) {
            return Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(Topic::new(topic))));
        }
        let body = json(body.body())?;
        let order = Field::root(&body).object()?;
        let is_bare = !order.field("status").is_present() && !order.field("date_modified_gmt").is_present();
        let webhook = if topic == "order.deleted" && is_bare { deleted(&order, cx.now) } else { order::order(&order) };
        match (webhook, headers.get("x-wc-webhook-delivery-id")) {
            (Ok(Webhook::Purchase(mut report)), Some(delivery)) if made(Mistake::DedupeByDelivery) => {
                report.key.order = OrderId::parse(delivery).unwrap_or(report.key.order);
                Ok(Webhook::Purchase(report))
            }
            (webhook, _) => webhook,
        }
    }
}

/// An order that was thrown away, of which nothing but the id is left: cancelled, when we hear of it.
fn deleted(order: &Object<'_>, now: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    Ok(Webhook::Purchase(Box::new(Report {
        key: purchase_key(&WooCommerce, order.field("id").order_id()?),
        order: None,
        moments: Moments { cancelled_at: Some(now), ..Moments::default() },
        refunds: BTreeMap::new(),
    })))
}

/// The key of older versions of WooCommerce: they signed with the secret as HTML would show it. `None` where that is the same.
fn as_older_versions_sign(secret: &str) -> Option<Key> {
    let escaped = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let escaped = escaped.replace('"', "&quot;").replace('\'', "&#039;");
    (escaped != secret).then(|| Key::new(escaped.into_bytes()))
}
