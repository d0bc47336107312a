//! A Checkout session as an order.
//!
//! Stripe does not put the lines into the event. What was bought is told, in this order, by the payment link it was
//! bought through, by `metadata.product` and `metadata.product_name`, or by `line_items` where somebody expanded
//! them on the way. A product without a name is known by its id: the shop's product file has the rest.

use super::{key, reference};
use crate::cart::{IgnoredReason, Webhook};
use crate::lenient::each;
use crate::read::{Field, Object, Unreadable, date};
use crate::words::{self, Attribute};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::purchase::{Buyer, Consent, Delivery, LINES_MAX, Line, Moments, Order, OrderKind, Report};

/// `checkout.session.completed`: the buyer has finished; whether the money is there is another question.
pub(super) fn completed(session: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    let paid = match session.field("payment_status").text()? {
        "paid" | "no_payment_required" => true,
        "unpaid" => false,
        _ => return report(session, at, Moments::default()),
    };
    let (paid_seen_at, unpaid_seen_at) = if paid { (Some(at), None) } else { (None, Some(at)) };
    report(session, at, Moments { paid_seen_at, unpaid_seen_at, ..Moments::default() })
}

/// `checkout.session.async_payment_succeeded`: it waited for its money, which is there now.
pub(super) fn paid_later(session: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    let unpaid_seen_at = Some(ordered_at(session, at)?);
    report(session, at, Moments { paid_seen_at: Some(at), unpaid_seen_at, ..Moments::default() })
}

/// `checkout.session.async_payment_failed`: the money never came.
pub(super) fn never_paid(session: &Object<'_>, at: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    report(session, at, Moments { unpaid_seen_at: Some(at), ..Moments::default() })
}

fn ordered_at(session: &Object<'_>, at: DateTime<Utc>) -> Result<DateTime<Utc>, Unreadable> {
    Ok(session.field("created").optional(Field::unix_time)?.unwrap_or(at))
}

fn report(session: &Object<'_>, at: DateTime<Utc>, moments: Moments) -> Result<Webhook, Unreadable> {
    if session.field("mode").optional(Field::text)? == Some("setup") {
        return Ok(Webhook::Ignored(IgnoredReason::NotAnOrder("a card being stored")));
    }
    let field = session.field("payment_intent");
    let payment = reference(&field)?;
    let key = match &payment {
        Some(id) => key(&field, id)?,
        None => key(&session.field("id"), session.field("id").text()?)?,
    };
    let order = Some(order(session, at, payment)?);
    Ok(Webhook::Purchase(Box::new(Report { key, order, moments, refunds: BTreeMap::new() })))
}

fn order(session: &Object<'_>, at: DateTime<Utc>, payment: Option<String>) -> Result<Order, Unreadable> {
    let currency = session.field("currency").currency()?;
    let metadata = session.field("metadata");
    let mut attributes = Attribute::entries(metadata.raw());
    attributes.extend(custom_fields(session));
    let metadata = metadata.optional(Field::object)?;
    let said = |name| metadata.as_ref().map(|m| m.field(name).optional(Field::text)).transpose().map(Option::flatten);
    let lines = lines(session, currency, said("product")?, said("product_name")?)?;
    let buyer = buyer(session)?;
    Ok(Order {
        version_at: at,
        ordered_at: ordered_at(session, at)?,
        consent: consent(session)?,
        consent_at: None,
        gift: words::is_gift(&attributes),
        // A session that begins a subscription is its first order; renewals are invoices.
        kind: OrderKind::Purchase,
        // That no address was asked for proves nothing: small shops ask by mail.
        delivery: match said("delivery")? {
            Some("digital") => Delivery::Digital,
            Some("made_to_order") => Delivery::MadeToOrder,
            Some("appointment") => Delivery::Appointment,
            None if words::appointment_on(&attributes).is_some() => Delivery::Appointment,
            _ => Delivery::Goods,
        },
        promised_on: said("promised_on")?.and_then(date).or_else(|| words::promised_on(&attributes)),
        company: is_company(session)?,
        marketplace: buyer.email.as_ref().and_then(words::marketplace_of_address).map(str::to_owned),
        payment,
        buyer,
        total: Money {
            amount_minor: iso_minor_units(session.field("amount_total").minor_units()?, currency),
            currency,
        },
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: lines.into_iter().take(LINES_MAX).collect(),
    })
}

/// Stripe's smallest units as those of ISO 4217: krónur and Ugandan shillings it still writes with two decimals,
/// ariary without any.
fn iso_minor_units(amount: i64, currency: Currency) -> i64 {
    match currency.code() {
        "ISK" | "UGX" => amount / 100,
        "MGA" => amount.saturating_mul(100),
        _ => amount,
    }
}

fn buyer(session: &Object<'_>) -> Result<Buyer, Unreadable> {
    let details = session.field("customer_details").optional(Field::object)?;
    let text = |name| details.as_ref().map(|d| d.field(name).optional(Field::text)).transpose().map(Option::flatten);
    let email = match text("email")? {
        Some(email) => Some(email),
        None => session.field("customer_email").optional(Field::text)?,
    };
    Ok(Buyer {
        email: email.and_then(|text| EmailAddress::parse(text).ok()),
        phone: text("phone")?.and_then(|text| PhoneNumber::parse(text).ok()),
        name: text("name")?.and_then(PersonName::parse),
        birthday: None,
    })
}

fn is_company(session: &Object<'_>) -> Result<bool, Unreadable> {
    for place in ["customer_details", "collected_information"] {
        let details = session.field(place).optional(Field::object)?;
        let name = details.map(|d| d.field("business_name").optional(Field::text)).transpose()?.flatten();
        if name.is_some_and(words::is_company) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn consent(session: &Object<'_>) -> Result<Consent, Unreadable> {
    let given = session.field("consent").optional(Field::object)?;
    let promotions = given.map(|c| c.field("promotions").optional(Field::text)).transpose()?.flatten();
    Ok(match promotions {
        Some("opt_in") => Consent::Granted,
        Some("opt_out") => Consent::Denied,
        _ => Consent::Unknown,
    })
}

/// The fields that the shop added to its checkout: `{"label": {"custom": "ギフト包装"}, "dropdown": {"value": …}}`.
fn custom_fields(session: &Object<'_>) -> Vec<Attribute> {
    let read = |field: &Value| {
        let name = field.pointer("/label/custom").or_else(|| field.get("key"))?.as_str()?;
        let value = ["text", "dropdown", "numeric"].iter().find_map(|kind| field.get(kind)?.get("value"))?;
        Attribute::new(name, value)
    };
    let fields = session.field("custom_fields");
    fields.raw().and_then(Value::as_array).into_iter().flatten().filter_map(read).collect()
}

fn lines(
    session: &Object<'_>,
    currency: Currency,
    product: Option<&str>,
    name: Option<&str>,
) -> Result<Vec<Line>, Unreadable> {
    let link = reference(&session.field("payment_link"))?;
    let product = link.as_deref().or(product).filter(|id| !id.trim().is_empty());
    let name = name.unwrap_or_default();
    if product.is_none() && name.trim().is_empty() {
        return expanded_lines(session, currency);
    }
    let price = match session.field("amount_subtotal").optional(Field::minor_units)? {
        Some(amount) => amount,
        None => session.field("amount_total").minor_units()?,
    };
    Ok(vec![Line::new(product, name, None, 1, iso_minor_units(price, currency))])
}

/// The lines, where they are in the event.
fn expanded_lines(session: &Object<'_>, currency: Currency) -> Result<Vec<Line>, Unreadable> {
    let list = session.field("line_items").optional(Field::object)?;
    let items = list.map(|l| l.field("data").optional(Field::list)).transpose()?.flatten().unwrap_or_default();
    items.iter().map(|item| expanded_line(&item.object()?, currency)).collect()
}

fn expanded_line(item: &Object<'_>, currency: Currency) -> Result<Line, Unreadable> {
    let product = match item.field("price").optional(Field::object)? {
        Some(price) => reference(&price.field("product"))?,
        None => None,
    };
    let quantity = item.field("quantity").optional(Field::count)?.unwrap_or(1).max(1);
    let all = iso_minor_units(item.field("amount_subtotal").minor_units()?, currency);
    let name = item.field("description").optional(Field::text)?.unwrap_or_default();
    Ok(Line::new(product.as_deref(), name, None, quantity, each(all, quantity)))
}
