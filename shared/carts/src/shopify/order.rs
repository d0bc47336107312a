//! A whole order of Shopify's, as six topics carry it.
//!
//! Only what makes it an order is asked for: id, version, currency, total and when it was placed. Shopify sends a
//! refused order again for some hours and then switches the webhook off, so anything else that is odd counts as missing.

use super::events::{Refunds, Returned, parcel_moments, returned};
use super::key;
use crate::cart::{IgnoredReason, Webhook};
use crate::lenient::{each, minor_units, quantity};
use crate::read::{Field, Object, Unreadable};
use crate::words::{self, Attribute, Tags};
use chrono::{DateTime, Utc};
use serde_json::Value;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::purchase::{Buyer, Consent, Delivery, LINES_MAX, Line, Moments, Order, OrderKind, Report};

/// What a sales channel's name begins with where a subscription went on by itself. The first order of a
/// subscription comes from the channel it was placed in.
const RENEWAL_CHANNEL: &str = "subscription_contract";

/// An order as it now is.
pub(super) fn order(order: &Object<'_>) -> Result<Webhook, Unreadable> {
    if order.field("test").hint(Field::flag) == Some(true) {
        return Ok(Webhook::Ignored(IgnoredReason::TestOrder));
    }
    Ok(Webhook::Purchase(Box::new(report(order)?)))
}

fn report(order: &Object<'_>) -> Result<Report, Unreadable> {
    let key = key(&order.field("id"))?;
    let version_at = order.field("updated_at").time()?;
    let currency = order.field("currency").currency()?;
    let lines = objects(order, "line_items");
    let tags = Tags::new(order.field("tags").hint(Field::text).unwrap_or_default());
    let channel = order.field("source_name").hint(Field::text).unwrap_or_default();
    let attributes = attributes(order, &lines);
    let buyer = buyer(order);
    let (consent, consent_at) = consent(order);
    let read = Order {
        version_at,
        ordered_at: match order.field("processed_at").hint(Field::time) {
            Some(processed_at) => processed_at,
            None => order.field("created_at").time()?,
        },
        consent,
        consent_at,
        gift: words::is_gift(&attributes),
        kind: kind(&lines, &tags, channel),
        delivery: delivery(&lines, &tags, &attributes),
        promised_on: words::promised_on(&attributes),
        company: is_company(order),
        marketplace: words::marketplace_of_channel(channel)
            .or_else(|| words::marketplace_of_address(buyer.email.as_ref()?))
            .map(str::to_owned),
        // Shopify names its own transactions, never the payment provider's.
        payment: None,
        buyer,
        // Not `current_total_price`, which falls with every refund, nor what the customer's currency makes of it.
        total: total(order, currency)?,
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: lines.iter().take(LINES_MAX).filter_map(|l| line(l, currency)).collect(),
    };
    let (refunds, returned_at) = refunds(order);
    let moments = Moments { returned_at, ..moments(order, version_at) };
    Ok(Report { key, order: Some(read), moments, refunds })
}

/// The objects of a list; none where there is no list.
fn objects<'v>(object: &Object<'v>, name: &'static str) -> Vec<Object<'v>> {
    let list = object.field(name).hint(Field::list).unwrap_or_default();
    list.iter().filter_map(|entry| entry.hint(Field::object)).collect()
}

/// What was first charged. Decimals that the currency does not have are rounded.
fn total(order: &Object<'_>, currency: Currency) -> Result<Money, Unreadable> {
    let rounded = |v: &Value| minor_units(Some(v).filter(|v| v.is_string())?, currency);
    let amount_minor =
        order.field("total_price").read("a decimal number in a string, like \"5900\" or \"59.00\"", rounded)?;
    Ok(Money { amount_minor, currency })
}

fn moments(order: &Object<'_>, updated_at: DateTime<Utc>) -> Moments {
    let status = order.field("financial_status").hint(Field::text).unwrap_or_default();
    let on_delivery = status == "pending" && is_paid_on_delivery(order);
    let is = |statuses: &[&str]| statuses.contains(&status).then_some(updated_at);
    Moments {
        paid_seen_at: is(&["paid", "partially_refunded", "refunded", "authorized"])
            .or_else(|| on_delivery.then_some(updated_at)),
        unpaid_seen_at: is(&["pending", "partially_paid", "expired"]).filter(|_| !on_delivery),
        refunded_at: is(&["refunded"]),
        cancelled_at: order.field("cancelled_at").hint(Field::time),
        ..parcels(order)
    }
}

/// Whether the money comes with the parcel or after it, so that nobody waits for it.
fn is_paid_on_delivery(order: &Object<'_>) -> bool {
    let gateways = order.field("payment_gateway_names").hint(Field::list).unwrap_or_default();
    gateways.iter().filter_map(|gateway| gateway.hint(Field::text)).any(words::is_paid_on_delivery)
}

/// When the first parcel was handed over, and when the first one arrived.
fn parcels(order: &Object<'_>) -> Moments {
    let mut first = Moments::default();
    let sooner = |known: Option<DateTime<Utc>>, new: Option<DateTime<Utc>>| known.into_iter().chain(new).min();
    for parcel in objects(order, "fulfillments") {
        let moments = parcel_moments(&parcel).unwrap_or_default();
        first.shipped_at = sooner(first.shipped_at, moments.shipped_at);
        first.arrived_at = sooner(first.arrived_at, moments.arrived_at);
    }
    first
}

/// The refunds in the order, read as the webhooks about them are; and the last whose amount cannot be compared.
fn refunds(order: &Object<'_>) -> (Refunds, Option<DateTime<Utc>>) {
    let (mut refunds, mut returned_at) = (Refunds::new(), None);
    for refund in objects(order, "refunds") {
        match returned(&refund) {
            Ok(Returned::Money { id, refund }) => drop(refunds.insert(id, refund)),
            Ok(Returned::Something { at }) => returned_at = returned_at.max(Some(at)),
            Ok(Returned::Nothing | Returned::Test) | Err(_) => {}
        }
    }
    (refunds, returned_at)
}

/// The fields that the shop added to its order form, of the order and of its lines.
fn attributes(order: &Object<'_>, lines: &[Object<'_>]) -> Vec<Attribute> {
    let of_lines = lines.iter().map(|line| line.field("properties"));
    let fields = of_lines.chain([order.field("note_attributes")]);
    fields.flat_map(|field| Attribute::list(field.raw(), "name")).collect()
}

fn kind(lines: &[Object<'_>], tags: &Tags, channel: &str) -> OrderKind {
    if tags.is_exchange() {
        OrderKind::Exchange
    } else if channel.starts_with(RENEWAL_CHANNEL) || tags.is_renewal() {
        OrderKind::Renewal
    } else if all(lines, "gift_card", true) {
        OrderKind::GiftCard
    } else {
        OrderKind::Purchase
    }
}

/// How it reaches the buyer. A day for a lesson or a stay says more than a tag.
fn delivery(lines: &[Object<'_>], tags: &Tags, attributes: &[Attribute]) -> Delivery {
    if words::appointment_on(attributes).is_some() {
        Delivery::Appointment
    } else if tags.is_made_to_order() || words::is_made_to_order(attributes) {
        Delivery::MadeToOrder
    } else if all(lines, "requires_shipping", false) {
        Delivery::Digital
    } else {
        Delivery::Goods
    }
}

/// Whether there are lines, and each says `expected` in the field `name`.
fn all(lines: &[Object<'_>], name: &'static str, expected: bool) -> bool {
    !lines.is_empty() && lines.iter().all(|line| line.field(name).hint(Field::flag) == Some(expected))
}

/// Whether a company bought: one of Shopify's own for wholesale, or a name on the bill. Never by the shipping
/// address: parcels are sent to offices.
fn is_company(order: &Object<'_>) -> bool {
    let billing = order.field("billing_address").hint(Field::object);
    let name = billing.and_then(|b| b.field("company").hint(Field::text));
    order.field("company").is_present() || name.is_some_and(words::is_company)
}

/// Who bought. Never from the shipping address: on a gift that is somebody else.
fn buyer(order: &Object<'_>) -> Buyer {
    let customer = order.field("customer").hint(Field::object);
    let billing = order.field("billing_address").hint(Field::object);
    let (order, customer, billing) = (Some(order), customer.as_ref(), billing.as_ref());
    let emails = texts([(order, "email"), (order, "contact_email"), (customer, "email")]);
    let phones = texts([(order, "phone"), (customer, "phone"), (billing, "phone")]);
    let name = |person: &Object<'_>| {
        let part = |field| person.field(field).hint(Field::text).unwrap_or_default();
        PersonName::from_parts(part("last_name"), part("first_name"))
    };
    Buyer {
        email: emails.into_iter().find_map(|text| EmailAddress::parse(text).ok()),
        phone: phones.into_iter().find_map(|text| PhoneNumber::parse(text).ok()),
        name: [customer, billing].into_iter().flatten().find_map(name),
        birthday: None,
    }
}

/// The texts that stand in these places, the first place first.
fn texts<'v>(places: [(Option<&Object<'v>>, &'static str); 3]) -> Vec<&'v str> {
    places.into_iter().filter_map(|(object, name)| object?.field(name).hint(Field::text)).collect()
}

/// What was said, and when, where the customer's record says so.
fn consent(order: &Object<'_>) -> (Consent, Option<DateTime<Utc>>) {
    let customer = order.field("customer").hint(Field::object);
    let record = customer.and_then(|c| c.field("email_marketing_consent").hint(Field::object));
    let state = record.as_ref().and_then(|r| r.field("state").hint(Field::text));
    let said_at = || record.as_ref()?.field("consent_updated_at").hint(Field::time);
    match state {
        Some("unsubscribed") => (Consent::Denied, said_at()),
        Some("subscribed") => (Consent::Granted, said_at()),
        _ if order.field("buyer_accepts_marketing").hint(Field::flag) == Some(true) => (Consent::Granted, None),
        _ => (Consent::Unknown, None),
    }
}

/// A line: the product's title, not its variant's, the price of one as it was paid, and no picture, for Shopify sends
/// none. None where nobody can read what it cost: a line without a price would look like a free one.
fn line(line: &Object<'_>, currency: Currency) -> Option<Line> {
    let product = line.field("product_id").hint(Field::id);
    let title = line.field("title").hint(Field::text).unwrap_or_default();
    let price = line.field("price").hint(|f| f.read("an amount", |v| minor_units(v, currency)))?;
    let quantity = quantity(line.field("quantity").raw());
    let discount = discount(line, currency);
    let paid = if discount > 0 {
        each(price.saturating_mul(quantity.into()).saturating_sub(discount).max(0), quantity)
    } else {
        price
    };
    Some(Line::new(product.as_deref(), title, None, quantity, paid))
}

/// What a line costs less than its price: its share of every discount of the order, or else its own.
fn discount(line: &Object<'_>, currency: Currency) -> i64 {
    let amount = |object: &Object<'_>, name| object.field(name).raw().and_then(|v| minor_units(v, currency));
    let shares = objects(line, "discount_allocations");
    if shares.is_empty() {
        return amount(line, "total_discount").unwrap_or_default();
    }
    shares.iter().filter_map(|share| amount(share, "amount")).fold(0, i64::saturating_add)
}
