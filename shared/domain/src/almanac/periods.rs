//! The days on which people are away or at home with their family: お盆, 年末年始 and 松の内. Custom, not law.

use super::date;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// お盆, a month late (月遅れ), as most of Japan keeps it: month and day of its first and its last day. Tokyo and some
/// other places keep it in July; most firms close in August all the same.
pub const OBON_DAYS: ((u32, u32), (u32, u32)) = ((8, 13), (8, 16));
/// 年末年始: its first day, and its last in the year after. The days on which the offices of the state are closed
/// (行政機関の休日に関する法律, article 1), which most firms follow.
pub const YEAR_END_DAYS: ((u32, u32), (u32, u32)) = ((12, 29), (1, 3));

/// Where a custom is kept: 松の内 is longer in Kansai.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// 松の内 ends on 7 January: most of Japan.
    #[default]
    Most,
    /// 松の内 ends on 15 January.
    Kansai,
}

/// お盆 of a year.
#[must_use]
pub fn obon(year: i32) -> RangeInclusive<NaiveDate> {
    date(year, OBON_DAYS.0)..=date(year, OBON_DAYS.1)
}

/// Whether a day is in お盆.
#[must_use]
pub fn is_obon(day: NaiveDate) -> bool {
    obon(day.year()).contains(&day)
}

/// 年末年始 that begins in a year, and ends in the next.
#[must_use]
pub fn year_end(year: i32) -> RangeInclusive<NaiveDate> {
    date(year, YEAR_END_DAYS.0)..=date(year.saturating_add(1), YEAR_END_DAYS.1)
}

/// Whether a day is in 年末年始.
#[must_use]
pub fn is_year_end(day: NaiveDate) -> bool {
    [day.year(), day.year().saturating_sub(1)].into_iter().any(|year| year_end(year).contains(&day))
}

/// 松の内 of a year: the days on which New Year's decorations stand and New Year's cards may come.
#[must_use]
pub fn matsu_no_uchi(year: i32, region: Region) -> RangeInclusive<NaiveDate> {
    let last = match region {
        Region::Most => 7,
        Region::Kansai => 15,
    };
    date(year, (1, 1))..=date(year, (1, last))
}
