//! Made-up people, by a seed: what a small shop's customers do, as far as one can say without having one.
//!
//! The figures are assumptions, each written down in docs/simulate.md; they are there so that a programme can be looked at
//! before a shop has orders. Whoever has orders takes those. Only whole numbers are drawn, so that a seed means the same
//! people on every machine, and each person has dice of their own, so that it does not matter in which order, or beside
//! whom, they are played.

use super::crowd::Crowd;
use super::life::{Sent, World};
use super::person::{Event, Person};
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use wasurena_domain::birthday::Birthday;
use wasurena_domain::calendar::day_of;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::ids::{CartId, CustomerId, InvalidId, OrderId, PurchaseKey};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::programme::Class;
use wasurena_domain::purchase::{Buyer, Consent, Delivery, Line, Moments, Order, OrderKind, Report};

/// How many in a hundred buy again after their first, their second, and any later purchase.
const BUY_AGAIN: [u32; 3] = [28, 45, 60];
/// The deciles of the days from one purchase to the next: one of the ten stretches is drawn, then a day in it.
const GAP_DECILES: [i64; 11] = [7, 18, 30, 43, 58, 75, 97, 127, 170, 250, 500];
/// In a thousand: said yes to hearing from the shop; said no. Of the others nobody knows.
const CONSENT: (u32, u32) = (800, 60);
/// In a thousand: leave no mail address.
const NO_MAIL: u32 = 20;
/// In a thousand: have told their birthday, without its year.
const BIRTHDAY: u32 = 150;
/// In a thousand orders: are for somebody else.
const GIFTS: u32 = 80;
/// In a thousand orders: are made only after the order.
const MADE_TO_ORDER: u32 = 40;
/// In a thousand orders: are cancelled within a day.
const CANCELLED: u32 = 20;
/// In a thousand parcels: their carrier says when they arrived.
const ARRIVAL_KNOWN: u32 = 700;
/// In ten thousand mails: the address refuses it; the first mail, and any later one.
const BOUNCES: [u32; 2] = [80, 5];
/// In ten thousand mails: are called spam.
const COMPLAINS: u32 = 2;
/// In ten thousand mails: are answered with "stop".
const STOPS: u32 = 25;
/// In ten thousand questions for impressions: are answered with "it is broken". The owner makes it good.
const BROKEN: u32 = 75;

const FAMILY_NAMES: [&str; 12] =
    ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田"];
const GIVEN_NAMES: [&str; 12] =
    ["花子", "太郎", "さくら", "健一", "美咲", "翔", "陽子", "直樹", "千尋", "大輔", "恵", "誠"];
/// What a shop without a product file sells, with its price in yen.
const GOODS: [(&str, i64); 6] = [
    ("粉引の飯碗", 3800),
    ("藍の湯のみ", 2900),
    ("三寸の豆皿", 1800),
    ("織部の角皿", 5200),
    ("白磁の片口", 6500),
    ("土鍋", 12800),
];

/// Made-up people.
#[derive(Debug)]
pub(crate) struct People {
    count: u64,
    seed: u64,
    cart: CartId,
    goods: Vec<(String, i64)>,
}

/// How somebody takes what they get.
#[derive(Debug)]
pub(crate) struct Manner {
    dice: Rng,
    has_had_mail: bool,
    is_gone: bool,
}

impl People {
    pub(crate) fn new(count: u64, seed: u64, world: World<'_>) -> Result<Self, InvalidId> {
        let products = &world.shop.products;
        let own =
            products.products().zip(GOODS.iter().cycle()).map(|(product, (_, price))| (product.name.clone(), *price));
        let mut goods: Vec<(String, i64)> = own.collect();
        if goods.is_empty() {
            goods.extend(GOODS.map(|(name, price)| (name.to_owned(), price)));
        }
        Ok(Self { count, seed, cart: CartId::parse("standard")?, goods })
    }

    fn order(&self, dice: &mut Rng, buyer: &Buyer, consent: Consent, at: DateTime<Utc>) -> Order {
        let (name, price) = &self.goods[dice.usize(..self.goods.len())];
        let delivery = if in_thousand(dice, MADE_TO_ORDER) { Delivery::MadeToOrder } else { Delivery::Goods };
        Order {
            version_at: at,
            ordered_at: at,
            buyer: buyer.clone(),
            consent,
            consent_at: None,
            gift: in_thousand(dice, GIFTS),
            kind: OrderKind::Purchase,
            delivery,
            promised_on: None,
            company: false,
            marketplace: None,
            payment: None,
            total: Money { amount_minor: *price, currency: Currency::JPY },
            line_count: 1,
            lines: vec![Line::new(None, name, None, 1, *price)],
        }
    }

    /// An order, and what becomes of it.
    fn purchase(
        &self,
        dice: &mut Rng,
        key: PurchaseKey,
        order: Order,
    ) -> impl Iterator<Item = (DateTime<Utc>, Event)> + use<> {
        let at = order.ordered_at;
        let is_made = order.delivery == Delivery::MadeToOrder;
        let told = |key: &PurchaseKey, order, moments| Event::Told(Box::new(Report::new(key.clone(), order, moments)));
        let moments = Moments::default();
        let mut events = vec![(at, told(&key, Some(order), Moments { paid_seen_at: Some(at), ..moments }))];
        if in_thousand(dice, CANCELLED) {
            let cancelled_at = at + Duration::hours(dice.i64(1..24));
            events.push((cancelled_at, told(&key, None, Moments { cancelled_at: Some(cancelled_at), ..moments })));
            return events.into_iter();
        }
        let shipped_at = at + Duration::hours(if is_made { dice.i64(21 * 24..50 * 24) } else { dice.i64(20..68) });
        events.push((shipped_at, told(&key, None, Moments { shipped_at: Some(shipped_at), ..moments })));
        if in_thousand(dice, ARRIVAL_KNOWN) {
            let arrived_at = shipped_at + Duration::hours(dice.i64(20..60));
            events.push((arrived_at, told(&key, None, Moments { arrived_at: Some(arrived_at), ..moments })));
        }
        events.into_iter()
    }
}

/// Somebody's birthday, where they have told it.
fn birthday(dice: &mut Rng) -> Option<Birthday> {
    let (is_told, month, day) = (in_thousand(dice, BIRTHDAY), dice.u32(1..13), dice.u32(1..29));
    is_told.then(|| Birthday::parse(&format!("--{month:02}-{day:02}")).ok()).flatten()
}

impl Crowd for People {
    fn count(&self) -> u64 {
        self.count
    }

    fn person(&self, world: World<'_>, place: u64) -> anyhow::Result<Person> {
        let number = place + 1;
        let mut dice = Rng::with_seed(mixed(self.seed, number));
        let email = (!in_thousand(&mut dice, NO_MAIL)).then(|| format!("customer{number}@example.jp"));
        let family = FAMILY_NAMES[dice.usize(..FAMILY_NAMES.len())];
        let given = GIVEN_NAMES[dice.usize(..GIVEN_NAMES.len())];
        let buyer = Buyer {
            email: email.as_deref().and_then(|email| EmailAddress::parse(email).ok()),
            phone: None,
            name: PersonName::from_parts(family, given),
            birthday: birthday(&mut dice),
        };
        let consent = match dice.u32(..1000) {
            n if n < CONSENT.0 => Consent::Granted,
            n if n < CONSENT.0 + CONSENT.1 => Consent::Denied,
            _ => Consent::Unknown,
        };
        let days = (day_of(world.until, world.shop.zone) - day_of(world.from, world.shop.zone)).num_days().max(1);
        let minute_of_day = |dice: &mut Rng| Duration::minutes(dice.i64(8 * 60..23 * 60));
        let mut day = dice.i64(0..days);
        let mut events = Vec::new();
        for nth in 0_usize.. {
            let at = world.from + Duration::days(day) + minute_of_day(&mut dice);
            let order = self.order(&mut dice, &buyer, consent, at);
            let key = PurchaseKey { cart: self.cart.clone(), order: OrderId::parse(&format!("{number}-{nth}"))? };
            events.extend(self.purchase(&mut dice, key, order));
            let buys_again = dice.u32(..100) < BUY_AGAIN[nth.min(BUY_AGAIN.len() - 1)];
            let stretch = dice.usize(..GAP_DECILES.len() - 1);
            day += dice.i64(GAP_DECILES[stretch]..GAP_DECILES[stretch + 1]);
            if !buys_again || day >= days {
                break;
            }
        }
        let identity = email.unwrap_or_else(|| number.to_string());
        let id = CustomerId::derive(b"simulated", &world.shop.id, &identity);
        Ok(Person::new(number, id, events, Some(Manner { dice, has_had_mail: false, is_gone: false })))
    }
}

impl Manner {
    /// What they do about a mail, and when.
    pub(crate) fn answers(&mut self, mail: &Sent) -> Vec<(DateTime<Utc>, Event)> {
        let dice = &mut self.dice;
        let later = |dice: &mut Rng| mail.at + Duration::minutes(dice.i64(10..48 * 60));
        let is_first = !std::mem::replace(&mut self.has_had_mail, true);
        // The address is gone, or they have said all that they had to say.
        if self.is_gone {
            return Vec::new();
        }
        let answer = if in_ten_thousand(dice, BOUNCES[usize::from(!is_first)]) {
            Some((mail.at + Duration::minutes(1), Event::Bounces))
        } else if in_ten_thousand(dice, COMPLAINS) {
            Some((later(dice), Event::Complains))
        } else if in_ten_thousand(dice, STOPS) {
            Some((later(dice), Event::Stops))
        } else {
            None
        };
        if let Some(answer) = answer {
            self.is_gone = true;
            return vec![answer];
        }
        let asked = mail.purchase.as_ref().filter(|_| mail.class == Class::Survey);
        let Some(key) = asked.filter(|_| in_ten_thousand(dice, BROKEN)) else { return Vec::new() };
        let returned_at = later(dice);
        let settled_at = returned_at + Duration::hours(dice.i64(20..100));
        let broken = Report::new(key.clone(), None, Moments { returned_at: Some(returned_at), ..Moments::default() });
        vec![(returned_at, Event::Told(Box::new(broken))), (settled_at, Event::Settled)]
    }
}

fn in_thousand(dice: &mut Rng, chances: u32) -> bool {
    dice.u32(..1000) < chances
}

fn in_ten_thousand(dice: &mut Rng, chances: u32) -> bool {
    dice.u32(..10_000) < chances
}

/// A seed for one person: neighbours get dice that have nothing to do with each other (SplitMix64's last steps).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
