//! How long a plan takes: what a million customers cost is this many times as much, for a plan knows one customer.
//!
//! `cargo bench -p wasurena-domain --bench planning` shows the time of a plan, and how many a second that is, for somebody who has
//! just bought, for somebody with a year of messages behind them, and for the same where nothing is left to change.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/it/story.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod story;
#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod support;

use divan::Bencher;
use divan::counter::ItemsCount;
use support::Story;
use wasurena_domain::planner::plan;

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

fn measure(bencher: Bencher<'_, '_>, story: &Story) {
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| plan(&story.situation()));
}
