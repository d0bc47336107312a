//! Taking a purchase into the customer's summary, in any order and any number of times.

use super::{Bought, ContactSource, Customer, PURCHASES_MAX, Standing};
use crate::birthday::Birthday;
use crate::calendar::day_of;
use crate::ids::{CartId, OrderId, PurchaseKey};
use crate::purchase::{Consent, Order, Purchase};
use crate::shop::Shop;
use chrono::{DateTime, Utc};

/// Where something has come from that the customer told the shop without any order.
const OWN_WORD: &str = "customer";

impl Customer {
    /// Takes in what a purchase that has begun says, as it now stands. Taking in the same twice changes nothing.
    pub fn take_in(&mut self, purchase: &Purchase, first_seen_at: DateTime<Utc>, shop: &Shop) {
        let (Some(order), Some(began_at)) = (&purchase.order, purchase.began_at()) else { return };
        self.take_in_contact(purchase, order);
        let main = order.main_line();
        let unhappy_at = self.bought(&purchase.key).and_then(|known| known.unhappy_at);
        let bought = Bought {
            key: purchase.key.clone(),
            began_at,
            shipped_at: purchase.moments.shipped_at,
            arrived_at: purchase.moments.arrived_at,
            promised_on: order.promised_on,
            delivery: order.delivery,
            standing: Standing::of(order, purchase.ruling, shop),
            ruling: purchase.ruling,
            marketplace: order.marketplace.is_some(),
            total: Some(order.total),
            payment: order.payment.clone(),
            case_at: purchase.case_at().filter(|at| !is_long_ago(*at, first_seen_at, shop)).max(unhappy_at),
            unhappy_at,
            undone: purchase.is_undone(),
            history: is_history(began_at, first_seen_at, shop),
            gift: order.gift,
            product: main.map(|line| line.product.clone()).filter(|product| !product.is_empty()),
            product_name: main.map(|line| line.name.clone()).filter(|name| !name.is_empty()),
            picture: main.and_then(|line| line.picture.clone()),
        };
        let known = self.purchases.iter().position(|p| p.key == bought.key);
        let too_old =
            self.earlier_occasions > 0 && self.purchases.first().is_some_and(|p| bought.began_at < p.began_at);
        let no_room = !bought.counts() && !self.awaits_owner(&bought) && self.purchases.len() >= PURCHASES_MAX;
        match known {
            Some(place) => self.purchases[place] = bought,
            None if no_room || (too_old && !self.awaits_owner(&bought)) => return,
            None => self.purchases.push(bought),
        }
        self.purchases.sort_by(|a, b| (a.began_at, &a.key).cmp(&(b.began_at, &b.key)));
        self.forget_oldest(shop);
    }

    /// Takes in the birthday that they told and confirmed themselves. An order takes it back only where it is newer.
    pub fn take_in_own_birthday(&mut self, birthday: Birthday, at: DateTime<Utc>) {
        self.birthday = Some(birthday);
        let own = CartId::parse(OWN_WORD).ok().zip(OrderId::parse(OWN_WORD).ok());
        self.older.birthday =
            own.map(|(cart, order)| ContactSource { key: PurchaseKey { cart, order }, version_at: at });
    }

    /// The newest order that says something of its buyer counts, each detail by itself; an order that has
    /// said something may take it back.
    fn take_in_contact(&mut self, purchase: &Purchase, order: &Order) {
        let source = ContactSource { key: purchase.key.clone(), version_at: order.version_at };
        let known = self.contact.take();
        let newest = match &known {
            Some(known) if known.is_newer_than(&source) => known.clone(),
            _ => source.clone(),
        };
        let telling = Telling { source: &source, known: known.as_ref(), newest: &newest };
        telling.take_in(&order.buyer.email, &mut self.email, &mut self.older.email);
        telling.take_in(&order.buyer.phone, &mut self.phone, &mut self.older.phone);
        telling.take_in(&order.buyer.name, &mut self.name, &mut self.older.name);
        telling.take_in(&order.buyer.birthday, &mut self.birthday, &mut self.older.birthday);
        self.take_in_consent(purchase, order);
        self.contact = Some(newest);
    }

    /// What was said last counts, by when it was said; an order that has said something may take it back.
    fn take_in_consent(&mut self, purchase: &Purchase, order: &Order) {
        let version_at = order.consent_at.unwrap_or(order.ordered_at);
        let source = ContactSource { key: purchase.key.clone(), version_at };
        let is_own = self.consent_said.as_ref().is_some_and(|known| known.key == source.key);
        let is_later = self.consent_said.as_ref().is_none_or(|known| source.is_newer_than(known));
        if is_own || (is_later && order.consent != Consent::Unknown) {
            self.consent = order.consent;
            self.consent_said = (order.consent != Consent::Unknown).then_some(source);
        }
    }

    /// Keeps the summary within [`PURCHASES_MAX`]: what is no purchase goes first, then the oldest occasion becomes
    /// a number. What the owner has yet to see to stays, up to twice as many.
    fn forget_oldest(&mut self, shop: &Shop) {
        while self.purchases.len() > PURCHASES_MAX {
            let is_full = self.purchases.len() > 2 * PURCHASES_MAX;
            let is_spared = |p: &Bought| !is_full && self.awaits_owner(p);
            let is_finished = |p: &Bought| self.why_no_purchase(p).is_some() && !is_spared(p);
            if let Some(place) = self.purchases.iter().position(is_finished) {
                self.purchases.remove(place);
                continue;
            }
            let occasions = self.occasions(shop);
            let first_day = occasions.first().map(|first| first.day);
            let oldest: Vec<PurchaseKey> = match occasions.as_slice() {
                [first, _, ..] if !first.purchases.iter().any(|p| is_spared(p)) => {
                    first.purchases.iter().map(|p| p.key.clone()).collect()
                }
                [_, _, ..] => return,
                _ => Vec::new(),
            };
            if oldest.is_empty() {
                self.purchases.remove(1);
            } else {
                if self.earlier_occasions == 0 {
                    self.first_forgotten_on = first_day;
                }
                self.earlier_occasions += 1;
                self.purchases.retain(|p| !oldest.contains(&p.key));
            }
        }
    }
}

impl ContactSource {
    fn is_newer_than(&self, other: &Self) -> bool {
        (self.version_at, &self.key) > (other.version_at, &other.key)
    }
}

/// One order that tells of its buyer.
struct Telling<'a> {
    source: &'a ContactSource,
    /// The newest order before this one.
    known: Option<&'a ContactSource>,
    /// The newest order with this one.
    newest: &'a ContactSource,
}

impl Telling<'_> {
    /// Takes in one detail. `older` is its source where that is not the newest order.
    fn take_in<T: Clone>(&self, told: &Option<T>, detail: &mut Option<T>, older: &mut Option<ContactSource>) {
        let from = detail.as_ref().and_then(|_| older.as_ref().or(self.known));
        let counts = match from {
            None => told.is_some(),
            Some(from) if from.key == self.source.key => true,
            Some(from) => told.is_some() && self.source.is_newer_than(from),
        };
        let from = if counts { Some(self.source) } else { from };
        let older_source = from.filter(|from| *from != self.newest).cloned();
        if counts {
            detail.clone_from(told);
        }
        *older = older_source.filter(|_| detail.is_some());
    }
}

/// Whether a purchase is history: it began before the shop's start date, or was first seen so many civil days later
/// (21, unless the shop says otherwise) that every window of a new customer has ended.
fn is_history(began_at: DateTime<Utc>, first_seen_at: DateTime<Utc>, shop: &Shop) -> bool {
    let began = day_of(began_at, shop.zone);
    let age_days = (day_of(first_seen_at, shop.zone) - began).num_days();
    began < shop.start_date || age_days > i64::from(shop.thresholds.history_days)
}

/// Whether something happened before the shop began with Wasurena, or so long before it was first heard of that it
/// is over: an old order whose refund is news only because the shop has just been connected.
fn is_long_ago(at: DateTime<Utc>, first_seen_at: DateTime<Utc>, shop: &Shop) -> bool {
    let day = day_of(at, shop.zone);
    let age_days = (day_of(first_seen_at, shop.zone) - day).num_days();
    day < shop.start_date || age_days > i64::from(shop.thresholds.history_days)
}
