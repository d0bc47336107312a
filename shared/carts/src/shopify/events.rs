//! What Shopify tells without the order: refunds, parcels, and what becomes of people's data.
//!
//! A refund and a parcel stand in the order too; both ways are read by the same code, so that whichever comes
//! first, the facts are the same.

use super::key;
use crate::cart::{IgnoredReason, Webhook};
use crate::lenient::minor_units;
use crate::read::{Field, Object, Unreadable};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use wasurena_domain::contact::{EmailAddress, PhoneNumber};
use wasurena_domain::ids::PurchaseKey;
use wasurena_domain::money::Currency;
use wasurena_domain::privacy::Subject;
use wasurena_domain::purchase::{Moments, Refund, Report};

/// States of a parcel that prove that a carrier has it. A label that was printed proves nothing, and "ready for
/// pickup" is said of the shop's own counter too.
const UNDER_WAY: [&str; 4] = ["carrier_picked_up", "in_transit", "out_for_delivery", "attempted_delivery"];

/// Refunds by their ids.
pub(super) type Refunds = BTreeMap<String, Refund>;

/// What a refund gave back.
pub(super) enum Returned {
    /// Money in the shop's currency.
    Money {
        /// The refund's id.
        id: String,
        /// How much, and when.
        refund: Refund,
    },
    /// Money that cannot be compared with the order's total, in the customer's currency or of an amount that nobody
    /// can read: something came back.
    Something {
        /// When.
        at: DateTime<Utc>,
    },
    /// Nothing, or not yet: a thing was put back on the shelf, the bank has not answered.
    Nothing,
    /// Play money.
    Test,
}

/// What a refund gave back: the sum of its transactions that succeeded.
pub(super) fn returned(refund: &Object<'_>) -> Result<Returned, Unreadable> {
    let at = match refund.field("processed_at").hint(Field::time) {
        Some(processed_at) => processed_at,
        None => refund.field("created_at").time()?,
    };
    let id = refund.field("id").id()?;
    let shop_currency = shop_currency(refund);
    let mut sum = 0_i64;
    let transactions = refund.field("transactions").hint(Field::list).unwrap_or_default();
    for transaction in transactions.iter().filter_map(|t| t.hint(Field::object)) {
        let says = |name, expected| transaction.field(name).hint(Field::text) == Some(expected);
        if !says("kind", "refund") || !says("status", "success") {
            continue;
        }
        if transaction.field("test").hint(Field::flag) == Some(true) {
            return Ok(Returned::Test);
        }
        let currency = transaction.field("currency").hint(Field::currency);
        let is_shops = |c: &Currency| shop_currency.is_none_or(|code| code.eq_ignore_ascii_case(c.code()));
        let amount = |c| transaction.field("amount").raw().and_then(|v| minor_units(v, c));
        let Some(amount_minor) = currency.filter(is_shops).and_then(amount) else {
            return Ok(Returned::Something { at });
        };
        sum = sum.saturating_add(amount_minor);
    }
    Ok(if sum > 0 { Returned::Money { id, refund: Refund { at, amount_minor: sum } } } else { Returned::Nothing })
}

/// The shop's currency, as far as the refund names it: beside that of the customer.
fn shop_currency<'v>(refund: &Object<'v>) -> Option<&'v str> {
    let money = refund.field("total_duties_set").hint(Field::object)?.field("shop_money").hint(Field::object)?;
    money.field("currency_code").hint(Field::text)
}

/// `refunds/create`.
pub(super) fn refund(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    let key = key(&body.field("order_id"))?;
    Ok(match returned(body)? {
        Returned::Money { id, refund } => report(key, Moments::default(), Refunds::from([(id, refund)])),
        Returned::Something { at } => {
            report(key, Moments { returned_at: Some(at), ..Moments::default() }, Refunds::new())
        }
        Returned::Nothing => Webhook::Ignored(IgnoredReason::NothingToKeep("no money went back")),
        Returned::Test => Webhook::Ignored(IgnoredReason::TestOrder),
    })
}

/// When a parcel was handed over, and when it arrived. One whose handing over failed or was cancelled counts for
/// neither.
pub(super) fn parcel_moments(parcel: &Object<'_>) -> Result<Moments, Unreadable> {
    if parcel.field("status").optional(Field::text)? != Some("success") {
        return Ok(Moments::default());
    }
    let arrived = parcel.field("shipment_status").optional(Field::text)? == Some("delivered");
    Ok(Moments {
        shipped_at: Some(parcel.field("created_at").time()?),
        arrived_at: if arrived { Some(parcel.field("updated_at").time()?) } else { None },
        ..Moments::default()
    })
}

/// `fulfillments/create` and `fulfillments/update`.
pub(super) fn parcel(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    let key = key(&body.field("order_id"))?;
    let moments = parcel_moments(body)?;
    Ok(if moments == Moments::default() {
        Webhook::Ignored(IgnoredReason::NothingToKeep("the parcel was not handed over"))
    } else {
        report(key, moments, Refunds::new())
    })
}

/// `fulfillment_events/create`: what the carrier says of a parcel.
pub(super) fn parcel_event(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    let key = key(&body.field("order_id"))?;
    let happened_at = Some(body.field("happened_at").time()?);
    let moments = match body.field("status").text()? {
        "delivered" => Moments { arrived_at: happened_at, ..Moments::default() },
        status if UNDER_WAY.contains(&status) => Moments { shipped_at: happened_at, ..Moments::default() },
        _ => return Ok(Webhook::Ignored(IgnoredReason::NothingToKeep("the parcel is neither under way nor there"))),
    };
    Ok(report(key, moments, Refunds::new()))
}

/// The lists by which the two kinds of requests about a customer's data are told apart.
const REQUESTS: [&str; 2] = ["orders_to_redact", "orders_requested"];

/// `customers/redact`.
pub(super) fn erase(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    Ok(Webhook::Erase(Box::new(subject(body, "orders_to_redact")?)))
}

/// `customers/data_request`.
pub(super) fn disclose(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    Ok(Webhook::Disclose(Box::new(subject(body, "orders_requested")?)))
}

/// `shop/redact`, 48 hours after the shop has removed the app. The other requests about data carry a customer and
/// name the shop too, and the topic is not signed: a body with a customer in it is never taken for this one.
pub(super) fn erase_shop(body: &Object<'_>) -> Result<Webhook, Unreadable> {
    body.field("shop_id").id()?;
    body.field("shop_domain").text()?;
    let customer = body.field("customer");
    if customer.is_present() {
        return Err(customer.impossible(&"a request to erase a shop names no customer"));
    }
    Ok(Webhook::EraseCart)
}

/// Whom a request is about. Address and number are taken where they can be ones, like those of an order. The topic is
/// not signed, so the body itself must be such a request: it lists the orders, or, where somebody has none, it names
/// the shop, as no order does, and is not the other kind of request.
fn subject(body: &Object<'_>, orders: &'static str) -> Result<Subject, Unreadable> {
    let [listed, shop] = [orders, "shop_domain"].map(|name| body.field(name));
    let is_other = REQUESTS.into_iter().any(|name| name != orders && body.field(name).is_present());
    let lacks_orders = !listed.is_present() && shop.is_present() && !is_other;
    let listed = if lacks_orders { Vec::new() } else { listed.list()? };
    let purchases = listed.iter().map(key).collect::<Result<Vec<PurchaseKey>, _>>()?;
    let customer = body.field("customer").object()?;
    let text = |name| customer.field(name).optional(Field::text).map(Option::unwrap_or_default);
    Ok(Subject {
        email: EmailAddress::parse(text("email")?).ok(),
        phone: PhoneNumber::parse(text("phone")?).ok(),
        purchases,
    })
}

fn report(key: PurchaseKey, moments: Moments, refunds: Refunds) -> Webhook {
    Webhook::Purchase(Box::new(Report { key, order: None, moments, refunds }))
}
