//! The Japanese almanac: solar terms, holidays, the seasons of greetings, and the days on which the post comes.
//!
//! All of it is computed from the year, pure. What only an authority can say (the days of the equinoxes, and what
//! hangs on them) is marked as a forecast until it has said so.

mod greeting;
mod holidays;
mod periods;
mod post;
mod solar_terms;
mod sun;

pub use greeting::Greeting;
pub use holidays::{Holiday, holiday_on, holidays, is_holiday};
pub use periods::{OBON_DAYS, Region, YEAR_END_DAYS, is_obon, is_year_end, matsu_no_uchi, obon, year_end};
pub use post::{TRANSIT_DAYS, is_delivery_day, new_year_posting, post_by};
pub use solar_terms::SolarTerm;

use chrono::{Days, NaiveDate};

/// The last year whose equinoxes are published: the National Astronomical Observatory of Japan prints its 暦要項 in the
/// official gazette each February, for the year after. To be raised by one each February, once its days have been
/// compared with ours.
pub const PUBLISHED_TO_YEAR: i32 = 2027;

/// A day of a year, where the calendar has that year; no caller asks for a day that no year has.
fn date(year: i32, (month, day): (u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX)
}

/// The `n`th civil day before `day`.
fn days_before(day: NaiveDate, n: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(n)).unwrap_or(NaiveDate::MIN)
}
