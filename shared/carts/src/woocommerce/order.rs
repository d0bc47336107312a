//! An order of WooCommerce's, as its REST API (v3) shows it.

use super::WooCommerce;
use crate::cart::{IgnoredReason, Webhook, purchase_key};
use crate::lenient::{each, gmt, minor_units, objects, quantity, text, text_of};
use crate::read::{Object, Unreadable};
use crate::words::{self, Attribute};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::purchase::{Buyer, Delivery, LINES_MAX, Line, Moments, Order, OrderKind, Refund, Report};

/// States in which it is no order, and what it is instead.
const NO_ORDERS: [(&str, &str); 3] =
    [("checkout-draft", "an open checkout"), ("auto-draft", "a draft"), ("trash", "in the bin")];

/// How the order came to be, where a subscription went on by itself.
const RENEWAL_SOURCE: &str = "subscription";
/// The subscription that the order renews (WooCommerce Subscriptions).
const RENEWAL: &str = "_subscription_renewal";
/// Whether the payment was played (WooPayments).
const PAYMENT_MODE: &str = "_wcpay_mode";
/// Whether the shop has erased the personal data in the order: they are made-up texts now.
const ANONYMIZED: &str = "_anonymized";
/// The payment intent, as Stripe's plugin and WooPayments name it.
const PAYMENTS: [&str; 2] = ["_stripe_intent_id", "_intent_id"];

/// An order as it now is.
pub(super) fn order(order: &Object<'_>) -> Result<Webhook, Unreadable> {
    if is_an_error(order) {
        return Ok(Webhook::Ignored(IgnoredReason::NothingToKeep(
            "WooCommerce could not read the order for its webhook; save the webhook anew as a user who may see orders",
        )));
    }
    let key = purchase_key(&WooCommerce, order.field("id").order_id()?);
    let status = optional_text(order, "status");
    let status = status.strip_prefix("wc-").unwrap_or(&status);
    if let Some((_, instead)) = NO_ORDERS.iter().find(|(state, _)| *state == status) {
        return Ok(Webhook::Ignored(IgnoredReason::NotAnOrder(instead)));
    }
    let meta = objects(order, "meta_data");
    if meta_value(&meta, PAYMENT_MODE).as_deref() == Some("test") {
        return Ok(Webhook::Ignored(IgnoredReason::TestOrder));
    }
    let version_at = version_at(order)?;
    let currency = currency(order)?;
    Ok(Webhook::Purchase(Box::new(Report {
        key,
        moments: moments(order, status, version_at),
        refunds: refunds(order, currency, version_at),
        order: Some(whole(order, &meta, currency, version_at)?),
    })))
}

fn whole(
    order: &Object<'_>,
    meta: &[&Map<String, Value>],
    currency: Currency,
    version_at: DateTime<Utc>,
) -> Result<Order, Unreadable> {
    let lines = objects(order, "line_items");
    let of_order = Attribute::list(order.field("meta_data").raw(), "key");
    let of_lines = lines.iter().flat_map(|line| Attribute::list(line.get("meta_data"), "key"));
    let attributes: Vec<Attribute> = of_lines.chain(of_order).collect();
    let source = optional_text(order, "created_via");
    let is_renewal = source == RENEWAL_SOURCE || meta_value(meta, RENEWAL).is_some();
    let billing = order.field("billing").raw().and_then(Value::as_object);
    let is_anonymous = meta_value(meta, ANONYMIZED).as_deref() == Some("yes");
    let buyer = billing.filter(|_| !is_anonymous).map(buyer).unwrap_or_default();
    let total = order.field("total");
    let amount_minor = total.read("an amount like \"5900\" or \"59.00\"", |v| minor_units(v, currency))?;
    Ok(Order {
        version_at,
        ordered_at: order.field("date_created_gmt").raw().and_then(gmt).unwrap_or(version_at),
        consent: words::consent(&attributes),
        consent_at: None,
        gift: words::is_gift(&attributes),
        kind: if is_renewal { OrderKind::Renewal } else { OrderKind::Purchase },
        delivery: delivery(order, !lines.is_empty(), &attributes),
        promised_on: words::promised_on(&attributes),
        company: billing.and_then(|b| text_of(b, "company")).is_some_and(|name| words::is_company(&name)),
        marketplace: words::marketplace_of_channel(&source)
            .or_else(|| words::marketplace_of_address(buyer.email.as_ref()?))
            .map(str::to_owned),
        payment: payment(order, meta),
        buyer,
        total: Money { amount_minor, currency },
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: lines.iter().take(LINES_MAX).map(|l| line(l, currency)).collect(),
    })
}

/// Whether an error stands in place of the order: `{"code": "woocommerce_rest_cannot_view", …}`. It happens where the
/// webhook's user may not see orders, and with some plugins once for each new order. Nothing would come of refusing it
/// but a webhook that is switched off.
fn is_an_error(body: &Object<'_>) -> bool {
    !body.field("id").is_present() && optional_text(body, "code").starts_with("woocommerce_")
}

fn optional_text(order: &Object<'_>, name: &'static str) -> String {
    order.field(name).raw().and_then(text).unwrap_or_default()
}

/// The version: when it was changed, or else made.
fn version_at(order: &Object<'_>) -> Result<DateTime<Utc>, Unreadable> {
    const EXPECTED: &str = "a date and time in UTC like 2026-04-03T01:24:31";
    let modified = order.field("date_modified_gmt");
    let created_at = order.field("date_created_gmt").raw().and_then(gmt);
    modified.raw().and_then(gmt).or(created_at).map_or_else(|| modified.read(EXPECTED, gmt), Ok)
}

fn currency(order: &Object<'_>) -> Result<Currency, Unreadable> {
    let field = order.field("currency");
    Currency::parse(field.text()?.trim()).map_err(|e| field.impossible(&e))
}

fn moments(order: &Object<'_>, status: &str, version_at: DateTime<Utc>) -> Moments {
    let time = |name| order.field(name).raw().and_then(gmt);
    let is = |states: &[&str]| states.contains(&status);
    let paid_at = time("date_paid_gmt");
    let unpaid = is(&["pending", "on-hold", "failed"]);
    let paid = is(&["processing", "completed", "refunded"]) || (paid_at.is_some() && !unpaid);
    Moments {
        paid_seen_at: paid.then(|| paid_at.unwrap_or(version_at)),
        unpaid_seen_at: unpaid.then_some(version_at),
        shipped_at: is(&["completed"]).then(|| time("date_completed_gmt").unwrap_or(version_at)),
        cancelled_at: is(&["cancelled"]).then_some(version_at),
        refunded_at: is(&["refunded"]).then_some(version_at),
        ..Moments::default()
    }
}

/// The refunds, whose totals are negative. The order does not say when: when it was last changed, at the latest.
fn refunds(order: &Object<'_>, currency: Currency, version_at: DateTime<Utc>) -> BTreeMap<String, Refund> {
    let read = |refund: &&Map<String, Value>| {
        let amount_minor = minor_units(refund.get("total")?, currency)?.saturating_abs();
        Some((text_of(refund, "id")?, Refund { at: version_at, amount_minor }))
    };
    objects(order, "refunds").iter().filter_map(read).filter(|(_, refund)| refund.amount_minor > 0).collect()
}

/// How it reaches the buyer. Where nothing needs processing, all of it is downloads; an order whose products are gone
/// says so too, but was shipped somehow.
fn delivery(order: &Object<'_>, has_lines: bool, attributes: &[Attribute]) -> Delivery {
    let needs_processing = order.field("needs_processing").raw().and_then(Value::as_bool);
    if words::appointment_on(attributes).is_some() {
        Delivery::Appointment
    } else if words::is_made_to_order(attributes) {
        Delivery::MadeToOrder
    } else if has_lines && needs_processing == Some(false) && objects(order, "shipping_lines").is_empty() {
        Delivery::Digital
    } else {
        Delivery::Goods
    }
}

/// The value of the order's field `key`, where it has one.
fn meta_value(meta: &[&Map<String, Value>], key: &str) -> Option<String> {
    meta.iter().find(|m| m.get("key").and_then(Value::as_str) == Some(key)).and_then(|m| text_of(m, "value"))
}

/// The payment intent of Stripe: by it the same sale is recognised where Stripe tells of it too.
fn payment(order: &Object<'_>, meta: &[&Map<String, Value>]) -> Option<String> {
    let named = PAYMENTS.iter().filter_map(|key| meta_value(meta, key));
    named.chain([optional_text(order, "transaction_id")]).find(|id| id.starts_with("pi_"))
}

/// Who bought: whom the bill is for, never whom the parcel is for.
fn buyer(billing: &Map<String, Value>) -> Buyer {
    let part = |name| text_of(billing, name).unwrap_or_default();
    Buyer {
        email: EmailAddress::parse(&part("email")).ok(),
        phone: PhoneNumber::parse(&part("phone")).ok(),
        name: PersonName::from_parts(&part("last_name"), &part("first_name")),
        birthday: None,
    }
}

/// A line: the product's name, not its variant's, and the price of one as it was paid, without tax.
fn line(line: &Map<String, Value>, currency: Currency) -> Line {
    let name = text_of(line, "parent_name").or_else(|| text_of(line, "name")).unwrap_or_default();
    let product = text_of(line, "product_id").filter(|id| id != "0");
    let picture = line.get("image").and_then(|image| image.get("src")).and_then(Value::as_str);
    let quantity = quantity(line.get("quantity"));
    // `price` is a float with noise.
    let all_minor = line.get("total").and_then(|total| minor_units(total, currency)).unwrap_or_default();
    Line::new(product.as_deref(), &as_written(&name), picture, quantity, each(all_minor, quantity))
}

/// A name as the shop wrote it: WordPress stores some characters as HTML shows them.
fn as_written(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        written.push_str(before);
        let entity = after.split_once(';').and_then(|(entity, tail)| Some((character(entity)?, tail)));
        let (c, tail) = entity.unwrap_or(('&', after));
        written.push(c);
        rest = tail;
    }
    written.push_str(rest);
    written
}

/// The character of an HTML entity, among those that WordPress makes.
fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => {
            let number = entity.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        for (name, expected) in [
            ("粉引の飯碗", "粉引の飯碗"),
            ("Ship Your Idea &ndash; Black &amp; White", "Ship Your Idea – Black & White"),
            ("O&#039;Hara &#8211; &#x5668;", "O'Hara – 器"),
            ("AT&T; Tea & Co; &; &#xD800;", "AT&T; Tea & Co; &; &#xD800;"),
        ] {
            assert_eq!(as_written(name), expected);
        }
    }
}
