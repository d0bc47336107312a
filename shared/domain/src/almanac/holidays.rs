//! Japan's holidays: the 国民の祝日に関する法律 (昭和23年法律第178号), as it stands since 2022.
//!
//! Article 2 names the days, article 3 makes them days of rest and adds the 振替休日 (paragraph 2) and the day between
//! two holidays (paragraph 3). 春分の日 and 秋分の日 are the days of the equinoxes. Earlier years had other rules and
//! exceptions (the accession of 2019, the games of 2020 and 2021) and are not answered for.

use super::{PUBLISHED_TO_YEAR, SolarTerm, date, days_before};
use crate::calendar::{days_after, weekday_on_or_after};
use chrono::{Datelike, NaiveDate, Weekday};
use std::sync::OnceLock;

/// A day of rest by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holiday {
    /// The day.
    pub day: NaiveDate,
    /// What the law calls it; a day of article 3, which it gives no name, as every calendar does: 振替休日, 国民の休日.
    pub name: &'static str,
    /// Whether it hangs on an equinox whose day is not published yet
    /// ([`PUBLISHED_TO_YEAR`](super::PUBLISHED_TO_YEAR)).
    pub is_forecast: bool,
}

/// Days that article 2 fixes; 建国記念の日 by 昭和41年政令第376号.
const FIXED: [((u32, u32), &str); 10] = [
    ((1, 1), "元日"),
    ((2, 11), "建国記念の日"),
    ((2, 23), "天皇誕生日"),
    ((4, 29), "昭和の日"),
    ((5, 3), "憲法記念日"),
    ((5, 4), "みどりの日"),
    ((5, 5), "こどもの日"),
    ((8, 11), "山の日"),
    ((11, 3), "文化の日"),
    ((11, 23), "勤労感謝の日"),
];
/// Days that article 2 puts on a Monday: the month, the earliest day, the name. The second Monday is the first from the
/// 8th on, the third is the first from the 15th on.
const MONDAYS: [(u32, u32, &str); 4] =
    [(1, 8, "成人の日"), (7, 15, "海の日"), (9, 15, "敬老の日"), (10, 8, "スポーツの日")];
/// Days that article 2 leaves to the sun.
const EQUINOXES: [(u32, SolarTerm, &str); 2] =
    [(3, SolarTerm::SpringEquinox, "春分の日"), (9, SolarTerm::AutumnEquinox, "秋分の日")];

/// The years whose holidays are kept once they have been computed: plans ask for the same few again and again.
const KEPT_FROM_YEAR: i32 = 2020;
const KEPT_YEARS: usize = 64;
/// The days of a year, a bit for each.
type YearOfDays = [u64; 6];
static KEPT: [OnceLock<YearOfDays>; KEPT_YEARS] = [const { OnceLock::new() }; KEPT_YEARS];

/// No run of named days is longer; the longest are the three of May.
const RUN_DAYS: u64 = 7;

/// The holidays of a year, in their order.
#[must_use]
pub fn holidays(year: i32) -> Vec<Holiday> {
    date(year, (1, 1)).iter_days().take_while(|day| day.year() == year).filter_map(holiday_on).collect()
}

/// The holiday that falls on a day.
#[must_use]
pub fn holiday_on(day: NaiveDate) -> Option<Holiday> {
    named(day).or_else(|| substitute(day)).or_else(|| between(day))
}

/// Whether a day is a holiday: the same as [`holiday_on`], for those who ask of many days.
#[must_use]
pub fn is_holiday(day: NaiveDate) -> bool {
    let kept = usize::try_from(day.year() - KEPT_FROM_YEAR).ok().and_then(|place| KEPT.get(place));
    let Some(kept) = kept else { return holiday_on(day).is_some() };
    let year = kept.get_or_init(|| {
        let mut days = YearOfDays::default();
        for holiday in holidays(day.year()) {
            let (word, bit) = place_of(holiday.day);
            days[word] |= bit;
        }
        days
    });
    let (word, bit) = place_of(day);
    year[word] & bit != 0
}

/// Where a day stands among the days of its year.
fn place_of(day: NaiveDate) -> (usize, u64) {
    let place = day.ordinal0();
    (usize::try_from(place / 64).unwrap_or(0), 1 << (place % 64))
}

/// A day that article 2 names (国民の祝日).
fn named(day: NaiveDate) -> Option<Holiday> {
    let (month, of_month) = (day.month(), day.day());
    let fixed = || FIXED.into_iter().find(|(fixed, _)| *fixed == (month, of_month)).map(|(_, name)| name);
    let monday = || {
        let is_it = |first| weekday_on_or_after(date(day.year(), (month, first)), Weekday::Mon) == day;
        MONDAYS.into_iter().find(|(in_month, first, _)| *in_month == month && is_it(*first)).map(|(_, _, name)| name)
    };
    if let Some(name) = fixed().or_else(monday) {
        return Some(Holiday { day, name, is_forecast: false });
    }
    let equinox = |(in_month, term, _): &(u32, SolarTerm, _)| *in_month == month && term.day(day.year()) == day;
    let is_forecast = day.year() > PUBLISHED_TO_YEAR;
    EQUINOXES.into_iter().find(equinox).map(|(_, _, name)| Holiday { day, name, is_forecast })
}

/// Article 3, paragraph 2: where a named day is a Sunday, the nearest day after it that is not itself a named day.
fn substitute(day: NaiveDate) -> Option<Holiday> {
    let run: Vec<Holiday> = (1..=RUN_DAYS).map_while(|n| named(days_before(day, n))).collect();
    let is_forecast = run.iter().any(|holiday| holiday.is_forecast);
    let has_sunday = run.iter().any(|holiday| holiday.day.weekday() == Weekday::Sun);
    has_sunday.then_some(Holiday { day, name: "振替休日", is_forecast })
}

/// Article 3, paragraph 3: a day whose eve and whose morrow are named days.
fn between(day: NaiveDate) -> Option<Holiday> {
    let (eve, morrow) = (named(days_before(day, 1))?, named(days_after(day, 1))?);
    Some(Holiday { day, name: "国民の休日", is_forecast: eve.is_forecast || morrow.is_forecast })
}
