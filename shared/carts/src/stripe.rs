//! Stripe Checkout and Payment Links: sessions that became a payment, and what happened to the payment later.
//!
//! A purchase is known by its **payment intent**, where it has one: refunds and disputes name that and nothing
//! else, so they find their purchase without asking Stripe. A subscription's first session has none; it is known by
//! the session's id, and refunds of it are not recognised.
//!
//! | Stripe says | it means |
//! | --- | --- |
//! | `checkout.session.completed`, `payment_status` `paid` or `no_payment_required` | paid |
//! | the same, `unpaid` | not paid yet: konbini, bank transfer |
//! | `checkout.session.async_payment_succeeded` | paid now, not paid when the session began |
//! | `checkout.session.async_payment_failed` | not paid |
//! | `charge.captured` | paid now: the money was only reserved when the session ended (`capture_method: manual`) |
//! | `charge.refunded` | refunded where `refunded` is true; else something came back. `amount_refunded` is the sum so far, so it is no refund of its own. |
//! | `charge.dispute.created` | something is contested |
//!
//! The event's `created` is the version: repeats carry the same. Sessions carry no lines; see `session.rs`.

mod session;

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable, json};
use crate::verified::{Headers, Rejected, Secrets, Verified, check_age, required, sent_at};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use wasurena_domain::ids::{OrderId, PurchaseKey};
use wasurena_domain::purchase::{Moments, Report};

/// The header with time and signatures.
pub(crate) const SIGNATURE: &str = "stripe-signature";
/// What that header must look like.
const SHAPE: &str = "t=<unix seconds>,v1=<hex>";

/// Events that Stripe sends for every payment and that are left alone.
const UNUSED_EVENTS: [&str; 16] = [
    "checkout.session.expired",
    "charge.succeeded",
    "charge.updated",
    "charge.refund.updated",
    "charge.dispute.closed",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "payment_intent.created",
    "payment_intent.succeeded",
    "refund.created",
    "refund.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.created",
    "customer.updated",
];

/// Stripe's webhooks.
pub(crate) struct Stripe;

impl Cart for Stripe {
    fn id(&self) -> &'static str {
        "stripe"
    }

    fn verify<'a>(
        &self,
        headers: &dyn Headers,
        body: &'a [u8],
        secrets: &Secrets,
        now: DateTime<Utc>,
    ) -> Result<Verified<'a>, Rejected> {
        let header = required(headers, SIGNATURE)?;
        let values = |name: &'static str| {
            header.split(',').filter_map(move |part| part.trim().split_once('=').filter(|(n, _)| *n == name))
        };
        let malformed = Rejected::MalformedHeader(SIGNATURE, SHAPE);
        let (_, timestamp) = values("t").next().ok_or(malformed)?;
        let sent_at = sent_at(timestamp, SIGNATURE, SHAPE)?;
        if values("v1").next().is_none() {
            return Err(Rejected::UnknownSignatureVersion(SIGNATURE, "v1=<hex>"));
        }
        let signatures: Vec<Vec<u8>> = values("v1").filter_map(|(_, hex)| from_hex(hex)).collect();
        if signatures.is_empty() {
            return Err(malformed);
        }
        // The key is the whole secret, `whsec_` and all: unlike that of Standard Webhooks it is not decoded.
        let prefix = format!("{timestamp}.");
        let verified = Verified::by_hmac_sha256(&secrets.plain_keys(), &signatures, prefix.as_bytes(), body)?;
        check_age(sent_at, now)?;
        Ok(verified)
    }

    fn parse(&self, _headers: &dyn Headers, body: Verified<'_>, _cx: &ParseContext) -> Result<Webhook, Unreadable> {
        let body = json(body.body())?;
        let event = Field::root(&body).object()?;
        let name = event.field("type").text()?;
        let read: fn(&Object<'_>, DateTime<Utc>) -> Result<Webhook, Unreadable> = match name {
            "checkout.session.completed" => session::completed,
            "checkout.session.async_payment_succeeded" => session::paid_later,
            "checkout.session.async_payment_failed" => session::never_paid,
            "charge.captured" => captured,
            "charge.refunded" => refunded,
            "charge.dispute.created" => disputed,
            other => {
                let unused = UNUSED_EVENTS.into_iter().find(|e| *e == other);
                let unknown = || IgnoredReason::UnknownTopic(Topic::new(other));
                return Ok(Webhook::Ignored(unused.map_or_else(unknown, IgnoredReason::UnusedTopic)));
            }
        };
        let created_at = event.field("created").unix_time()?;
        let is_test = event.field("livemode").optional(Field::flag)? == Some(false);
        // A test is read all the same: whoever sets the webhook up learns from it what is wrong.
        let webhook = read(&event.field("data").object()?.field("object").object()?, created_at)?;
        let is_purchase = matches!(webhook, Webhook::Purchase(_));
        Ok(if is_test && is_purchase { Webhook::Ignored(IgnoredReason::TestOrder) } else { webhook })
    }
}

/// `charge.captured`: the money that was reserved has been taken.
fn captured(charge: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    of_payment(charge, Moments { paid_seen_at: Some(at), ..Moments::default() })
}

/// `charge.refunded`, sent for each refund of a charge.
fn refunded(charge: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    let whole = charge.field("refunded").optional(Field::flag)? == Some(true);
    let (refunded_at, returned_at) = if whole { (Some(at), None) } else { (None, Some(at)) };
    of_payment(charge, Moments { refunded_at, returned_at, ..Moments::default() })
}

/// `charge.dispute.created`: the buyer contests the payment at the bank.
fn disputed(dispute: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    of_payment(dispute, Moments { returned_at: Some(at), ..Moments::default() })
}

/// Moments of the purchase that a payment belongs to.
fn of_payment(object: &Object<'_>, moments: Moments) -> Result<Webhook, Unreadable> {
    let field = object.field("payment_intent");
    let Some(payment) = reference(&field)? else {
        return Ok(Webhook::Ignored(IgnoredReason::NothingToKeep("the charge names no payment intent")));
    };
    let key = key(&field, &payment)?;
    Ok(Webhook::Purchase(Box::new(Report { key, order: None, moments, refunds: BTreeMap::new() })))
}

/// The id of another object: written as such, or with the object in its place.
fn reference(field: &Field<'_>) -> Result<Option<String>, Unreadable> {
    field.optional(|f| if f.is_object() { f.object()?.field("id").id() } else { f.id() })
}

/// The purchase that is known by `id`, which stands in `field`.
fn key(field: &Field<'_>, id: &str) -> Result<PurchaseKey, Unreadable> {
    Ok(purchase_key(&Stripe, OrderId::parse(id).map_err(|e| field.impossible(&e))?))
}

/// The bytes that hexadecimal digits stand for.
fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}
