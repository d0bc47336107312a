//! What the simulation plays: any facts over two years, and any programme that `check` accepts.

use crate::rhythms::any_months;
use crate::support::{clock, day, id, shop, step};
use chrono::{Days, Duration, NaiveDate, Weekday};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use wasurena_domain::almanac::Greeting;
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::{Channel, Channels};
use wasurena_domain::customer::{Ruling, Stage};
use wasurena_domain::listening::Listening;
use wasurena_domain::programme::{
    Anchor, Cap, Class, Date, Dated, Frequency, Occasions, OncePer, Programme, Rhythm, Series, SeriesLetter, Start,
    Step, Target, check,
};
use wasurena_domain::purchase::{Consent, Delivery, Order, OrderKind};

/// What may become known.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    /// An order, placed this many hours ago, of one of three products.
    Buys {
        hours_ago: i64,
        product: u8,
        consent: Consent,
        mail: bool,
        waits_for_money: bool,
        nature: Nature,
    },
    /// Money for an order that waited for it.
    Pays(usize),
    Cancels(usize),
    /// Arrival of a purchase, this many days ago.
    Arrives(usize, i64),
    /// A purchase is handed over.
    Ships(usize),
    /// A part of a purchase's money goes back.
    Returns(usize),
    /// The owner has settled whatever was wrong.
    Settles,
    /// The owner decides to follow an order up, or to leave it alone.
    Rules(usize, Ruling),
    /// The address refuses mail.
    Bounces,
    /// It takes mail again.
    Reaches,
    OptsOut,
    ComesBack,
    /// Nobody is at home for some hours.
    Outage(i64),
}

/// What kind of order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    Plain,
    Digital,
    MadeToOrder,
    /// Promised for so many days later.
    Promised(u32),
    Company,
    Marketplace,
    Of(OrderKind),
}

impl Nature {
    pub(crate) fn apply(self, order: &mut Order) {
        match self {
            Self::Plain => {}
            Self::Digital => order.delivery = Delivery::Digital,
            Self::MadeToOrder => order.delivery = Delivery::MadeToOrder,
            Self::Promised(days) => {
                order.promised_on = Some(day_of(order.ordered_at + Duration::days(i64::from(days)), shop().zone));
            }
            Self::Company => order.company = true,
            Self::Marketplace => order.marketplace = Some("rakuten".to_owned()),
            Self::Of(kind) => order.kind = kind,
        }
    }
}

fn any_nature() -> impl Strategy<Value = Nature> {
    let kinds = proptest::sample::select(vec![OrderKind::Renewal, OrderKind::Exchange, OrderKind::GiftCard]);
    prop_oneof![
        8 => Just(Nature::Plain),
        1 => Just(Nature::Digital),
        2 => Just(Nature::MadeToOrder),
        2 => (0..60_u32).prop_map(Nature::Promised),
        1 => Just(Nature::Company),
        1 => Just(Nature::Marketplace),
        1 => kinds.prop_map(Nature::Of),
    ]
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let consent = prop_oneof![3 => Just(Consent::Granted), 1 => Just(Consent::Unknown), 1 => Just(Consent::Denied)];
    let hours_ago = prop_oneof![4 => 0..2_i64, 2 => 0..24 * 24_i64, 1 => 0..24 * 900_i64];
    let has_mail = proptest::bool::weighted(0.9);
    let buys = (hours_ago, 0..3_u8, consent, has_mail, proptest::bool::weighted(0.15), any_nature()).prop_map(
        |(hours_ago, product, consent, mail, waits_for_money, nature)| Fact::Buys {
            hours_ago,
            product,
            consent,
            mail,
            waits_for_money,
            nature,
        },
    );
    let ruling = prop_oneof![Just(Ruling::FollowUp), Just(Ruling::LeaveAlone)];
    prop_oneof![
        6 => buys,
        1 => any::<usize>().prop_map(Fact::Pays),
        1 => any::<usize>().prop_map(Fact::Cancels),
        3 => (any::<usize>(), 0..20_i64).prop_map(|(n, days)| Fact::Arrives(n, days)),
        2 => any::<usize>().prop_map(Fact::Ships),
        1 => any::<usize>().prop_map(Fact::Returns),
        1 => Just(Fact::Settles),
        1 => (any::<usize>(), ruling).prop_map(|(n, ruling)| Fact::Rules(n, ruling)),
        1 => Just(Fact::Bounces),
        1 => Just(Fact::Reaches),
        1 => Just(Fact::OptsOut),
        1 => Just(Fact::ComesBack),
        1 => (1..24 * 40_i64).prop_map(Fact::Outage),
    ]
}

/// Facts, each some minutes after the one before; mostly days, over two years.
pub(crate) fn any_facts() -> impl Strategy<Value = Vec<(i64, Fact)>> {
    let pause = prop_oneof![2 => 0..60 * 24_i64, 3 => 0..60 * 24 * 30_i64, 1 => 0..60 * 24 * 200_i64];
    proptest::collection::vec((pause, any_fact()), 1..10)
}

/// Mostly for all stages.
fn any_stages() -> impl Strategy<Value = Option<BTreeSet<Stage>>> {
    let some = proptest::sample::subsequence(Stage::ALL.to_vec(), 1..=5);
    proptest::option::weighted(0.2, some.prop_map(|stages| stages.into_iter().collect()))
}

fn any_class() -> impl Strategy<Value = Class> {
    use Class::{Greeting, Offer, Promotion, Story, Survey, Thanks, Usage, Voices};
    proptest::sample::select(vec![Thanks, Survey, Usage, Voices, Story, Greeting, Promotion, Offer])
}

/// Mostly for anything; else for one product, or for all but one.
fn any_target() -> impl Strategy<Value = Option<Target>> {
    let products = || BTreeSet::from(["product-0".to_owned()]);
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Target { products: products(), ..Target::default() })),
        1 => Just(Some(Target { except_products: products(), ..Target::default() })),
    ]
}

fn any_step(n: usize) -> impl Strategy<Value = Step> {
    let anchor =
        prop_oneof![Just(Anchor::Purchase), (0..20_u32).prop_map(|unknown_day| Anchor::Arrival { unknown_day })];
    let occasions = (1..4_u32, proptest::option::of(0..2_u32));
    let time = proptest::sample::select(vec!["07:00", "09:00", "10:00", "19:45", "20:00", "22:30"]);
    let days = (0..25_u32, 0..10_u32);
    let how = (time, any_channels());
    (any_class(), anchor, occasions, any::<bool>(), days, how, any_stages(), any_target()).prop_map(
        move |(class, anchor, (from, more), per_product, (day, window), (time, channels), stages, target)| Step {
            channels,
            stages,
            target,
            once_per: if per_product { OncePer::Product } else { OncePer::Occasion },
            at: clock(time),
            occasions: Occasions { from, to: more.map(|more| from + more) },
            ..step(&format!("step-{n}"), class, anchor, (1, None), (day, day + window))
        },
    )
}

fn any_series(n: usize) -> impl Strategy<Value = Series> {
    let start = prop_oneof![
        (0..60_u32).prop_map(|days| Start::AfterPurchase { days }),
        (0..30_u32).prop_map(|days| Start::AfterStep { step: id("keep"), days }),
    ];
    let weekday = proptest::option::of(proptest::sample::select(vec![Weekday::Mon, Weekday::Tue, Weekday::Sun]));
    let weeks = (weekday, 1..12_u32).prop_map(|(weekday, weeks)| Rhythm::Days { every: weeks * 7, weekday });
    let rhythm = prop_oneof![2 => weeks, 1 => any_months()];
    let classes = proptest::collection::vec(any_class(), 1..6);
    // Written as it goes, with an issue every so many days; mostly not.
    let issues = proptest::option::weighted(0.3, 10..90_u64);
    (1..4_u32, start, rhythm, 0..30_u32, classes, any_stages(), issues).prop_map(
        move |(from_occasion, start, rhythm, window_days, classes, stages, issues)| Series {
            id: id(&format!("series-{n}")),
            from_occasion,
            channels: Channels::default(),
            stages,
            target: None,
            start,
            rhythm,
            window_days,
            at: clock("10:00"),
            letters: classes
                .into_iter()
                .enumerate()
                .map(|(letter, class)| SeriesLetter {
                    id: id(&format!("letter-{n}-{letter}")),
                    class,
                    issued: issues.map(|every| issued(every, letter)),
                })
                .collect(),
        },
    )
}

/// The day of an issue, by its place.
fn issued(every: u64, place: usize) -> NaiveDate {
    day("2026-01-20") + Days::new(every * u64::try_from(place).unwrap())
}

fn any_dated(n: usize) -> impl Strategy<Value = Dated> {
    let on = prop_oneof![
        3 => (proptest::sample::select(Greeting::ALL.to_vec()), 0..7_u32)
            .prop_map(|(greeting, after_days)| Date::Season { greeting, after_days }),
        1 => (0..9_u32).prop_map(|days_before| Date::FirstPurchase { days_before }),
        1 => (12..20_u32).prop_map(|days_before| Date::Birthday { days_before }),
        1 => (0..9_u32).prop_map(|days_before| Date::Reorder { days_before }),
        1 => (1..30_u32).prop_map(|days_before| Date::Dormant { days_before }),
        1 => (0..500_u64).prop_map(|n| Date::Once { on: day("2026-01-01") + Days::new(n) }),
    ];
    let occasions = (1..3_u32, proptest::option::of(0..2_u32));
    let classes = proptest::collection::vec(any_class(), 1..4);
    (on, occasions, proptest::option::of(0..12_u32), classes, any_stages()).prop_map(
        move |(on, (from, more), window_days, classes, stages)| Dated {
            id: id(&format!("date-{n}")),
            on,
            occasions: Occasions { from, to: more.map(|more| from + more) },
            channels: Channels::default(),
            stages,
            target: None,
            window_days,
            at: clock("10:00"),
            letters: classes
                .into_iter()
                .enumerate()
                .map(|(text, class)| SeriesLetter { id: id(&format!("date-{n}-{text}")), class, issued: None })
                .collect(),
        },
    )
}

/// Often none; else one for mails, one for letters, or both.
fn any_channel_caps() -> impl Strategy<Value = BTreeMap<Channel, Cap>> {
    let mails = (1..6_u32, 1..70_u32).prop_map(|(max, days)| (Channel::Mail, Cap { max, days }));
    let letters = (1..3_u32, 1..367_u32).prop_map(|(max, days)| (Channel::Letter, Cap { max, days }));
    let of = |cap| proptest::option::weighted(0.4, cap);
    (of(mails.boxed()), of(letters.boxed())).prop_map(|(mails, letters)| mails.into_iter().chain(letters).collect())
}

/// Mostly mail; else a letter, or a mail where nothing can be posted.
fn any_channels() -> impl Strategy<Value = Channels> {
    let of = |channels: &[Channel]| Just(Channels::new(channels.to_vec()).unwrap());
    prop_oneof![
        4 => of(&[Channel::Mail]),
        1 => of(&[Channel::Letter, Channel::Mail]),
        1 => of(&[Channel::Mail, Channel::Letter]),
    ]
}

/// Often none; else a gap, and caps for some stages, down to ones that leave room for hardly more than the promises.
pub(crate) fn any_frequency() -> impl Strategy<Value = Frequency> {
    let cap = (1..6_u32, 1..70_u32).prop_map(|(max, days)| Cap { max, days });
    let caps = Stage::ALL.into_iter().skip(1).map(|stage| (Just(stage), cap.clone())).collect::<Vec<_>>();
    let caps = proptest::sample::subsequence(vec![0, 1, 2, 3, 4], 0..=5)
        .prop_flat_map(move |chosen| chosen.into_iter().map(|n: usize| caps[n].clone()).collect::<Vec<_>>());
    let any = (1..8_u32, caps, any_channel_caps()).prop_map(|(min_gap_days, caps, channels)| Frequency {
        min_gap_days,
        caps: caps.into_iter().collect(),
        channels,
    });
    prop_oneof![1 => Just(Frequency::default()), 3 => any]
}

/// A programme with a thank-you and something that keeps R1, and whatever else; only what `check` accepts.
pub(crate) fn any_programme() -> impl Strategy<Value = Programme> {
    let thanks = (0..4_u32, 0..4_u32).prop_map(|(day, window)| (day, day + window));
    let keep = (0..22_u32, 0..10_u32).prop_map(|(day, window)| (day, day + window));
    let more = (proptest::option::of(any_step(1)), proptest::option::of(any_step(2)));
    let series = (proptest::option::of(any_series(1)), proptest::option::of(any_series(2)));
    let making = proptest::option::of((1..19_u32, 0..4_u32).prop_map(|(day, window)| (day, day + window)));
    let dated = (proptest::option::of(any_dated(1)), proptest::option::of(any_dated(2)));
    let all = (thanks, keep, any::<bool>(), more, series, dated, making, any_frequency());
    let all = all.prop_map(|(thanks, keep, per_product, more, series, dated, making, frequency)| {
        let making = making.map(|days| step("making", Class::Story, Anchor::Purchase, (1, None), days));
        let kept = step("keep", Class::Usage, Anchor::Purchase, (1, None), keep);
        let once_per = if per_product { OncePer::Product } else { OncePer::Occasion };
        let steps = [
            Some(step("thanks", Class::Thanks, Anchor::Purchase, (1, None), thanks)),
            Some(Step { once_per, ..kept }),
            making.map(|making| Step { arrives_late: true, ..making }),
            more.0,
            more.1,
        ];
        Programme {
            steps: steps.into_iter().flatten().collect(),
            series: [series.0, series.1].into_iter().flatten().collect(),
            dated: [dated.0, dated.1].into_iter().flatten().collect(),
            frequency,
            listening: Listening::default(),
        }
    });
    all.prop_filter("refused by check", |programme| check(programme).is_empty())
}
