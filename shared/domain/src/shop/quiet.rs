//! The days that a shop leaves quiet: nothing goes out on them where there is another day. People are with their families,
//! or away, and a mail from a shop is one too many.

use super::Shop;
use crate::almanac::{is_holiday, is_obon, is_year_end};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of quiet days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// 祝日.
    Holidays,
    /// 年末年始: 29 December to 3 January.
    NewYear,
    /// お盆: 13 to 16 August.
    Obon,
}

impl Quiet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Holidays, Self::NewYear, Self::Obon];

    /// All of them: what a shop keeps that says nothing.
    #[must_use]
    pub fn usual() -> BTreeSet<Self> {
        Self::ALL.into_iter().collect()
    }

    /// Its name in `shop.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holidays => "holidays",
            Self::NewYear => "new_year",
            Self::Obon => "obon",
        }
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn covers(self, day: NaiveDate) -> bool {
        match self {
            Self::Holidays => is_holiday(day),
            Self::NewYear => is_year_end(day),
            Self::Obon => is_obon(day),
        }
    }
}

impl Shop {
    /// Whether nothing should go out on a day where there is another: one that the shop named, or of a kind that it leaves quiet.
    #[must_use]
    pub fn is_quiet(&self, day: NaiveDate) -> bool {
        self.holidays.contains(&day) || self.quiet.iter().any(|kind| kind.covers(day))
    }
}
