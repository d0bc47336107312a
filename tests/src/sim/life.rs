//! What people do in a world: who buys what, when, through which cart, and what becomes of it. Everything follows from
//! the seed, before the world begins.

use super::bodies::{called_off, came_back, forget, paid, paid_topic, shipped};
use super::stage::{BEGINNING, SECOND_SHOP};
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use serde_json::Value;
use std::ops::Range;
use wasurena_local::sample;

/// The domain of everybody's address: it must not stand in any log.
pub(crate) const DOMAIN: &str = "kyaku.example.jp";
/// Everybody's family name: neither must it.
pub(crate) const FAMILY_NAME: &str = "山田";

/// A cart that a shop has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cart {
    Shopify,
    WooCommerce,
    Stripe,
    Standard,
}

impl Cart {
    /// Those of a shop.
    #[must_use]
    pub(crate) fn of(shop: &str) -> &'static [Self] {
        match shop {
            SECOND_SHOP => &[Self::Shopify, Self::Standard],
            _ => &[Self::Shopify, Self::WooCommerce, Self::Stripe, Self::Standard],
        }
    }

    /// Its id.
    #[must_use]
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Stripe => "stripe",
            Self::Standard => "standard",
        }
    }
}

/// Somebody who buys, or is said to.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their address.
    pub(crate) address: String,
    /// The shop they know.
    pub(crate) shop: &'static str,
    /// The cart they order with.
    pub(crate) cart: Cart,
    /// Whether they agreed to hear from the shop beyond a purchase.
    pub(crate) agrees: bool,
}

/// What a webhook says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// It was placed and paid at this moment.
    Paid(DateTime<Utc>),
    /// It was shipped, arrived, changed: nothing that the record counts.
    Changed,
    /// It was called off before it left.
    CalledOff,
    /// Something of it came back.
    CameBack,
    /// Its buyer wants to be forgotten.
    Forget,
}

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    /// Who ordered.
    pub(crate) person: usize,
    /// Which of their orders, by a number that no other has.
    pub(crate) order: u64,
    /// The shop.
    pub(crate) shop: &'static str,
    /// The cart.
    pub(crate) cart: Cart,
    /// The cart's name for what happened.
    pub(crate) topic: &'static str,
    /// The body.
    pub(crate) body: Value,
    /// What it says.
    pub(crate) says: Says,
    /// Whether the cart signed it.
    pub(crate) is_signed: bool,
}

impl Hook {
    /// Whether its cart sends it again where it got no 2xx. WooCommerce never does.
    #[must_use]
    pub(crate) fn tries_again(&self) -> bool {
        self.is_signed && self.cart != Cart::WooCommerce
    }
}

/// Something that somebody does at some time.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// A cart tells; by the webhook's place in [`Life::hooks`].
    Tell(usize),
    /// Somebody, or a scanner, opens the link of the last mail.
    Look(usize),
    /// Somebody presses the button that stops mails.
    Stop(usize),
    /// Somebody wants mails again.
    Resume(usize),
    /// The owner turns the stop switch on, for so long.
    SwitchOn(&'static str, Duration),
    /// The owner publishes another version of the programme.
    Publish(&'static str, u32),
    /// The owner ticks a letter off the list: it is posted, or there is no address to post it to.
    TickOff(&'static str, bool),
    /// All alarms are deleted.
    LoseAlarms,
    /// The record of this person cannot be read any more.
    Spoil(usize),
    /// Somebody has mended it.
    Mend(usize),
}

/// The lives of a world's people.
#[derive(Debug)]
pub(crate) struct Life {
    /// Everybody.
    pub(crate) people: Vec<Person>,
    /// Every webhook.
    pub(crate) hooks: Vec<Hook>,
    /// Everything that is done, by time.
    pub(crate) deeds: Vec<(DateTime<Utc>, Deed)>,
    /// Whose record is spoilt as soon as an order of theirs is stored.
    pub(crate) unlucky: Option<usize>,
    /// When it begins.
    pub(crate) begins: DateTime<Utc>,
    /// When the last thing is done.
    pub(crate) ends: DateTime<Utc>,
    /// The shops that people buy from.
    pub(crate) shops: &'static [&'static str],
    /// Whether many come on the same days, so that their mails share slots.
    pub(crate) is_crowded: bool,
}

/// How long people do things, in days.
const DAYS: Range<i64> = 30..61;
/// So many order in the same second in a sale.
const SALE: usize = 6;
/// Within so many seconds many come, where many do.
const RUSH_SECONDS: i64 = 240;
/// A day's minutes.
const DAY: i64 = 24 * 60;

impl Life {
    /// The lives that a seed stands for. In a world in which nothing else goes wrong there is always a sale.
    pub(crate) fn of(dice: &mut Rng, is_calm: bool) -> Self {
        let beginning: DateTime<Utc> = BEGINNING.parse().expect("a moment");
        let begins = beginning + Duration::minutes(dice.i64(0..700 * DAY));
        let ends = begins + Duration::days(dice.i64(DAYS));
        let is_crowded = dice.u32(0..8) > 0;
        let shops: &'static [&'static str] = match dice.u32(0..8) {
            0..=1 => &[sample::SHOP],
            2..=6 => &[SECOND_SHOP],
            _ => &[sample::SHOP, SECOND_SHOP],
        };
        let (people, hooks, deeds, unlucky) = (Vec::new(), Vec::new(), Vec::new(), None);
        let mut life = Self { people, hooks, deeds, unlucky, begins, ends, shops, is_crowded };
        // Where a purchase is followed by more letters, fewer people buy.
        let people = if *shops == [SECOND_SHOP] { 3..6 } else { 4..8 };
        for _ in 0..dice.usize(people) {
            let shop = shops[dice.usize(..shops.len())];
            life.somebody(dice, shop);
        }
        if is_calm || dice.u32(0..10) == 0 {
            life.sale(dice, shops[0]);
        }
        life.stranger(dice, shops[0]);
        for shop in shops {
            life.owner(dice, shop);
        }
        life.deeds.sort_by_key(|(at, _)| *at);
        life
    }

    /// Somebody who orders a few times, and what becomes of it.
    fn somebody(&mut self, dice: &mut Rng, shop: &'static str) {
        let person = self.people.len();
        let cart = Cart::of(shop)[dice.usize(..Cart::of(shop).len())];
        let agrees = dice.u32(0..3) > 0;
        self.people.push(Person { address: format!("kyaku-{person}@{DOMAIN}"), shop, cart, agrees });
        let mut at = self.begins + self.first_comes_after(dice);
        for _ in 0..[1, 1, 2, 2, 2, 3, 4][dice.usize(..7)] {
            self.order(dice, person, at);
            at += self.pause(dice);
            if at > self.ends {
                break;
            }
        }
        for _ in 0..dice.u32(0..2) {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Look(person)));
        }
        if dice.u32(0..5) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Stop(person)));
            if dice.u32(0..4) == 0 {
                self.deeds.push((at + Duration::days(dice.i64(1..20)), Deed::Resume(person)));
            }
        }
        if dice.u32(0..25) == 0 && matches!(cart, Cart::Shopify | Cart::Standard) {
            let at = self.some_time(dice);
            let (topic, body) = forget(&self.people[person], at);
            self.tell(at, person, 0, topic, body, Says::Forget);
        }
        if dice.u32(0..40) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Spoil(person)));
            self.deeds.push((at + Duration::hours(dice.i64(1..30)), Deed::Mend(person)));
        }
    }

    /// How long after the beginning somebody orders first. Where many come, they come as after a broadcast.
    fn first_comes_after(&self, dice: &mut Rng) -> Duration {
        if self.is_crowded {
            Duration::hours([0, 6][dice.usize(..2)]) + Duration::seconds(dice.i64(0..RUSH_SECONDS))
        } else {
            Duration::minutes(dice.i64(0..7 * DAY))
        }
    }

    /// How long somebody waits before they order again. Some do so as soon as they have ordered.
    fn pause(&self, dice: &mut Rng) -> Duration {
        if dice.u32(0..8) == 0 {
            Duration::milliseconds(dice.i64(1..400))
        } else if self.is_crowded {
            Duration::weeks([2, 2, 4][dice.usize(..3)]) + Duration::seconds(dice.i64(0..RUSH_SECONDS))
        } else {
            Duration::minutes(dice.i64(DAY / 2..35 * DAY))
        }
    }

    /// An order, perhaps told twice, shipped, called off, partly returned.
    fn order(&mut self, dice: &mut Rng, person: usize, at: DateTime<Utc>) {
        let order = 1 + self.hooks.len() as u64;
        let agrees = self.people[person].agrees;
        let cart = self.people[person].cart;
        let body = paid(cart, order, at, &self.people[person].address, agrees);
        let told = at + Duration::seconds(2);
        let says = Says::Paid(at);
        self.tell(told, person, order, paid_topic(cart), body.clone(), says);
        while dice.u32(0..7) == 0 {
            let later = if dice.bool() { 3 } else { 40 * 24 * 3600 };
            let again = told + Duration::seconds(dice.i64(0..later));
            self.tell(again, person, order, paid_topic(cart), body.clone(), says);
        }
        if dice.u32(0..4) == 0
            && let Some((topic, body)) = shipped(cart, &body, at + Duration::days(2))
        {
            self.tell(told + Duration::days(2), person, order, topic, body, Says::Changed);
        }
        let (news_after, one_in) = if self.people[person].shop == SECOND_SHOP { (3, 4) } else { (30, 12) };
        match dice.u32(0..one_in) {
            0 => {
                // The first order, when the first news of a second one goes out; or this one, some time.
                let (called, then) = match dice.u32(0..4) > 0 {
                    true => (0, as_mails_go_out(dice, at + Duration::hours(9) + Duration::days(news_after))),
                    false => (usize::MAX, told + Duration::minutes(dice.i64(1..40 * DAY))),
                };
                let orders = self.orders_before(person, then);
                let place = orders.get(called).or(orders.last()).copied();
                if let Some(place) = place.and_then(|place| self.afterthought(place, Says::CalledOff, then)) {
                    self.deeds.push((then, Deed::Tell(place)));
                }
            }
            1 => {
                let then = told + Duration::minutes(dice.i64(60..30 * DAY));
                let then = if dice.bool() { as_mails_go_out(dice, then).max(told) } else { then };
                if let Some((topic, body)) = came_back(cart, &body, then) {
                    self.tell(then, person, order, topic, body, Says::CameBack);
                }
            }
            _ => {}
        }
    }

    /// Several people order in the same second, and something is wrong with the record of one of them.
    fn sale(&mut self, dice: &mut Rng, shop: &'static str) {
        let at = self.begins + Duration::days(dice.i64(1..20));
        let unlucky = dice.usize(..SALE);
        for n in 0..SALE {
            let person = self.people.len();
            let cart = Cart::of(shop)[n % Cart::of(shop).len()];
            self.people.push(Person { address: format!("kyaku-{person}@{DOMAIN}"), shop, cart, agrees: dice.bool() });
            let order = 1 + self.hooks.len() as u64;
            let body = paid(cart, order, at, &self.people[person].address, self.people[person].agrees);
            self.tell(at, person, order, paid_topic(cart), body, Says::Paid(at));
            if n == unlucky {
                self.unlucky = Some(person);
                self.deeds.push((at + Duration::hours(dice.i64(2..30)), Deed::Mend(person)));
            }
        }
    }

    /// Somebody of whom only forged webhooks speak.
    fn stranger(&mut self, dice: &mut Rng, shop: &'static str) {
        let person = self.people.len();
        let cart = Cart::of(shop)[dice.usize(..Cart::of(shop).len())];
        let address = format!("stranger-{person}@{DOMAIN}");
        self.people.push(Person { address: address.clone(), shop, cart, agrees: true });
        for _ in 0..dice.u32(1..4) {
            let at = self.some_time(dice);
            let order = 1 + self.hooks.len() as u64;
            let body = paid(cart, order, at, &address, true);
            self.tell(at, person, order, paid_topic(cart), body, Says::Paid(at));
            if let Some(hook) = self.hooks.last_mut() {
                hook.is_signed = false;
            }
        }
    }

    /// The webhooks that tell of those of somebody's orders so far that are never called off, by their places.
    #[must_use]
    pub(crate) fn orders_before(&self, person: usize, now: DateTime<Utc>) -> Vec<usize> {
        let is_called_off = |order: u64| self.hooks.iter().any(|h| h.order == order && h.says == Says::CalledOff);
        let is_theirs = |hook: &Hook| {
            let is_placed = matches!(hook.says, Says::Paid(at) if at < now);
            hook.person == person && hook.is_signed && is_placed && !is_called_off(hook.order)
        };
        self.hooks.iter().enumerate().filter(|(_, hook)| is_theirs(hook)).map(|(place, _)| place).collect()
    }

    /// A cart tells of an order, now: that it was called off, or that something of it came back. Answers the webhook's
    /// place; nothing where the cart has no word for it.
    pub(crate) fn afterthought(&mut self, order: usize, says: Says, now: DateTime<Utc>) -> Option<usize> {
        let hook = &self.hooks[order];
        let (topic, body) = match says {
            Says::CalledOff => called_off(hook.cart, &hook.body, now)?,
            _ => came_back(hook.cart, &hook.body, now)?,
        };
        self.hooks.push(Hook { topic, body, says, ..hook.clone() });
        Some(self.hooks.len() - 1)
    }

    /// What the owner does, and what happens to the whole shop.
    fn owner(&mut self, dice: &mut Rng, shop: &'static str) {
        if dice.u32(0..4) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::SwitchOn(shop, Duration::minutes(dice.i64(10..36 * 60)))));
        }
        if dice.u32(0..6) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Publish(shop, dice.u32(1..4))));
        }
        if dice.u32(0..3) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::LoseAlarms));
        }
        if shop == SECOND_SHOP {
            for _ in 0..dice.u32(0..8) {
                let at = self.some_time(dice);
                self.deeds.push((at, Deed::TickOff(shop, dice.u32(0..3) > 0)));
            }
        }
    }

    fn tell(&mut self, at: DateTime<Utc>, person: usize, order: u64, topic: &'static str, body: Value, says: Says) {
        let Person { shop, cart, .. } = self.people[person];
        self.deeds.push((at, Deed::Tell(self.hooks.len())));
        self.hooks.push(Hook { person, order, shop, cart, topic, body, says, is_signed: true });
    }

    /// Some time of these days; every other time it is just when mails go out.
    fn some_time(&self, dice: &mut Rng) -> DateTime<Utc> {
        let at = self.begins + Duration::minutes(dice.i64(60..(self.ends - self.begins).num_minutes()));
        if dice.bool() { as_mails_go_out(dice, at) } else { at }
    }
}

/// That day, a little before or after its mails begin to go out: at ten o'clock in Tokyo.
fn as_mails_go_out(dice: &mut Rng, at: DateTime<Utc>) -> DateTime<Utc> {
    let ten = at.date_naive().and_hms_opt(1, 0, 0).map_or(at, |ten| ten.and_utc());
    ten + Duration::milliseconds(dice.i64(-400..800))
}
