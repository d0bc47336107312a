//! The rhythm of a `[[series]]`: every so many weeks, or every so many months on a day that each of them has.
//!
//! ```toml
//! every_weeks = 4          # with `weekday = "tuesday"` where it is to be one
//!
//! every_months = 1         # with one of the two:
//! day_of_month = 10
//! nth_weekday = "second tuesday"
//! ```

use crate::toml_reader::{Table, number, text};
use chrono::Weekday;
use toml::de::DeValue;
use wasurena_domain::programme::{MonthDay, Rhythm};

/// Most weeks, and most months, from one message to the next: ten years (R5).
const WEEKS_MAX: u32 = 520;
const MONTHS_MAX: u32 = 120;
/// What the places of a weekday in its month are called; the last of them is `None`.
const PLACES: [(&str, Option<u32>); 5] =
    [("first", Some(1)), ("second", Some(2)), ("third", Some(3)), ("fourth", Some(4)), ("last", None)];

/// Reads the rhythm of a series. `None` where anything of it is wrong, which is noted.
pub(crate) fn read_rhythm(table: &mut Table<'_>) -> Option<Rhythm> {
    let weekday = table.optional("weekday", "\"tuesday\"", weekday);
    let weeks = table.optional("every_weeks", "4", weeks);
    let months = table.optional("every_months", "1", months);
    let number = table.optional("day_of_month", "10", day_of_month);
    let nth = table.optional("nth_weekday", "\"second tuesday\"", nth_weekday);
    let (weekday, weeks, months, number, nth) = (weekday?, weeks?, months?, number?, nth?);
    let in_months = [("day_of_month", number.is_some()), ("nth_weekday", nth.is_some())];
    let note = |key: &str, what: &str, mend: &str| {
        table.note(key, what, mend);
        None
    };
    match (weeks, months, number.or(nth)) {
        (None, None, _) => note(
            "every_weeks",
            "`every_weeks` is missing in [[series]], and `every_months` too: nothing says when its messages come",
            "add `every_weeks = 4`, or `every_months = 1` with `day_of_month = 10` or `nth_weekday = \"second tuesday\"`",
        ),
        (Some(_), Some(_), _) => note(
            "every_months",
            "a rhythm counts weeks or months, not both",
            "take `every_weeks` or `every_months` out",
        ),
        (Some(_), None, Some(_)) => {
            let key = in_months.into_iter().find(|(_, is_there)| *is_there).map_or("every_weeks", |(key, _)| key);
            note(key, "a rhythm of weeks has no day of the month", "write `every_months = 1` instead of `every_weeks`")
        }
        (Some(weeks), None, None) => Some(Rhythm::Days { every: weeks * 7, weekday }),
        (None, Some(_), _) if weekday.is_some() => note(
            "weekday",
            "a month has four or five of each weekday, and nothing says which one it is",
            "write `nth_weekday = \"second tuesday\"` instead of `weekday`",
        ),
        (None, Some(_), None) => note(
            "every_months",
            "nothing says on which day of the month",
            "add `day_of_month = 10`, or `nth_weekday = \"second tuesday\"`",
        ),
        (None, Some(_), Some(_)) if number.is_some() && nth.is_some() => {
            note("nth_weekday", "one day of the month is enough", "take `day_of_month` or `nth_weekday` out")
        }
        (None, Some(every), Some(on)) => Some(Rhythm::Months { every, on }),
    }
}

fn weekday(value: &DeValue<'_>) -> Result<Weekday, String> {
    let day = text(value).ok().and_then(|name| name.parse().ok());
    day.ok_or_else(|| "a weekday, from monday to sunday".to_owned())
}

/// Weeks, bounded so that their days are too.
fn weeks(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, WEEKS_MAX)
}

fn months(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, MONTHS_MAX)
}

fn within(value: &DeValue<'_>, most: u32) -> Result<u32, String> {
    let fits = |count: &u32| (1..=most).contains(count);
    number(value).ok().filter(fits).ok_or_else(|| format!("a whole number from 1 to {most}"))
}

/// A day by its number; the last of a month that has fewer.
fn day_of_month(value: &DeValue<'_>) -> Result<MonthDay, String> {
    within(value, 31).map(MonthDay::Number)
}

/// `"second tuesday"`, `"last friday"`.
fn nth_weekday(value: &DeValue<'_>) -> Result<MonthDay, String> {
    let read = |text: &str| {
        let (place, weekday) = text.split_once(' ')?;
        let (_, nth) = PLACES.into_iter().find(|(name, _)| *name == place)?;
        Some(MonthDay::Weekday { nth, weekday: weekday.trim().parse().ok()? })
    };
    let day = value.as_str().and_then(read);
    day.ok_or_else(|| {
        "a weekday by its place in the month: first, second, third, fourth or last, like \"second tuesday\"".into()
    })
}
