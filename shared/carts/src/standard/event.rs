//! An event of the generic hook: what happened, and when.

use super::{Standard, customer, order};
use crate::cart::{Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use wasurena_domain::purchase::{Moments, Refund, Report};

/// How far ahead of ours a time in the body may be.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Placed,
    Paid,
    Updated,
    Shipped,
    Arrived,
    Cancelled,
    Refunded,
    Returned,
    Erased,
    DataRequested,
}

impl Kind {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "purchase.placed" => Self::Placed,
            "purchase.paid" => Self::Paid,
            "purchase.updated" => Self::Updated,
            "purchase.shipped" => Self::Shipped,
            "purchase.arrived" => Self::Arrived,
            "purchase.cancelled" => Self::Cancelled,
            "purchase.refunded" => Self::Refunded,
            "purchase.returned" => Self::Returned,
            "customer.erased" => Self::Erased,
            "customer.data_requested" => Self::DataRequested,
            _ => return None,
        })
    }

    /// Whether such an event makes no sense without the order in it.
    pub(super) fn needs_order(self) -> bool {
        matches!(self, Self::Placed | Self::Updated)
    }
}

/// What an event of this kind says that arrives now.
pub(super) fn read(kind: Kind, event: &Object<'_>, now: DateTime<Utc>) -> Result<Webhook, Unreadable> {
    let clock = Clock { now };
    let occurred_at = clock.read(&event.field("occurred_at"))?;
    match kind {
        Kind::Erased => Ok(Webhook::Erase(Box::new(customer::subject(event)?))),
        Kind::DataRequested => Ok(Webhook::Disclose(Box::new(customer::subject(event)?))),
        _ => Ok(Webhook::Purchase(Box::new(report(kind, &event.field("order").object()?, occurred_at, clock)?))),
    }
}

/// Reads times, none of which lies far ahead.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    now: DateTime<Utc>,
}

impl Clock {
    pub(super) fn read(self, field: &Field<'_>) -> Result<DateTime<Utc>, Unreadable> {
        let time = field.time()?;
        if time - self.now > AHEAD_MAX {
            return Err(
                field.impossible(&"a time must not be more than a day ahead; check clock and offset of the sender")
            );
        }
        Ok(time)
    }
}

fn report(kind: Kind, order: &Object<'_>, occurred_at: DateTime<Utc>, clock: Clock) -> Result<Report, Unreadable> {
    let key = purchase_key(&Standard, order.field("id").order_id()?);
    let moments = moments(kind, order, occurred_at, clock)?;
    let refund =
        order.field("refund").optional(|f| refund(&f.object()?, moments.returned_at.unwrap_or(occurred_at)))?;
    Ok(Report {
        key,
        moments,
        refunds: refund.map_or_else(BTreeMap::new, |refund| BTreeMap::from([refund])),
        order: order::whole(kind, order, occurred_at, clock)?,
    })
}

fn moments(kind: Kind, order: &Object<'_>, occurred_at: DateTime<Utc>, clock: Clock) -> Result<Moments, Unreadable> {
    let at = |name: &'static str, of: Kind| {
        let said = order.field(name).optional(|f| clock.read(f))?;
        Ok(said.or((kind == of).then_some(occurred_at)))
    };
    let paid_at = at("paid_at", Kind::Paid)?;
    Ok(Moments {
        paid_seen_at: paid_at,
        unpaid_seen_at: (kind == Kind::Placed && paid_at.is_none()).then_some(occurred_at),
        shipped_at: at("shipped_at", Kind::Shipped)?,
        arrived_at: at("arrived_at", Kind::Arrived)?,
        cancelled_at: at("cancelled_at", Kind::Cancelled)?,
        refunded_at: at("refunded_at", Kind::Refunded)?,
        returned_at: at("returned_at", Kind::Returned)?,
    })
}

/// Money that went back. It names its currency itself: the order may not be there.
fn refund(refund: &Object<'_>, at: DateTime<Utc>) -> Result<(String, Refund), Unreadable> {
    let id = refund.field("id");
    let name = id.order_id()?.as_str().to_owned();
    let currency = refund.field("currency").currency()?;
    let amount = refund.field("amount");
    let amount_minor = amount.money(currency)?.amount_minor;
    if amount_minor <= 0 {
        return Err(amount.impossible(&"a refund must be more than nothing; it is written without a minus"));
    }
    Ok((name, Refund { at, amount_minor }))
}
