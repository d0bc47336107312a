//! A purchase: a join of facts, not a log.
//!
//! Carts repeat themselves, deliver late and out of order. So what a webhook says is a [`Report`],
//! and a purchase is the *join* of all its reports: commutative, associative and idempotent. Any order
//! of arrival ends in the same facts, and a report that comes again changes nothing.
//!
//! Three kinds of facts stand side by side: **moments** (paid, shipped, arrived, cancelled, refunded), of
//! which the earliest known counts (of returns the last) and which never go away again; **refunds**, which add
//! up by their ids; and the **order** (who, what, how much), of which the newest version counts as a whole.

use crate::birthday::Birthday;
use crate::contact::{EmailAddress, PersonName, PhoneNumber};
use crate::customer::Ruling;
use crate::ids::PurchaseKey;
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines kept of one order; [`Order::line_count`] tells how many there were.
pub const LINES_MAX: usize = 20;
/// Refunds kept of one order: those with the smallest ids.
pub const REFUNDS_MAX: usize = 20;
/// Longest product name kept, in characters.
const PRODUCT_NAME_MAX: usize = 120;

/// What a person said about hearing from the shop beyond the purchase itself. Missing is unknown, and
/// unknown is never granted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nobody asked, or the cart does not say.
    #[default]
    Unknown,
    /// The person said yes.
    Granted,
    /// The person said no.
    Denied,
}

/// What kind of order it is, by what its cart says of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Somebody decided to buy something.
    #[default]
    Purchase,
    /// A subscription went on by itself.
    Renewal,
    /// Something was exchanged or replaced: it was returned, or it was broken.
    Exchange,
    /// Money was put on a gift card.
    GiftCard,
}

/// How the thing that was bought reaches the customer: what its arrival is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// A carrier brings it.
    #[default]
    Goods,
    /// It is there as soon as it is paid.
    Digital,
    /// It is made or comes out only after the order: made to order, pre-orders.
    MadeToOrder,
    /// A lesson, a stay, a table: its date is its arrival.
    Appointment,
}

impl Delivery {
    /// Whether this is how things usually come: nothing is stored of it.
    #[must_use]
    pub fn is_goods(&self) -> bool {
        *self == Self::Goods
    }
}

/// Money that went back to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refund {
    /// When.
    #[serde(rename = "t")]
    pub at: DateTime<Utc>,
    /// How much, in the minor unit of the order's currency.
    #[serde(rename = "a")]
    pub amount_minor: i64,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// The product's id in the cart; where it has none, its name: what "the same product" means.
    #[serde(rename = "p")]
    pub product: String,
    /// What the customer knows it by.
    #[serde(rename = "n")]
    pub name: String,
    /// A picture on https, where the order has one.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// How many.
    #[serde(rename = "q")]
    pub quantity: u32,
    /// The price of one, in the minor unit of the order's currency.
    #[serde(rename = "a")]
    pub unit_amount_minor: i64,
}

impl Line {
    /// A line whose texts are kept within bounds.
    #[must_use]
    pub fn new(
        product: Option<&str>,
        name: &str,
        picture: Option<&str>,
        quantity: u32,
        unit_amount_minor: i64,
    ) -> Self {
        let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PRODUCT_NAME_MAX).collect();
        let name = clean.trim().to_owned();
        let product = product.map(str::trim).filter(|p| !p.is_empty()).unwrap_or(&name);
        Self {
            product: product.chars().take(PRODUCT_NAME_MAX).collect(),
            picture: picture.filter(|url| url.starts_with("https://") && url.len() <= 500).map(str::to_owned),
            name,
            quantity,
            unit_amount_minor,
        }
    }
}

/// Who bought: what the order says of its buyer. The recipient of a gift is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Buyer {
    /// The mail address, where there is a usable one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The phone number, where there is a valid one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The name, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The birthday, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
}

/// What an order says of itself at one version. The newest version counts as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Order {
    /// When the cart last changed the order, by the cart's clock: the version. The join keeps the later one;
    /// of two with the same time the greater by [`Ord`], so that both orders of arrival agree.
    pub version_at: DateTime<Utc>,
    /// When the order was placed.
    pub ordered_at: DateTime<Utc>,
    /// Who bought.
    pub buyer: Buyer,
    /// What the order says about consent.
    pub consent: Consent,
    /// When that was said, where it was at another time than that of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_at: Option<DateTime<Utc>>,
    /// Whether somebody else receives it.
    pub gift: bool,
    /// What kind of order it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: OrderKind,
    /// How it reaches the customer.
    #[serde(default, skip_serializing_if = "Delivery::is_goods")]
    pub delivery: Delivery,
    /// The day on which it should arrive, as the shop promised; of a lesson or a stay, its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<NaiveDate>,
    /// Whether a company bought. Its name is not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub company: bool,
    /// The marketplace it was bought on, in lower case: `rakuten`. Its rules forbid to write to the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketplace: Option<String>,
    /// The payment provider's id of the payment: by it the same sale is recognised in another cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// The total, as first charged.
    pub total: Money,
    /// How many lines the order has, including those beyond [`LINES_MAX`].
    pub line_count: u32,
    /// The first [`LINES_MAX`] lines.
    pub lines: Vec<Line>,
}

impl Order {
    /// The product a message speaks of: the line that cost most, the first of equals.
    #[must_use]
    pub fn main_line(&self) -> Option<&Line> {
        let cost = |l: &Line| l.unit_amount_minor.saturating_mul(i64::from(l.quantity));
        self.lines.iter().rev().max_by_key(|l| cost(l))
    }
}

/// The moments of a purchase, each the earliest that any report named, but for [`returned_at`](Self::returned_at).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// The earliest time at which a report said "paid".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_seen_at: Option<DateTime<Utc>>,
    /// The earliest time at which a report said "not paid yet" (konbini, bank transfer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid_seen_at: Option<DateTime<Utc>>,
    /// When it was handed to a carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<DateTime<Utc>>,
    /// When it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When all of it was refunded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded_at: Option<DateTime<Utc>>,
    /// When something of it came back or was contested: a part was refunded, it was broken, the payment is disputed.
    /// The latest such time, since what happens again has to be looked after again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<DateTime<Utc>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn earliest(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.into_iter().chain(b).min()
}

fn latest(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.into_iter().chain(b).max()
}

impl Moments {
    fn join(self, other: Self) -> Self {
        Self {
            paid_seen_at: earliest(self.paid_seen_at, other.paid_seen_at),
            unpaid_seen_at: earliest(self.unpaid_seen_at, other.unpaid_seen_at),
            shipped_at: earliest(self.shipped_at, other.shipped_at),
            arrived_at: earliest(self.arrived_at, other.arrived_at),
            cancelled_at: earliest(self.cancelled_at, other.cancelled_at),
            refunded_at: earliest(self.refunded_at, other.refunded_at),
            returned_at: latest(self.returned_at, other.returned_at),
        }
    }
}

/// What one webhook says: the order's version, where it carries one, and the moments it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which purchase it is about.
    pub key: PurchaseKey,
    /// The order as it now is; `None` for an event that carries only the order's id.
    pub order: Option<Order>,
    /// The moments it names.
    pub moments: Moments,
    /// The refunds it names, by the ids that the cart gave them.
    pub refunds: BTreeMap<String, Refund>,
}

impl Report {
    /// A report that names no refunds.
    #[must_use]
    pub fn new(key: PurchaseKey, order: Option<Order>, moments: Moments) -> Self {
        Self { key, order, moments, refunds: BTreeMap::new() }
    }
}

/// The facts of a purchase: the join of all its reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Which purchase.
    pub key: PurchaseKey,
    /// The newest version of the order; `None` while only its id is known (a refund came first).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The moments.
    #[serde(default)]
    pub moments: Moments,
    /// The refunds, by the ids that the cart gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<String, Refund>,
    /// What the owner has ruled about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
}

impl Purchase {
    /// The facts that one report alone makes.
    #[must_use]
    pub fn from_report(report: Report) -> Self {
        let Report { key, order, moments, refunds } = report;
        Self { key, order, moments, refunds: bounded(refunds), ruling: None }
    }

    /// These facts and a report's, together. Commutative, associative, idempotent.
    #[must_use]
    pub fn join(mut self, report: Report) -> Self {
        debug_assert_eq!(self.key, report.key, "a report joins the purchase it is about");
        self.moments = self.moments.join(report.moments);
        self.order = self.order.into_iter().chain(report.order).max();
        for (id, told) in report.refunds {
            // Each part by itself, so that what went back never becomes less, whatever the order of arrival.
            let known = self.refunds.entry(id).or_insert(told);
            *known = Refund { at: known.at.min(told.at), amount_minor: known.amount_minor.max(told.amount_minor) };
        }
        self.refunds = bounded(self.refunds);
        self
    }

    /// When the purchase began to count: when it was paid. An order that was never seen unpaid before was
    /// paid when it was placed; one that waited for its money begins with the first report that says
    /// "paid", or, where it is paid for on delivery or afterwards, when it was handed over. An order that owes
    /// money again later (something was added to it) began when it began. `None` while it is neither paid nor
    /// handed over, or nothing but its id is known.
    #[must_use]
    pub fn began_at(&self) -> Option<DateTime<Utc>> {
        let Moments { paid_seen_at, unpaid_seen_at, shipped_at, arrived_at, .. } = self.moments;
        let ordered_at = self.order.as_ref()?.ordered_at;
        let settled_at = earliest(paid_seen_at, earliest(shipped_at, arrived_at))?;
        let waited = unpaid_seen_at.is_some_and(|unpaid_seen_at| unpaid_seen_at <= settled_at);
        let is_paid_at_once = paid_seen_at.is_some() && !waited;
        Some(if is_paid_at_once { ordered_at } else { settled_at.max(ordered_at) })
    }

    /// Whether it was undone: cancelled, or all of it refunded, at once or in parts. Absorbing.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.moments.cancelled_at.is_some() || self.is_refunded()
    }

    fn is_refunded(&self) -> bool {
        let refunded = self.refunds.values().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount_minor));
        let total = self.order.as_ref().map_or(0, |order| order.total.amount_minor);
        self.moments.refunded_at.is_some() || (total > 0 && refunded >= total)
    }

    /// Since when a person has to look after it, because the customer was not well served: something of it came back,
    /// was refunded or is contested, the last time that happened; or the order itself replaces what was broken.
    /// `None` where nothing is wrong: an order that was cancelled, or refunded whole before it was handed over, was
    /// only called off, unless something had come back or been contested before.
    #[must_use]
    pub fn case_at(&self) -> Option<DateTime<Utc>> {
        let order = self.order.as_ref();
        let replaces = order.filter(|order| order.kind == OrderKind::Exchange).map(|order| order.ordered_at);
        let refunded = self.refunds.values().map(|refund| refund.at).chain(self.moments.refunded_at).max();
        let handed_over = earliest(self.moments.shipped_at, self.moments.arrived_at);
        let called_off = self.moments.cancelled_at.is_some() || (self.is_refunded() && handed_over.is_none());
        let returned = latest(self.moments.returned_at, refunded.filter(|_| !called_off));
        latest(replaces, returned)
    }
}

/// The refunds with the smallest ids: whatever the order of arrival, the same ones.
fn bounded(mut refunds: BTreeMap<String, Refund>) -> BTreeMap<String, Refund> {
    while refunds.len() > REFUNDS_MAX {
        refunds.pop_last();
    }
    refunds
}
