//! A birthday: a civil date, never a moment, and often without its year: many people tell the day and keep the year.

use crate::calendar::day_in_year;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A leap year, in which every birthday has its day.
const LEAP_YEAR: i32 = 2000;
/// Earlier years are what forms say where nobody has filled them in.
const YEAR_MIN: i32 = 1900;

/// A person's birthday.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthday {
    year: Option<i32>,
    /// The day in [`LEAP_YEAR`].
    day: NaiveDate,
}

/// The text is no birthday.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a birthday must be a day like 1980-04-03, or --04-03 where the year is not known")]
pub struct InvalidBirthday;

impl Birthday {
    /// Reads `1980-04-03`, or `--04-03` without a year. A year before 1900 counts as none.
    ///
    /// # Errors
    /// [`InvalidBirthday`] where it is written otherwise, or there is no such day.
    pub fn parse(text: &str) -> Result<Self, InvalidBirthday> {
        let (year, rest) = match text.strip_prefix("--") {
            Some(rest) => (None, rest),
            None => text.split_once('-').map(|(year, rest)| (Some(year), rest)).ok_or(InvalidBirthday)?,
        };
        let (month, day) = rest.split_once('-').ok_or(InvalidBirthday)?;
        let number = |text: &str, digits: usize| {
            let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| text.parse::<u16>().ok()).flatten().ok_or(InvalidBirthday)
        };
        let year = year.map(|year| number(year, 4)).transpose()?.map(i32::from);
        let (month, day) = (number(month, 2)?.into(), number(day, 2)?.into());
        let date = |year| NaiveDate::from_ymd_opt(year, month, day).ok_or(InvalidBirthday);
        date(year.unwrap_or(LEAP_YEAR))?;
        Ok(Self { year: year.filter(|year| *year >= YEAR_MIN), day: date(LEAP_YEAR)? })
    }

    /// The birthday in a year: of those born on 29 February the 28th, where a year has no 29th. By law they are a year
    /// older when that day ends (明治35年法律第50号, 民法 143条2項).
    #[must_use]
    pub fn in_year(self, year: i32) -> NaiveDate {
        day_in_year(self.day, year)
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (month, day) = (self.day.month(), self.day.day());
        match self.year {
            Some(year) => write!(f, "{year:04}-{month:02}-{day:02}"),
            None => write!(f, "--{month:02}-{day:02}"),
        }
    }
}

impl fmt::Debug for Birthday {
    /// Hides the day: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Birthday(…)")
    }
}

impl TryFrom<String> for Birthday {
    type Error = InvalidBirthday;
    fn try_from(text: String) -> Result<Self, InvalidBirthday> {
        Self::parse(&text)
    }
}

impl From<Birthday> for String {
    fn from(birthday: Birthday) -> Self {
        birthday.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_read_with_and_without_a_year() {
        for (text, expected) in [
            ("1980-04-03", Some("1980-04-03")),
            ("--04-03", Some("--04-03")),
            ("--02-29", Some("--02-29")),
            ("1984-02-29", Some("1984-02-29")),
            // What some address books write where the year is not known.
            ("1604-05-01", Some("--05-01")),
            ("1983-02-29", None),
            ("--02-30", None),
            ("--13-01", None),
            ("1980-4-3", None),
            ("04-03", None),
            ("1980/04/03", None),
            ("-1980-04-03", None),
            ("1980-04-03T00:00:00Z", None),
            ("", None),
        ] {
            let found = Birthday::parse(text).ok().map(|birthday| birthday.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn who_was_born_on_29_february_has_a_birthday_every_year() {
        let birthday = Birthday::parse("1984-02-29").unwrap();
        let days = [2027, 2028, 2100].map(|year| birthday.in_year(year).to_string());
        assert_eq!(days, ["2027-02-28", "2028-02-29", "2100-02-28"]);
        assert_eq!(format!("{birthday:?}"), "Birthday(…)");
    }
}
