//! The almanac, held against other people's: solar terms from an ephemeris, holidays from two libraries.

mod greetings;
mod holidays;
mod post;
mod terms;

use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// The years that the product promises.
const YEARS: RangeInclusive<i32> = 2026..=2040;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every day from the first year to the last.
fn days_of(years: RangeInclusive<i32>) -> impl Iterator<Item = NaiveDate> {
    let last = NaiveDate::from_ymd_opt(*years.end(), 12, 31).unwrap();
    NaiveDate::from_ymd_opt(*years.start(), 1, 1).unwrap().iter_days().take_while(move |day| *day <= last)
}
