//! Days and slots: a shop's wall clock on one side, UTC on the other.
//!
//! Plans are made in civil days of the shop's zone; what is stored is a [`Slot`], a quarter hour in UTC.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The length of a slot, in minutes.
pub const SLOT_MINUTES: i64 = 15;
const SLOT_SECONDS: i64 = SLOT_MINUTES * 60;

/// A send slot: a quarter hour in UTC, named by its start. All that a shop sends in a slot shares one alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot(DateTime<Utc>);

/// The text is not the name of a slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a slot must be a quarter hour in UTC like 2026-12-02T01:00Z")]
pub struct InvalidSlot;

const SLOT_FORMAT: &str = "%Y-%m-%dT%H:%MZ";
/// The length of a slot's name: years have four digits.
const NAME_BYTES: usize = 17;

impl Slot {
    /// The first slot that does not start before `instant`.
    #[must_use]
    pub fn at_or_after(instant: DateTime<Utc>) -> Self {
        let seconds = instant.timestamp() + i64::from(instant.timestamp_subsec_nanos() > 0);
        let past = seconds.rem_euclid(SLOT_SECONDS);
        let start = if past == 0 { seconds } else { seconds - past + SLOT_SECONDS };
        Self(DateTime::from_timestamp(start, 0).unwrap_or(instant))
    }

    /// The slot of a wall-clock time on a day. A time that does not exist (clocks go forward) is the first
    /// instant after it; one that exists twice (clocks go back) is the first of the two.
    #[must_use]
    pub fn of(day: NaiveDate, time: NaiveTime, zone: Tz) -> Self {
        let wall = day.and_time(time);
        let instant = |wall| zone.from_local_datetime(&wall).earliest().map(|local| local.to_utc());
        let after = || (1..=12 * 24).find_map(|step| instant(wall + Duration::minutes(5 * step)));
        Self::at_or_after(instant(wall).or_else(after).unwrap_or_else(|| wall.and_utc()))
    }

    /// When it starts.
    #[must_use]
    pub fn start(self) -> DateTime<Utc> {
        self.0
    }

    /// Reads a slot's name: `2026-12-02T01:00Z`. It has no other: names are compared, and sort as time does.
    ///
    /// # Errors
    /// [`InvalidSlot`] where the text is no quarter hour.
    pub fn parse(text: &str) -> Result<Self, InvalidSlot> {
        let start = chrono::NaiveDateTime::parse_from_str(text, SLOT_FORMAT).map_err(|_| InvalidSlot)?.and_utc();
        let slot = Self::at_or_after(start);
        (slot.to_string() == text && text.len() == NAME_BYTES).then_some(slot).ok_or(InvalidSlot)
    }
}

impl fmt::Display for Slot {
    /// The slot's name, which sorts as time does: `2026-12-02T01:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format(SLOT_FORMAT))
    }
}

impl TryFrom<String> for Slot {
    type Error = InvalidSlot;
    fn try_from(text: String) -> Result<Self, InvalidSlot> {
        Self::parse(&text)
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

/// The civil day of an instant in a zone.
#[must_use]
pub fn day_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The `n`th civil day after `day`.
#[must_use]
pub fn days_after(day: NaiveDate, n: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(n))).unwrap_or(NaiveDate::MAX)
}

/// The `n`th civil day before `day`.
#[must_use]
pub fn days_before(day: NaiveDate, n: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(n))).unwrap_or(NaiveDate::MIN)
}

/// The day of another year with the same month and day. 29 February becomes the 28th where a year has none: a year that
/// began on it is over at the end of the month (民法 143条2項, for ages by 明治35年法律第50号).
#[must_use]
pub fn day_in_year(day: NaiveDate, year: i32) -> NaiveDate {
    day.with_year(year).or_else(|| day.with_day(28)?.with_year(year)).unwrap_or(day)
}

/// The first `weekday` on or after `day`.
#[must_use]
pub fn weekday_on_or_after(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    let ahead = (7 + weekday.num_days_from_monday() - day.weekday().num_days_from_monday()) % 7;
    days_after(day, ahead)
}

/// Whether a wall-clock time is the start of a quarter hour.
#[must_use]
pub fn is_quarter_hour(time: NaiveTime) -> bool {
    time.minute().is_multiple_of(15) && time.second() == 0 && time.nanosecond() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Asia::Tokyo, Europe::Berlin};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(wall: &str, zone: Tz, expected: &str) {
        let (date, time) = wall.split_once(' ').unwrap();
        let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
        assert_eq!(Slot::of(day(date), time, zone).to_string(), expected, "{wall} {zone}");
    }

    #[test]
    fn slots_follow_the_wall_clock() {
        check("2026-12-02 10:00", Tokyo, "2026-12-02T01:00Z");
        check("2026-07-01 10:00", Berlin, "2026-07-01T08:00Z");
        check("2026-12-01 10:00", Berlin, "2026-12-01T09:00Z");
        // Clocks go forward at 02:00: 02:30 does not exist, the first instant after is 03:00 summer time.
        check("2026-03-29 02:30", Berlin, "2026-03-29T01:00Z");
        check("2026-03-08 02:00", New_York, "2026-03-08T07:00Z");
        // Clocks go back at 03:00: 02:30 exists twice, the first is still summer time.
        check("2026-10-25 02:30", Berlin, "2026-10-25T00:30Z");
    }

    #[test]
    fn slots_are_quarter_hours() {
        let at = |text: &str| Slot::at_or_after(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-12-02T01:00:00Z"), "2026-12-02T01:00Z");
        assert_eq!(at("2026-12-02T01:00:01Z"), "2026-12-02T01:15Z");
        assert_eq!(at("2026-12-31T23:59:00Z"), "2027-01-01T00:00Z");
        for none in ["2026-12-02T01:07Z", "soon", "2026-12-2T1:00Z", "+262142-12-31T23:45Z", "-0001-12-31T23:45Z"] {
            assert_eq!(Slot::parse(none), Err(InvalidSlot), "{none}");
        }
        assert_eq!(Slot::parse("2026-12-02T01:00Z").map(|slot| slot.to_string()).as_deref(), Ok("2026-12-02T01:00Z"));
    }

    #[test]
    fn weekdays_are_found_on_or_after() {
        assert_eq!(weekday_on_or_after(day("2026-12-01"), Weekday::Tue), day("2026-12-01"));
        assert_eq!(weekday_on_or_after(day("2026-12-02"), Weekday::Tue), day("2026-12-08"));
    }
}
