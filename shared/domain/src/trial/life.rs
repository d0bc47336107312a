//! The life of a model customer: what is planned when it is due goes out, and nothing else ever happens.

use crate::birthday::Birthday;
use crate::calendar::{Slot, day_of, days_after};
use crate::channel::Channel;
use crate::contact::{EmailAddress, PersonName, PhoneNumber};
use crate::customer::{Bought, Customer, Standing};
use crate::follow_up::{FollowUp, State};
use crate::ids::{CartId, CustomerId, OrderId, PurchaseKey};
use crate::ledger::{Entry, How, Said};
use crate::planner::{Change, Situation, plan};
use crate::programme::{Anchor, Programme, Step};
use crate::purchase::{Consent, Delivery};
use crate::shop::Shop;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeSet;

/// Longest life after the last purchase, in days.
const LIFE_DAYS_MAX: u32 = 12 * 366;
/// Shortest life after the last purchase: the two years that R18 is counted over, and a month.
const LIFE_DAYS_MIN: u32 = 2 * 366 + 30;
/// How long a thing takes that is made only after the order, in days.
const MAKING_DAYS: u32 = 45;
/// Longest wait for the messages of a purchase before the next purchase, in days.
const WAIT_DAYS_MAX: u32 = 90;

/// How a model customer lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    /// How often they buy, each time something else, and then no more.
    pub(super) purchases: u32,
    /// Whether what they buy is made only after the order.
    pub(super) late: bool,
    /// Days from the shop's first day to their first purchase.
    pub(super) begins_after: u32,
    /// Whether they never said that they want to hear from the shop.
    pub(super) unasked: bool,
}

/// A life that was lived.
#[derive(Debug)]
pub(super) struct Life {
    customer: Customer,
    follow_ups: Vec<FollowUp>,
    ledger: Vec<Entry>,
    zone: chrono_tz::Tz,
}

impl Life {
    /// What went out.
    pub(super) fn sent(&self) -> impl Iterator<Item = &FollowUp> {
        self.follow_ups.iter().filter(|f| f.state.has_left())
    }

    /// Everything that was ever planned, and what was not sent with its reason.
    pub(super) fn follow_ups(&self) -> &[FollowUp] {
        &self.follow_ups
    }

    /// The day of a follow-up.
    pub(super) fn day(&self, follow_up: &FollowUp) -> NaiveDate {
        day_of(follow_up.slot.start(), self.zone)
    }

    /// Which purchase it is, from 1.
    pub(super) fn nth(&self, key: &PurchaseKey) -> Option<u32> {
        self.customer.purchases.iter().zip(1..).find(|(bought, _)| bought.key == *key).map(|(_, nth)| nth)
    }

    /// The day of a purchase.
    pub(super) fn bought_on(&self, nth: u32) -> Option<NaiveDate> {
        let bought = self.customer.purchases.iter().zip(1..).find(|(_, own)| *own == nth);
        bought.map(|(bought, _)| day_of(bought.began_at, self.zone))
    }
}

/// Lives a life to its end.
pub(super) fn live(shop: &Shop, programme: &Programme, way: Way) -> Life {
    let shop = &Shop { holidays: BTreeSet::new(), quiet: BTreeSet::new(), ..shop.clone() };
    let (customer, ledger) = (customer(shop, way), permissions(shop));
    let mut life = Life { customer, follow_ups: Vec::new(), ledger, zone: shop.zone };
    let mut purchases = purchases(shop, programme, way).into_iter().peekable();
    let Some(mut now) = purchases.peek().map(|bought| bought.began_at) else { return life };
    let mut review_at = None;
    let mut end = now;
    loop {
        while let Some(bought) = purchases.next_if(|bought| bought.began_at <= now) {
            let last_day = days_after(day_of(bought.began_at, shop.zone), life_days(shop, programme));
            end = Slot::of(last_day, NaiveTime::MIN, shop.zone).start();
            life.customer.purchases.push(bought);
            life.customer.version += 1;
        }
        life.send(now);
        review_at = life.plan(shop, programme, now).filter(|at| *at > now).or(review_at.filter(|at| *at > now));
        let due = life.follow_ups.iter().filter(|f| f.state == State::Planned).map(|f| f.slot.start());
        let next = due.chain(review_at).chain(purchases.peek().map(|bought| bought.began_at)).min();
        match next.filter(|next| *next <= end) {
            Some(next) => now = now.max(next),
            None => return life,
        }
    }
}

impl Life {
    fn send(&mut self, now: DateTime<Utc>) {
        for follow_up in self.follow_ups.iter_mut().filter(|f| f.state == State::Planned && f.slot.start() <= now) {
            // What a person has on their list is done at once.
            follow_up.state = if follow_up.channel.is_mail() { State::Sent } else { State::Delivered };
            follow_up.sent_at = Some(now);
        }
    }

    /// Plans, and writes what the plan changes; answers when to look again.
    fn plan(&mut self, shop: &Shop, programme: &Programme, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (customer, follow_ups, ledger) = (&self.customer, &self.follow_ups[..], &self.ledger[..]);
        let plan = plan(&Situation { shop, programme, customer, follow_ups, ledger, now });
        for change in plan.changes {
            let place = self.follow_ups.iter().position(|f| f.id == change.follow_up().id);
            match (change, place.and_then(|place| self.follow_ups.get_mut(place))) {
                (Change::Put(new), None) => self.follow_ups.push(*new),
                (Change::Replan { slot, deadline, channel, .. }, Some(own)) => {
                    own.channel = channel;
                    (own.state, own.reason, own.slot, own.deadline) = (State::Planned, None, slot, deadline);
                }
                (Change::Cancel { reason, .. }, Some(own)) => {
                    (own.state, own.reason) = (State::Cancelled, Some(reason));
                }
                (Change::Put(_), Some(_)) | (Change::Replan { .. } | Change::Cancel { .. }, None) => {}
            }
        }
        plan.review_at.map(Slot::start)
    }
}

/// Somebody of whom everything is known that a message may wait for. Whatever the planner asks of a customer belongs here:
/// what they lack is not judged.
fn customer(shop: &Shop, way: Way) -> Customer {
    Customer {
        email: EmailAddress::parse("model@customer.example").ok(),
        name: PersonName::parse("見本 花子"),
        phone: PhoneNumber::parse("03-0000-0000").ok(),
        birthday: Birthday::parse("--06-15").ok(),
        consent: if way.unasked { Consent::Unknown } else { Consent::Granted },
        ..Customer::new(CustomerId::derive(b"on trial", &shop.id, "model@customer.example"))
    }
}

/// They may be called and visited, by their own word from the first day on (R23).
fn permissions(shop: &Shop) -> Vec<Entry> {
    let at = Slot::of(shop.start_date, NaiveTime::MIN, shop.zone).start();
    let granted = |channel: Channel| Entry {
        at,
        channel,
        place: None,
        said: Said::Granted,
        how: How::InPerson,
        wording: None,
        until: None,
        preferences: None,
        event: channel.name().to_owned(),
    };
    [Channel::Phone, Channel::Visit].map(granted).into()
}

/// What they buy, and when: with so much time in between that the messages of one purchase leave room for the next one's.
fn purchases(shop: &Shop, programme: &Programme, way: Way) -> Vec<Bought> {
    let windows = programme.steps.iter().map(|step| last_day(shop, programme, step));
    let wait = windows.max().unwrap_or(0).min(WAIT_DAYS_MAX) + if way.late { MAKING_DAYS } else { 0 };
    let span = programme.frequency.longest_span().unwrap_or(0);
    let gap = (wait + span + programme.frequency.min_gap_days + 1).max(shop.occasion_days + 1);
    let first = days_after(shop.start_date, way.begins_after);
    (0..way.purchases).filter_map(|place| bought(shop, way, place + 1, days_after(first, place * gap))).collect()
}

/// The last day on which a step may go out, counted from the purchase, where nothing is late.
fn last_day(shop: &Shop, programme: &Programme, step: &Step) -> u32 {
    let begins_by = match &step.anchor {
        Anchor::Purchase => 0,
        Anchor::Arrival { unknown_day } => *unknown_day,
        Anchor::Letter { step: letter } => {
            let letter = programme.steps.iter().find(|other| other.id == *letter);
            letter.map_or(0, |letter| letter.latest_day).saturating_add(shop.thresholds.carriage_days)
        }
    };
    step.latest_day.saturating_add(begins_by)
}

fn bought(shop: &Shop, way: Way, nth: u32, day: NaiveDate) -> Option<Bought> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
    let key = PurchaseKey { cart: CartId::parse("model").ok()?, order: OrderId::parse(&nth.to_string()).ok()? };
    let again = shop.products.products().find(|product| product.reorder_days.is_some());
    // The last purchase is of something that people buy again.
    let product = again.filter(|_| nth == way.purchases).map(|product| product.name.clone());
    let product = product.unwrap_or_else(|| format!("model {nth}"));
    Some(Bought {
        key,
        began_at: Slot::of(day, noon, shop.zone).start(),
        shipped_at: None,
        arrived_at: None,
        promised_on: way.late.then(|| days_after(day, MAKING_DAYS)),
        delivery: if way.late { Delivery::MadeToOrder } else { Delivery::Goods },
        standing: Standing::Purchase,
        ruling: None,
        marketplace: false,
        total: None,
        payment: None,
        case_at: None,
        unhappy_at: None,
        undone: false,
        history: false,
        gift: false,
        product: Some(product.clone()),
        product_name: Some(product),
        picture: None,
    })
}

/// How long they live after their last purchase: until a year after they became dormant, and until every step has had its days.
fn life_days(shop: &Shop, programme: &Programme) -> u32 {
    let dormant = shop.stages.dormant_after_days.saturating_add(400);
    let steps = programme.steps.iter().map(|step| last_day(shop, programme, step).saturating_add(60));
    let days = steps.max().unwrap_or(0).max(dormant);
    days.clamp(LIFE_DAYS_MIN, LIFE_DAYS_MAX)
}
