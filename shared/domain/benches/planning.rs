//! How long a plan takes: what a million customers cost is this many times as much, for a plan knows one customer.
//!
//! `cargo bench -p wasurena-domain --bench planning` shows the time of a plan, and how many a second that is, for somebody who has
//! just bought, for somebody with a year of messages behind them, for the same where nothing is left to change, and for the same
//! with messages on dates and caps. `many` makes ten thousand, a hundred thousand and a million plans in one run: as many a second of
//! each says that it scales straight.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/it/story.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod story;
#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod support;

use chrono::Duration;
use divan::Bencher;
use divan::counter::ItemsCount;
use support::{Story, clock, id, programme, shop};
use wasurena_domain::almanac::Greeting;
use wasurena_domain::customer::Stage;
use wasurena_domain::planner::plan;
use wasurena_domain::planner::why::why;
use wasurena_domain::programme::{Cap, Class, Date, Dated, Occasions, SeriesLetter};

fn main() {
    divan::main();
}

#[divan::bench]
fn first_purchase(bencher: Bencher<'_, '_>) {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    story.follow_ups.clear();
    measure(bencher, &story);
}

#[divan::bench]
fn after_a_year(bencher: Bencher<'_, '_>) {
    let mut story = Story::new();
    story.buys("a", "2026-01-06 12:00").buys("b", "2026-05-12 12:00").until("2026-12-20 12:00");
    story.buys_another("c", "bowl", "2026-12-21 12:00");
    story.follow_ups.retain(|f| f.state.has_left());
    measure(bencher, &story);
}

#[divan::bench]
fn nothing_to_change(bencher: Bencher<'_, '_>) {
    let mut story = Story::new();
    story.buys("a", "2026-01-06 12:00").buys("b", "2026-05-12 12:00").until("2026-12-20 12:00");
    measure(bencher, &story);
}

#[divan::bench]
fn with_dates_and_caps(bencher: Bencher<'_, '_>) {
    measure(bencher, &after_a_year_with_dates());
}

#[divan::bench]
fn why_for_the_same(bencher: Bencher<'_, '_>) {
    let story = after_a_year_with_dates();
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| why(&story.situation(), &story.until_told()));
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn many(bencher: Bencher<'_, '_>, plans: usize) {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    let planned: Vec<Story> = (0..100)
        .map(|hours| {
            let mut later = story.clone();
            later.run_to(story.now + Duration::hours(hours * 24));
            later
        })
        .collect();
    bencher.counter(ItemsCount::new(plans)).bench_local(|| {
        planned.iter().cycle().take(plans).map(|story| plan(&story.situation()).changes.len()).sum::<usize>()
    });
}

/// Somebody with a year behind them, in a shop with a gap, caps, greetings and the day of the first purchase.
fn after_a_year_with_dates() -> Story {
    let mut programme = programme();
    programme.frequency.min_gap_days = 2;
    programme.frequency.caps = Stage::BUYING.into_iter().map(|stage| (stage, Cap { max: 5, days: 30 })).collect();
    let season = |greeting| Date::Season { greeting, after_days: 0 };
    let dates = [
        ("winter", season(Greeting::MidWinter)),
        ("summer", season(Greeting::MidSummer)),
        ("anniversary", Date::FirstPurchase { days_before: 3 }),
        ("birthday", Date::Birthday { days_before: 7 }),
    ];
    programme.dated = dates
        .map(|(name, on)| Dated {
            target: None,
            id: id(name),
            on,
            occasions: Occasions { from: 1, to: None },
            stages: None,
            channels: wasurena_domain::channel::Channels::default(),
            window_days: None,
            at: clock("10:00"),
            letters: vec![SeriesLetter { id: id(&format!("{name}-1")), class: Class::Greeting, issued: None }],
        })
        .into();
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-01-06 12:00").buys("b", "2026-05-12 12:00").until("2026-12-20 12:00");
    story
}

fn measure(bencher: Bencher<'_, '_>, story: &Story) {
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| plan(&story.situation()));
}
