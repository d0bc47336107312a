//! The post: on which days an ordinary letter is delivered, and when it has to be posted to be there in time.
//!
//! Since October 2021 ordinary letters and postcards are not delivered on Saturdays, nor on Sundays and holidays, and
//! are on their way for two days nearby and three far away (Japan Post, 郵便法の改正に伴う配達日数等の見直し). Express,
//! registered and tracked mail is delivered every day; no letter of ours needs it.

use super::{date, days_before, holiday_on};
use chrono::{Datelike, NaiveDate, Weekday};
use std::ops::RangeInclusive;

/// How many days a letter is on its way, at most, on the main islands.
pub const TRANSIT_DAYS: u64 = 3;
/// Never do so many days follow each other without a delivery; the longest run is five days, in early May.
const RUN_DAYS: u64 = 14;
/// New Year's cards are taken from the first of these days on, kept, and delivered on 1 January if posted by the last.
const NEW_YEAR_POSTING: ((u32, u32), (u32, u32)) = ((12, 15), (12, 25));

/// Whether ordinary letters are delivered on a day. On 1 January New Year's cards are, but nothing may be planned on
/// that; on 2 January nothing is, whatever its weekday.
#[must_use]
pub fn is_delivery_day(day: NaiveDate) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let is_second_of_january = (day.month(), day.day()) == (1, 2);
    !is_weekend && !is_second_of_january && holiday_on(day).is_none()
}

/// The last day on which a letter can be posted that must be there by `arrival`: it is delivered on the last delivery
/// day that is not after `arrival`, and on its way for [`TRANSIT_DAYS`]. For a New Year's card see [`new_year_posting`].
#[must_use]
pub fn post_by(arrival: NaiveDate) -> NaiveDate {
    let mut days = (0..RUN_DAYS).map(|n| days_before(arrival, n));
    let delivered = days.find(|day| is_delivery_day(*day)).unwrap_or(days_before(arrival, RUN_DAYS));
    days_before(delivered, TRANSIT_DAYS)
}

/// The days on which New Year's cards for 1 January of `year` are posted, in the December before. One that is posted
/// earlier, or does not say 年賀, comes in December.
#[must_use]
pub fn new_year_posting(year: i32) -> RangeInclusive<NaiveDate> {
    let before = year.saturating_sub(1);
    date(before, NEW_YEAR_POSTING.0)..=date(before, NEW_YEAR_POSTING.1)
}
