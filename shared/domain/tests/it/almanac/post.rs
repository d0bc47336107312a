//! When the post comes, and when a letter has to leave.

use super::{YEARS, day, days_of};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;
use wasurena_domain::almanac::{TRANSIT_DAYS, holiday_on, is_delivery_day, new_year_posting, post_by};

#[test]
fn a_letter_is_posted_three_days_before_the_last_delivery() {
    for (what, arrival, expected) in [
        ("a Friday", "2026-07-24", "2026-07-21"),
        ("a Saturday: delivered on Friday", "2026-07-25", "2026-07-21"),
        ("a Sunday: the same", "2026-07-26", "2026-07-21"),
        ("a Monday", "2026-07-27", "2026-07-24"),
        ("山の日, a Tuesday", "2026-08-11", "2026-08-07"),
        ("the end of the holidays of May, Saturday the 2nd to the 6th", "2026-05-06", "2026-04-28"),
        ("国民の休日 of September, a Tuesday after a holiday", "2026-09-22", "2026-09-15"),
        ("2 January, a Friday", "2026-01-02", "2025-12-28"),
        ("the eve of 立春", "2027-02-03", "2027-01-31"),
    ] {
        assert_eq!(post_by(day(arrival)), day(expected), "{what}");
    }
}

#[test]
fn the_post_rests_at_weekends_and_on_holidays() {
    for (of, expected) in [
        ("2026-12-04", true),
        ("2026-12-05", false),
        ("2026-12-06", false),
        ("2026-09-22", false),
        ("2026-12-31", true),
        ("2026-01-01", false),
        ("2025-01-02", false),
        ("2025-01-03", true),
        ("2026-08-14", true),
    ] {
        assert_eq!(is_delivery_day(day(of)), expected, "{of}");
    }
}

#[test]
fn new_years_cards_are_posted_in_december() {
    assert_eq!(new_year_posting(2027), day("2026-12-15")..=day("2026-12-25"));
}

/// The search for a delivery day is bounded: this is how far it ever has to go.
#[test]
fn the_post_never_rests_longer_than_five_days() {
    let (mut run, mut longest) = (0, 0);
    for day in days_of(YEARS) {
        run = if is_delivery_day(day) { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    assert_eq!(longest, 5);
}

proptest! {
    #[test]
    fn what_is_posted_in_time_arrives_in_time(ahead in 0..27_000_u64) {
        let arrival = day("2022-01-10") + Days::new(ahead);
        let posted = post_by(arrival);
        let delivered = posted + Days::new(TRANSIT_DAYS);
        prop_assert!(posted < arrival && delivered <= arrival);
        prop_assert!(!matches!(delivered.weekday(), Weekday::Sat | Weekday::Sun));
        prop_assert_eq!(holiday_on(delivered), None);
        // A day later, and it would have come after `arrival` or on no day at all.
        let mut missed = delivered.iter_days().skip(1).take_while(|day: &NaiveDate| *day <= arrival);
        prop_assert!(missed.all(|day| !is_delivery_day(day)));
    }
}
