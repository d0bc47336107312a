//! Last year's orders, from a file as carts and tills export them: people of whom only the orders are known.
//!
//! A row is an order; rows with the same order number are the lines of one. Rows that cannot be read are left out, and each
//! is told by its line: nothing is dropped in silence.

mod cells;
mod columns;

use super::crowd::Crowd;
use super::life::World;
use super::person::{Event, Person};
use crate::folder;
use cells::{is_cancelled, moment, narrow, yen, yes};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use columns::{Columns, Field};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::ids::{CartId, CustomerId, OrderId, PurchaseKey};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::purchase::{Buyer, Consent, Delivery, Line, Moments, Order, OrderKind, Report};

/// What an order comes to of which the file does not say it: it was paid for.
const UNKNOWN_AMOUNT_YEN: i64 = 1;

/// The orders of a file, by customer.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    buyers: Vec<Placer>,
    /// Rows that are left out.
    pub(crate) faults: Vec<Fault>,
    /// The first order.
    pub(crate) first_at: Option<DateTime<Utc>>,
}

/// Somebody who ordered.
#[derive(Debug)]
struct Placer {
    /// The line of their first order.
    line: u64,
    identity: String,
    orders: Vec<Placed>,
}

#[derive(Debug)]
struct Placed {
    key: PurchaseKey,
    order: Order,
    is_cancelled: bool,
}

/// A row that is left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    line: u64,
    what: String,
    mend: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}. Mend: {}", self.line, self.what, self.mend)
    }
}

/// What rows are read with.
struct Reading<'a> {
    columns: &'a Columns,
    zone: Tz,
    /// What is taken to be said about hearing from the shop, where the file does not say.
    consent: Consent,
    cart: CartId,
}

impl Orders {
    /// Reads a file, in UTF-8 or CP932.
    ///
    /// # Errors
    /// The file, or its mapping, cannot be read as a table at all, or lacks a column.
    pub(crate) fn read(file: &Path, mapping: Option<&Path>, zone: Tz, consent: Consent) -> anyhow::Result<Self> {
        let mapping = mapping.map(folder::text).transpose()?;
        let mapping = mapping.as_deref().map(columns::read_mapping).transpose()?.unwrap_or_default();
        Self::parse(&folder::table(file)?, &mapping, zone, consent)
    }

    fn parse(text: &str, mapping: &BTreeMap<String, String>, zone: Tz, consent: Consent) -> anyhow::Result<Self> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns = columns::find(reader.headers()?, mapping)?;
        let width = reader.headers()?.len();
        let reading = Reading { columns: &columns, zone, consent, cart: CartId::parse("file")? };
        let mut orders = Self::default();
        let mut by_identity: BTreeMap<String, usize> = BTreeMap::new();
        let mut by_number: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for row in reader.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            if row.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let number = reading.cell(&row, Field::Order);
            if let Some((buyer, order)) = number.as_ref().and_then(|number| by_number.get(number)) {
                let order = &mut orders.buyers[*buyer].orders[*order].order;
                if reading.is_of(&row, &order.buyer) {
                    reading.add_line(order, &row);
                } else {
                    let what = "has the number of somebody else's order".to_owned();
                    orders.faults.push(Fault { line, what, mend: "give each order a number of its own" });
                }
                continue;
            }
            let read = if row.len() > width {
                let mend = "put texts that hold a comma into quotes, \"…\"";
                Err((format!("has {} cells, and the header has {width}", row.len()), mend))
            } else {
                reading.order(&row, number.as_deref().unwrap_or(&format!("line-{line}")))
            };
            let placed = match read {
                Ok(placed) => placed,
                Err((what, mend)) => {
                    orders.faults.push(Fault { line, what, mend });
                    continue;
                }
            };
            let identity = identity(&placed.order.buyer, line);
            orders.note(placed.order.ordered_at);
            let buyer = *by_identity.entry(identity.clone()).or_insert(orders.buyers.len());
            if buyer == orders.buyers.len() {
                orders.buyers.push(Placer { line, identity, orders: Vec::new() });
            }
            if let Some(number) = number {
                by_number.insert(number, (buyer, orders.buyers[buyer].orders.len()));
            }
            orders.buyers[buyer].orders.push(placed);
        }
        Ok(orders)
    }

    fn note(&mut self, at: DateTime<Utc>) {
        self.first_at = self.first_at.into_iter().chain([at]).min();
    }

    /// How many orders come when everything has ended.
    pub(crate) fn after(&self, until: DateTime<Utc>) -> usize {
        self.buyers.iter().flat_map(|buyer| &buyer.orders).filter(|placed| placed.order.ordered_at >= until).count()
    }
}

impl Crowd for Orders {
    fn count(&self) -> u64 {
        u64::try_from(self.buyers.len()).unwrap_or(u64::MAX)
    }

    fn person(&self, world: World<'_>, place: u64) -> anyhow::Result<Person> {
        let placer = &self.buyers[usize::try_from(place)?];
        let mut events = Vec::new();
        for Placed { key, order, is_cancelled } in &placer.orders {
            let at = order.ordered_at;
            let told = |order, moments| Event::Told(Box::new(Report::new(key.clone(), order, moments)));
            let moments = Moments { paid_seen_at: Some(at), ..Moments::default() };
            // What is older than the first day is known on it.
            events.push((at.max(world.from), told(Some(order.clone()), moments)));
            if *is_cancelled {
                let cancelled_at = at + Duration::hours(1);
                let moments = Moments { cancelled_at: Some(cancelled_at), ..Moments::default() };
                events.push((cancelled_at.max(world.from), told(None, moments)));
            }
        }
        let id = CustomerId::derive(b"simulated", &world.shop.id, &placer.identity);
        Ok(Person::new(placer.line, id, events, None))
    }
}

impl Reading<'_> {
    fn cell(&self, row: &StringRecord, field: Field) -> Option<String> {
        let cell = self.columns.get(&field).and_then(|place| row.get(*place)).map(str::trim);
        cell.filter(|cell| !cell.is_empty()).map(str::to_owned)
    }

    fn order(&self, row: &StringRecord, number: &str) -> Result<Placed, (String, &'static str)> {
        let date = self.cell(row, Field::Date).unwrap_or_default();
        let ordered_at = moment(&date, self.zone).ok_or_else(|| {
            (format!("`{date}` is no day"), "write it like 2025-01-31, 2025/1/31 14:05 or 令和7年1月31日")
        })?;
        let bad_mail = |error| (format!("the mail address cannot be used: {error}"), "mend it, or leave it empty");
        let email = self.cell(row, Field::Mail).map(|mail| EmailAddress::parse(&mail)).transpose().map_err(bad_mail)?;
        let amount = self.cell(row, Field::Amount);
        let amount_minor = match &amount {
            None => UNKNOWN_AMOUNT_YEN,
            Some(text) => {
                yen(text).ok_or_else(|| (format!("`{text}` is no amount in yen"), "write it like 5900 or ¥5,900"))?
            }
        };
        let consent = match self.cell(row, Field::Consent) {
            None => self.consent,
            Some(text) => match yes(&text) {
                Some(true) => Consent::Granted,
                Some(false) => Consent::Denied,
                None => {
                    return Err((format!("`{text}` is neither yes nor no"), "write はい or いいえ, or leave it empty"));
                }
            },
        };
        let order = OrderId::parse(number)
            .map_err(|error| (format!("its number cannot be used: {error}"), "write a shorter number"))?;
        let mut order = (
            PurchaseKey { cart: self.cart.clone(), order },
            Order {
                version_at: ordered_at,
                ordered_at,
                buyer: Buyer {
                    email,
                    phone: None,
                    name: self.cell(row, Field::Name).and_then(|name| PersonName::parse(&name)),
                    birthday: None,
                },
                consent,
                consent_at: None,
                gift: false,
                kind: OrderKind::Purchase,
                delivery: Delivery::Goods,
                promised_on: None,
                company: false,
                marketplace: None,
                payment: None,
                total: Money { amount_minor, currency: Currency::JPY },
                line_count: 0,
                lines: Vec::new(),
            },
        );
        self.add_line(&mut order.1, row);
        let is_cancelled = self.cell(row, Field::Status).is_some_and(|status| is_cancelled(&status));
        Ok(Placed { key: order.0, order: order.1, is_cancelled })
    }

    /// Whether a row with the number of an order is one of its lines: it names the same address, or none.
    fn is_of(&self, row: &StringRecord, buyer: &Buyer) -> bool {
        let email = self.cell(row, Field::Mail).map(|mail| EmailAddress::parse(&mail).ok());
        email.is_none_or(|email| email == buyer.email)
    }

    /// Adds what a row says of a thing. Of several, the first is the one that messages speak of.
    fn add_line(&self, order: &mut Order, row: &StringRecord) {
        let Some(product) = self.cell(row, Field::Product) else { return };
        let amount_minor = if order.lines.is_empty() { order.total.amount_minor } else { 1 };
        order.line_count += 1;
        if order.lines.len() < wasurena_domain::purchase::LINES_MAX {
            order.lines.push(Line::new(None, &product, None, 1, amount_minor));
        }
    }
}

/// What makes two orders those of one person: the address, else the name, else nothing does.
fn identity(buyer: &Buyer, line: u64) -> String {
    let email = buyer.email.as_ref().map(|email| email.as_str().to_owned());
    let name = || buyer.name.as_ref().map(|name| format!("name {}", narrow(name.as_str())));
    email.or_else(name).unwrap_or_else(|| format!("line {line}"))
}
