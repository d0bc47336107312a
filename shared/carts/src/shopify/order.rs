//! A whole order of Shopify's, as six topics carry it.

use super::events::{Refunds, Returned, parcel_moments, returned};
use super::key;
use crate::cart::{IgnoredReason, Webhook};
use crate::read::{Field, Object, Unreadable};
use crate::words::{self, Attribute, Tags};
use chrono::{DateTime, Utc};
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::Currency;
use wasurena_domain::purchase::{Buyer, Consent, Delivery, LINES_MAX, Line, Moments, Order, OrderKind, Report};

/// What a sales channel's name begins with where a subscription went on by itself. The first order of a
/// subscription comes from the channel it was placed in.
const RENEWAL_CHANNEL: &str = "subscription_contract";

/// An order as it now is.
pub(super) fn order(order: &Object<'_>) -> Result<Webhook, Unreadable> {
    if order.field("test").optional(Field::flag)? == Some(true) {
        return Ok(Webhook::Ignored(IgnoredReason::TestOrder));
    }
    Ok(Webhook::Purchase(Box::new(report(order)?)))
}

fn report(order: &Object<'_>) -> Result<Report, Unreadable> {
    let key = key(&order.field("id"))?;
    let version_at = order.field("updated_at").time()?;
    let currency = order.field("currency").currency()?;
    let fields = order.field("line_items").list()?;
    let lines = fields.iter().map(Field::object).collect::<Result<Vec<_>, _>>()?;
    let tags = Tags::new(order.field("tags").optional(Field::text)?.unwrap_or_default());
    let channel = order.field("source_name").optional(Field::text)?.unwrap_or_default();
    let attributes = attributes(order, &lines);
    let buyer = buyer(order)?;
    let read = Order {
        version_at,
        ordered_at: match order.field("processed_at").optional(Field::time)? {
            Some(processed_at) => processed_at,
            None => order.field("created_at").time()?,
        },
        consent: consent(order)?,
        gift: words::is_gift(&attributes),
        kind: kind(&lines, &tags, channel)?,
        delivery: delivery(&lines, &tags, &attributes)?,
        promised_on: words::promised_on(&attributes),
        company: is_company(order)?,
        marketplace: words::marketplace_of_channel(channel)
            .or_else(|| words::marketplace_of_address(buyer.email.as_ref()?))
            .map(str::to_owned),
        // Shopify names its own transactions, never the payment provider's.
        payment: None,
        buyer,
        // Not `current_total_price`, which falls with every refund, nor what the customer's currency makes of it.
        total: order.field("total_price").money(currency)?,
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: lines.iter().take(LINES_MAX).map(|l| line(l, currency)).collect::<Result<_, _>>()?,
    };
    let (refunds, returned_at) = refunds(order)?;
    let moments = Moments { returned_at, ..moments(order, version_at)? };
    Ok(Report { key, order: Some(read), moments, refunds })
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

/// When the first parcel was handed over, and when the first one arrived.
fn parcels(order: &Object<'_>) -> Result<Moments, Unreadable> {
    let mut first = Moments::default();
    let sooner = |known: Option<DateTime<Utc>>, new: Option<DateTime<Utc>>| known.into_iter().chain(new).min();
    for parcel in order.field("fulfillments").optional(Field::list)?.unwrap_or_default() {
        let moments = parcel_moments(&parcel.object()?)?;
        first.shipped_at = sooner(first.shipped_at, moments.shipped_at);
        first.arrived_at = sooner(first.arrived_at, moments.arrived_at);
    }
    Ok(first)
}

/// The refunds in the order, read as the webhooks about them are; and the first whose amount cannot be compared.
fn refunds(order: &Object<'_>) -> Result<(Refunds, Option<DateTime<Utc>>), Unreadable> {
    let (mut refunds, mut returned_at) = (Refunds::new(), None);
    for refund in order.field("refunds").optional(Field::list)?.unwrap_or_default() {
        match returned(&refund.object()?)? {
            Returned::Money { id, refund } => drop(refunds.insert(id, refund)),
            Returned::ForeignMoney { at } => returned_at = returned_at.into_iter().chain([at]).min(),
            Returned::Nothing | Returned::Test => {}
        }
    }
    Ok((refunds, returned_at))
}

/// The fields that the shop added to its order form, of the order and of its lines.
fn attributes(order: &Object<'_>, lines: &[Object<'_>]) -> Vec<Attribute> {
    let of_lines = lines.iter().map(|line| line.field("properties"));
    let fields = of_lines.chain([order.field("note_attributes")]);
    fields.flat_map(|field| Attribute::list(field.raw(), "name")).collect()
}

fn kind(lines: &[Object<'_>], tags: &Tags, channel: &str) -> Result<OrderKind, Unreadable> {
    Ok(if tags.is_exchange() {
        OrderKind::Exchange
    } else if channel.starts_with(RENEWAL_CHANNEL) || tags.is_renewal() {
        OrderKind::Renewal
    } else if all(lines, "gift_card", true)? {
        OrderKind::GiftCard
    } else {
        OrderKind::Purchase
    })
}

fn delivery(lines: &[Object<'_>], tags: &Tags, attributes: &[Attribute]) -> Result<Delivery, Unreadable> {
    Ok(if tags.is_made_to_order() || words::is_made_to_order(attributes) {
        Delivery::MadeToOrder
    } else if all(lines, "requires_shipping", false)? {
        Delivery::Digital
    } else {
        Delivery::Goods
    })
}

/// Whether there are lines, and each says `expected` in the field `name`.
fn all(lines: &[Object<'_>], name: &'static str, expected: bool) -> Result<bool, Unreadable> {
    let said = lines.iter().map(|line| line.field(name).optional(Field::flag)).collect::<Result<Vec<_>, _>>()?;
    Ok(!said.is_empty() && said.into_iter().all(|flag| flag == Some(expected)))
}

/// Whether a company bought: one of Shopify's own for wholesale, or a name on the bill. Never by the shipping
/// address: parcels are sent to offices.
fn is_company(order: &Object<'_>) -> Result<bool, Unreadable> {
    let billing = order.field("billing_address").optional(Field::object)?;
    let name = billing.map(|b| b.field("company").optional(Field::text)).transpose()?.flatten();
    Ok(order.field("company").is_present() || name.is_some_and(words::is_company))
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

/// A line: the product's title, not its variant's, and no picture, for Shopify sends none.
fn line(line: &Object<'_>, currency: Currency) -> Result<Line, Unreadable> {
    let product = line.field("product_id").optional(Field::id)?;
    let price = line.field("price").money(currency)?;
    let quantity = line.field("quantity").count()?;
    Ok(Line::new(product.as_deref(), line.field("title").text()?, None, quantity, price.amount_minor))
}
