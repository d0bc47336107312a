//! The rhythm of a series: on which days its messages come. Pure, and without a search: the planner asks for days of
//! rhythms more often than for anything else.

use crate::calendar::{days_after, days_before, weekday_on_or_after};
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The days on which the messages of a series come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Every so many days, counted from the day on which the series begins.
    Days {
        /// Days from one message to the next: whole weeks where there is a weekday.
        every: u32,
        /// The weekday; `None` for any.
        weekday: Option<Weekday>,
    },
    /// Every so many months, on the same day of each.
    Months {
        /// Months from one message to the next.
        every: u32,
        /// The day.
        on: MonthDay,
    },
}

/// A day that every month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthDay {
    /// A day by its number, from 1; the last of a month that has fewer.
    Number(u32),
    /// A weekday by its place in the month.
    Weekday {
        /// Which of them, from 1 to 4; `None` for the last.
        nth: Option<u32>,
        /// The weekday.
        weekday: Weekday,
    },
}

/// Fewest days of a month.
const MONTH_DAYS_MIN: u32 = 28;

impl Rhythm {
    /// The first day, from `day` on, on which such a rhythm may begin.
    #[must_use]
    pub fn begins(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Days { weekday, .. } => weekday.map_or(day, |weekday| weekday_on_or_after(day, weekday)),
            Self::Months { on, .. } => {
                let month = month_of(day);
                Some(on.in_month(month)).filter(|own| *own >= day).unwrap_or_else(|| on.in_month(month + 1))
            }
        }
    }

    /// The day that comes next after one of the rhythm.
    #[must_use]
    pub fn next(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Days { every, .. } => self.begins(days_after(day, every.max(1))),
            Self::Months { every, on } => on.in_month(month_of(day) + i64::from(every.max(1))),
        }
    }

    /// The day that came before one of the rhythm.
    #[must_use]
    pub fn previous(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Days { every, .. } => days_before(day, every.max(1)),
            Self::Months { every, on } => on.in_month(month_of(day) - i64::from(every.max(1))),
        }
    }

    /// The first day of the rhythm that begins on `start`, from `day` on.
    #[must_use]
    pub fn on_or_after(self, start: NaiveDate, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Days { every, .. } => {
                let behind = u32::try_from((day - start).num_days()).unwrap_or(0);
                days_after(start, behind.div_ceil(every.max(1)).saturating_mul(every.max(1)))
            }
            Self::Months { every, on } => {
                let (first, every) = (month_of(start), i64::from(every.max(1)));
                let behind = (month_of(day) - first).max(0);
                let month = first + (behind + every - 1) / every * every;
                let own = if month == first { start } else { on.in_month(month) };
                if own < day { on.in_month(month + every) } else { own }
            }
        }
    }

    /// Whether the rhythm that begins on `start` has this day.
    #[must_use]
    pub fn has(self, start: NaiveDate, day: NaiveDate) -> bool {
        day >= start && self.on_or_after(start, day) == day
    }

    /// Fewest days from one message to the next.
    #[must_use]
    pub fn shortest_days(self) -> u32 {
        match self {
            Self::Days { every, .. } => every,
            Self::Months { every, .. } => every.saturating_mul(MONTH_DAYS_MIN),
        }
    }

    /// Days from one day that fits to the next within the window of a message: 7 where a weekday is fixed.
    pub(crate) fn stride(self) -> u32 {
        match self {
            Self::Days { weekday: Some(_), .. } | Self::Months { on: MonthDay::Weekday { .. }, .. } => 7,
            Self::Days { .. } | Self::Months { .. } => 1,
        }
    }
}

impl MonthDay {
    /// The day in a month, by the month's number.
    fn in_month(self, month: i64) -> NaiveDate {
        let Some(first) = first_of(month) else { return NaiveDate::MAX };
        let Some(last) = first_of(month + 1).and_then(|next| next.pred_opt()) else { return NaiveDate::MAX };
        match self {
            Self::Number(number) => days_after(first, number.clamp(1, last.day()) - 1),
            Self::Weekday { nth: Some(nth), weekday } => {
                days_after(weekday_on_or_after(first, weekday), nth.clamp(1, 4) * 7 - 7)
            }
            Self::Weekday { nth: None, weekday } => weekday_on_or_after(days_before(last, 6), weekday),
        }
    }
}

/// The number of a day's month, counted through the years.
fn month_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The first day of a month by its number.
fn first_of(month: i64) -> Option<NaiveDate> {
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)
}
