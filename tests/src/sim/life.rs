//! What people do in a world: who buys what, when, through which cart, and what becomes of it. Everything follows from
//! the seed, before the world begins.

use super::stage::{BEGINNING, SECOND_SHOP};
use crate::journey::orders;
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use serde_json::{Value, json};
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
    const ALL: [Self; 4] = [Self::Shopify, Self::WooCommerce, Self::Stripe, Self::Standard];

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
    /// The owner turns the stop switch.
    Switch(&'static str, bool),
    /// The owner publishes another version of the programme.
    Publish(&'static str, u32),
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
}

/// How long people do things, in days.
const DAYS: i64 = 75;

impl Life {
    /// The lives that a seed stands for. In a world in which nothing else goes wrong there is always a sale.
    pub(crate) fn of(dice: &mut Rng, is_calm: bool) -> Self {
        let beginning: DateTime<Utc> = BEGINNING.parse().expect("a moment");
        let begins = beginning + Duration::minutes(dice.i64(0..700 * 24 * 60));
        let ends = begins + Duration::days(DAYS);
        let mut life = Self { people: Vec::new(), hooks: Vec::new(), deeds: Vec::new(), unlucky: None, begins, ends };
        let shops: &[&'static str] = if dice.bool() { &[sample::SHOP] } else { &[sample::SHOP, SECOND_SHOP] };
        for _ in 0..dice.usize(11..20) {
            let shop = shops[dice.usize(..shops.len())];
            life.somebody(dice, shop);
        }
        if is_calm || dice.u32(0..6) == 0 {
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
        let cart = Cart::ALL[dice.usize(..Cart::ALL.len())];
        let agrees = dice.u32(0..3) > 0;
        self.people.push(Person { address: format!("kyaku-{person}@{DOMAIN}"), shop, cart, agrees });
        let mut at = self.begins + Duration::minutes(dice.i64(0..7 * 24 * 60));
        for _ in 0..[1, 1, 2, 2, 2, 3, 4][dice.usize(..7)] {
            self.order(dice, person, at);
            // Some order once more as soon as they have ordered.
            let pause_ms = if dice.u32(0..4) == 0 { 1..400 } else { 12 * 3_600_000..35 * 24 * 3_600_000 };
            at += Duration::milliseconds(dice.i64(pause_ms));
            if at > self.ends {
                break;
            }
        }
        for _ in 0..dice.u32(0..3) {
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

    /// An order, perhaps told twice, shipped, called off, partly returned.
    fn order(&mut self, dice: &mut Rng, person: usize, at: DateTime<Utc>) {
        let order = 1 + self.hooks.len() as u64;
        let agrees = self.people[person].agrees;
        let cart = self.people[person].cart;
        let body = paid(cart, order, at, &self.people[person].address, agrees);
        let told = at + Duration::seconds(2);
        let says = Says::Paid(at);
        self.tell(told, person, order, paid_topic(cart), body.clone(), says);
        while dice.u32(0..5) == 0 {
            let later = if dice.bool() { 3 } else { 40 * 24 * 3600 };
            let again = told + Duration::seconds(dice.i64(0..later));
            self.tell(again, person, order, paid_topic(cart), body.clone(), says);
        }
        if dice.u32(0..2) == 0
            && let Some((topic, body)) = shipped(cart, &body, at + Duration::days(2))
        {
            self.tell(told + Duration::days(2), person, order, topic, body, Says::Changed);
        }
        match dice.u32(0..12) {
            0 => {
                // The first news of a second purchase goes out after thirty days.
                let then = match dice.bool() {
                    true => as_mails_go_out(dice, at + Duration::hours(9) + Duration::days(30)),
                    false => told + Duration::minutes(dice.i64(1..40 * 24 * 60)),
                };
                if let Some((topic, body)) = called_off(cart, &body, then) {
                    self.tell(then, person, order, topic, body, Says::CalledOff);
                }
            }
            1 => {
                let then = told + Duration::minutes(dice.i64(60..30 * 24 * 60));
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
        let unlucky = dice.usize(..8);
        for n in 0..8 {
            let person = self.people.len();
            let cart = Cart::ALL[n % Cart::ALL.len()];
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
        let cart = Cart::ALL[dice.usize(..Cart::ALL.len())];
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

    /// What the owner does, and what happens to the whole shop.
    fn owner(&mut self, dice: &mut Rng, shop: &'static str) {
        if dice.u32(0..4) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Switch(shop, true)));
            self.deeds.push((at + Duration::minutes(dice.i64(10..36 * 60)), Deed::Switch(shop, false)));
        }
        if dice.u32(0..6) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::Publish(shop, 1)));
        }
        if dice.u32(0..3) == 0 {
            let at = self.some_time(dice);
            self.deeds.push((at, Deed::LoseAlarms));
        }
    }

    fn tell(&mut self, at: DateTime<Utc>, person: usize, order: u64, topic: &'static str, body: Value, says: Says) {
        let Person { shop, cart, .. } = self.people[person];
        self.deeds.push((at, Deed::Tell(self.hooks.len())));
        self.hooks.push(Hook { person, order, shop, cart, topic, body, says, is_signed: true });
    }

    /// Some time of these days; every other time it is just when mails go out.
    fn some_time(&self, dice: &mut Rng) -> DateTime<Utc> {
        let at = self.begins + Duration::minutes(dice.i64(60..DAYS * 24 * 60));
        if dice.bool() { as_mails_go_out(dice, at) } else { at }
    }
}

/// That day, a little before or after its mails begin to go out: at ten o'clock in Tokyo.
fn as_mails_go_out(dice: &mut Rng, at: DateTime<Utc>) -> DateTime<Utc> {
    let ten = at.date_naive().and_hms_opt(1, 0, 0).map_or(at, |ten| ten.and_utc());
    ten + Duration::milliseconds(dice.i64(-300..2_500))
}

fn paid_topic(cart: Cart) -> &'static str {
    match cart {
        Cart::Shopify => "orders/paid",
        Cart::WooCommerce => "order.created",
        Cart::Stripe | Cart::Standard => "",
    }
}

/// A paid order.
fn paid(cart: Cart, order: u64, at: DateTime<Utc>, address: &str, agrees: bool) -> Value {
    let time = at.to_rfc3339();
    let product = ["kohiki-meshiwan", "aikatachi-mamezara", "ame-guinomi"][(order % 3) as usize];
    match cart {
        Cart::Shopify => {
            let state = if agrees { "subscribed" } else { "not_subscribed" };
            let customer = json!({
                "id": 7_000 + order, "first_name": "花子", "last_name": FAMILY_NAME,
                "email_marketing_consent": { "state": state },
            });
            orders::with(&orders::paid(order, &time, address, product), &json!({ "customer": customer }))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let fields =
                if agrees { json!([{ "id": 1, "key": "メルマガ", "value": "希望する" }]) } else { json!([]) };
            orders::with(&orders::woocommerce(order, &gmt, address, product), &json!({ "meta_data": fields }))
        }
        Cart::Stripe => {
            let mut event = orders::stripe(&format!("pi_{order}"), at.timestamp(), address);
            if !agrees {
                event["data"]["object"]["consent"] = Value::Null;
            }
            event
        }
        Cart::Standard => json!({
            "type": "purchase.paid",
            "occurred_at": time,
            "order": {
                "id": order, "ordered_at": time, "currency": "JPY", "total": "3800",
                "consent": if agrees { "granted" } else { "unknown" },
                "buyer": { "email": address, "name": format!("{FAMILY_NAME} 花子") },
                "lines": [{ "product_id": product, "name": product, "quantity": 1, "unit_price": "3800" }],
            },
        }),
    }
}

fn shipped(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Shopify => {
            let parcel = json!({
                "id": 1, "status": "success", "created_at": at.to_rfc3339(), "updated_at": at.to_rfc3339(),
            });
            let changes =
                json!({ "updated_at": at.to_rfc3339(), "fulfillment_status": "fulfilled", "fulfillments": [parcel] });
            Some(("orders/fulfilled", orders::with(paid, &changes)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let changes = json!({ "status": "completed", "date_modified_gmt": gmt, "date_completed_gmt": gmt });
            Some(("order.updated", orders::with(paid, &changes)))
        }
        Cart::Standard => Some(("", standard("purchase.shipped", paid, at, json!({})))),
        Cart::Stripe => None,
    }
}

fn called_off(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Shopify => {
            let changes = json!({ "updated_at": at.to_rfc3339(), "cancelled_at": at.to_rfc3339() });
            Some(("orders/cancelled", orders::with(paid, &changes)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            Some(("order.updated", orders::with(paid, &json!({ "status": "cancelled", "date_modified_gmt": gmt }))))
        }
        Cart::Standard => Some(("", standard("purchase.cancelled", paid, at, json!({})))),
        Cart::Stripe => None,
    }
}

fn came_back(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Standard => {
            let refund = json!({ "refund": { "id": "R-1", "amount": "900", "currency": "JPY" } });
            Some(("", standard("purchase.returned", paid, at, refund)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let refunds = json!([{ "id": 1, "reason": "", "total": "-900" }]);
            Some(("order.updated", orders::with(paid, &json!({ "date_modified_gmt": gmt, "refunds": refunds }))))
        }
        Cart::Shopify | Cart::Stripe => None,
    }
}

/// An event of the generic hook about an order that was told of before.
fn standard(kind: &str, paid: &Value, at: DateTime<Utc>, more: Value) -> Value {
    let order = orders::with(&json!({ "id": paid["order"]["id"] }), &more);
    json!({ "type": kind, "occurred_at": at.to_rfc3339(), "order": order })
}

fn forget(person: &Person, at: DateTime<Utc>) -> (&'static str, Value) {
    match person.cart {
        Cart::Shopify => (
            "customers/redact",
            json!({
                "shop_id": 1, "shop_domain": "sakura.example.jp",
                "customer": { "id": 7, "email": person.address, "phone": null }, "orders_to_redact": [],
            }),
        ),
        _ => (
            "",
            json!({ "type": "customer.erased", "occurred_at": at.to_rfc3339(), "customer": { "email": person.address } }),
        ),
    }
}
