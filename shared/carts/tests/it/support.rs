//! What every test here needs: a shop with its secret, and bodies signed with it.

use crate::conformance::row::Said;
use crate::conformance::row_of;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wasurena_carts::{IgnoredReason, Secrets, Unreadable, Webhook};
use wasurena_domain::purchase::Report;

/// The sample shop's secret.
pub(crate) const SECRET: &str = "whsec_c2FrdXJhLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";

/// When webhooks arrive here, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-04-10T03:00:00Z";

pub(crate) fn time(rfc3339: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(rfc3339).unwrap().to_utc()
}

pub(crate) fn secrets(current: &str, previous: Option<&str>) -> Secrets {
    Secrets::new(current.into(), previous.map(Into::into)).unwrap()
}

/// What the cart makes of `body` when the sample shop signs it and sends it under its most usual topic.
pub(crate) fn parse(cart: &str, body: &[u8]) -> Result<Webhook, Unreadable> {
    let row = row_of(cart);
    row.send((row.says)(Said::Updated).unwrap().topic, body)
}

pub(crate) fn read(cart: &str, body: &Value) -> Result<Webhook, Unreadable> {
    parse(cart, body.to_string().as_bytes())
}

#[track_caller]
pub(crate) fn report(cart: &str, body: &Value) -> Report {
    match read(cart, body).unwrap() {
        Webhook::Purchase(report) => *report,
        other => panic!("no purchase: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn ignored(cart: &str, body: &Value) -> IgnoredReason {
    match read(cart, body).unwrap() {
        Webhook::Ignored(why) => why,
        other => panic!("not ignored: {other:?}"),
    }
}

/// The error that `body` earns, as its reader sees it.
#[track_caller]
pub(crate) fn refused(cart: &str, body: &Value) -> String {
    read(cart, body).unwrap_err().to_string()
}

/// `body` with `value` at `pointer`, whose parents exist.
#[must_use]
pub(crate) fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[last.parse::<usize>().unwrap()] = value,
        Value::Object(map) => drop(map.insert(last.to_owned(), value)),
        other => panic!("nothing to put a field into: {other}"),
    }
    body
}

/// One order's life as Shopify tells it: a konbini order is placed, paid, delivered and at last refunded.
pub(crate) fn shopify(chapter: &str) -> Value {
    fixture(&format!("shopify/{chapter}"))
}

/// A body that is kept as a file beside the tests.
pub(crate) fn fixture(name: &str) -> Value {
    let text = match name {
        "shopify/create" => include_str!("../fixtures/shopify/create.json"),
        "shopify/paid" => include_str!("../fixtures/shopify/paid.json"),
        "shopify/updated" => include_str!("../fixtures/shopify/updated.json"),
        "shopify/cancelled" => include_str!("../fixtures/shopify/cancelled.json"),
        "shopify/refund" => include_str!("../fixtures/shopify/refund.json"),
        "shopify/parcel" => include_str!("../fixtures/shopify/parcel.json"),
        "shopify/parcel_event" => include_str!("../fixtures/shopify/parcel_event.json"),
        "shopify/redact" => include_str!("../fixtures/shopify/redact.json"),
        "woocommerce/processing" => include_str!("../fixtures/woocommerce/processing.json"),
        "stripe/completed" => include_str!("../fixtures/stripe/completed.json"),
        "stripe/charge_refunded" => include_str!("../fixtures/stripe/charge_refunded.json"),
        other => panic!("no fixture {other}"),
    };
    serde_json::from_str(text).unwrap()
}

pub(crate) const SCHEMA: &str = include_str!("../../../../docs/hooks/standard.schema.json");
pub(crate) const EXAMPLE: &str = include_str!("../../../../docs/hooks/standard.example.json");

/// The published example of the generic hook, as an event of another type.
pub(crate) fn event(kind: &str) -> Value {
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    with(&example, "/type", json!(kind))
}

/// An event that carries nothing but the order's id.
pub(crate) fn short(kind: &str) -> Value {
    json!({ "type": kind, "occurred_at": "2026-04-05T12:00:00+09:00", "order": { "id": "2026-0403-017" } })
}

/// Every order in which things can happen.
pub(crate) fn permutations<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for first in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(first);
        all.extend(permutations(&rest).into_iter().map(|tail| [vec![first.clone()], tail].concat()));
    }
    all
}
