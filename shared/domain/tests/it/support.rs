//! A shop, its programme, its orders; and [`Story`], in which they happen to somebody.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeSet;
use wasurena_domain::almanac::Region;
use wasurena_domain::catalogue::Catalogue;
use wasurena_domain::channel::Channels;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{CartId, CustomerId, OrderId, PurchaseKey, ShopId, StepId};
use wasurena_domain::listening::Listening;
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::programme::{
    Anchor, Class, Frequency, Occasions, OncePer, Programme, Rhythm, Series, SeriesLetter, Start, Step,
};
use wasurena_domain::purchase::{Buyer, Consent, Delivery, Line, Moments, Order, OrderKind, Report};
use wasurena_domain::shop::{Hours, Legal, Sender, Shop, Staff, Stages, Thresholds};

pub(crate) use crate::story::Story;

/// A sample shop in Tokyo. It knows no quiet days, so that each story says those it is about.
pub(crate) fn shop() -> Shop {
    let email = || EmailAddress::parse("shop@example.jp").unwrap();
    Shop {
        id: ShopId::parse("sakura").unwrap(),
        name: "うつわ さくら".into(),
        url: "https://example.jp/".into(),
        legal: Legal {
            operator: "見本 さくら".into(),
            address: "見本県見本市1-2-3".into(),
            phone: "03-0000-0000".into(),
            phone_hours: "10〜17時".into(),
            email: email(),
        },
        sender: Sender { address: email(), name: "うつわ さくら".into(), reply_to: email() },
        staff: Staff { name: "見本 さくら".into(), role: "店主".into(), picture: None },
        zone: chrono_tz::Asia::Tokyo,
        start_date: day("2026-01-01"),
        history_complete: true,
        apprenticeship: false,
        hours: Hours { from: clock("09:00"), to: clock("20:00") },
        shards: 1,
        occasion_days: 7,
        thresholds: Thresholds::default(),
        stages: Stages::default(),
        holidays: BTreeSet::new(),
        quiet: BTreeSet::new(),
        region: Region::default(),
        own_addresses: Vec::new(),
        pages: Vec::new(),
        products: Catalogue::default(),
    }
}

/// A programme like the default one.
pub(crate) fn programme() -> Programme {
    let survey = Anchor::Arrival { unknown_day: 7 };
    let letter = |(name, class): (&str, Class)| SeriesLetter { id: id(name), class, issued: None };
    let season = [Class::Greeting, Class::Voices, Class::Story, Class::Usage];
    let letters = (1..=12).map(|n| format!("letter-{n}")).zip(season.into_iter().cycle());
    let news = (1..=4).map(|n| format!("news-{n}"));
    Programme {
        steps: vec![
            step("thanks-first", Class::Thanks, Anchor::Purchase, (1, Some(1)), (1, 3)),
            step("thanks-second", Class::Thanks, Anchor::Purchase, (2, Some(2)), (1, 3)),
            step("thanks-again", Class::Thanks, Anchor::Purchase, (3, None), (1, 3)),
            step("arrival", Class::Survey, survey, (1, None), (4, 11)),
            Step { once_per: OncePer::Product, ..step("usage", Class::Usage, Anchor::Purchase, (1, None), (14, 21)) },
        ],
        series: vec![
            Series {
                id: id("letters"),
                from_occasion: 1,
                channels: Channels::default(),
                stages: None,
                target: None,
                start: Start::AfterStep { step: id("usage"), days: 28 },
                rhythm: Rhythm::Days { every: 28, weekday: Some(Weekday::Tue) },
                window_days: 6,
                at: clock("10:00"),
                letters: letters.map(|(name, class)| letter((&name, class))).collect(),
            },
            Series {
                id: id("news"),
                from_occasion: 2,
                channels: Channels::default(),
                stages: None,
                target: None,
                start: Start::AfterPurchase { days: 30 },
                rhythm: Rhythm::Days { every: 91, weekday: None },
                window_days: 14,
                at: clock("10:00"),
                letters: news.map(|name| letter((&name, Class::Promotion))).collect(),
            },
        ],
        dated: Vec::new(),
        frequency: Frequency::default(),
        listening: Listening::default(),
    }
}

/// A step at 10:00, once for each occasion.
pub(crate) fn step(name: &str, class: Class, anchor: Anchor, occasions: (u32, Option<u32>), days: (u32, u32)) -> Step {
    Step {
        id: id(name),
        class,
        anchor,
        occasions: Occasions { from: occasions.0, to: occasions.1 },
        arrives_late: false,
        channels: Channels::default(),
        stages: None,
        target: None,
        texts: Vec::new(),
        once_per: OncePer::Occasion,
        day: days.0,
        latest_day: days.1,
        at: clock("10:00"),
    }
}

pub(crate) fn id(text: &str) -> StepId {
    StepId::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn clock(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

/// `2026-12-01 15:00` by the wall clock of a zone.
pub(crate) fn at_in(zone: Tz, text: &str) -> DateTime<Utc> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&wall).earliest().unwrap().to_utc()
}

/// `2026-12-01 15:00` in Tokyo.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    at_in(chrono_tz::Asia::Tokyo, text)
}

pub(crate) fn key(order: &str) -> PurchaseKey {
    PurchaseKey { cart: CartId::parse("standard").unwrap(), order: OrderId::parse(order).unwrap() }
}

/// An order of one teacup by 見本 花子, who wants to hear from the shop.
pub(crate) fn order(ordered_at: DateTime<Utc>) -> Order {
    Order {
        version_at: ordered_at,
        ordered_at,
        buyer: Buyer {
            email: Some(EmailAddress::parse("hanako@example.jp").unwrap()),
            phone: None,
            name: PersonName::parse("見本 花子"),
            birthday: None,
        },
        consent: Consent::Granted,
        consent_at: None,
        gift: false,
        kind: OrderKind::Purchase,
        delivery: Delivery::Goods,
        promised_on: None,
        company: false,
        marketplace: None,
        payment: None,
        total: Money { amount_minor: 5900, currency: Currency::JPY },
        line_count: 1,
        lines: vec![Line::new(Some("cup"), "湯のみ", None, 1, 5900)],
    }
}

/// A report of an order paid when it was placed.
pub(crate) fn paid(name: &str, order: Order) -> Report {
    let moments = Moments { paid_seen_at: Some(order.ordered_at), ..Moments::default() };
    Report::new(key(name), Some(order), moments)
}

/// Somebody of whom nothing is known yet.
pub(crate) fn nobody() -> Customer {
    Customer::new(CustomerId::derive(b"key of the tests", &shop().id, "hanako@example.jp"))
}

/// A follow-up of a teacup's arrival question, planned for 2026-12-08 10:00 until the end of 2026-12-15, Tokyo.
pub(crate) fn follow_up() -> FollowUp {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    story.follow_ups.into_iter().find(|f| f.step == id("arrival")).unwrap()
}
