//! `at(yyyy-mm-ddThh:mm:ss)` in a time zone: which instant that is.

use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A schedule expression that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ExpressionError {
    /// Not `at(yyyy-mm-ddThh:mm:ss)`.
    #[error("Invalid Schedule Expression {0}: the embedded Scheduler knows at(yyyy-mm-ddThh:mm:ss) only.")]
    Expression(String),
    /// Not a time zone of the IANA database.
    #[error("Invalid Schedule Expression Timezone {0}.")]
    Zone(String),
}

/// No zone has ever left out more than a day.
const LONGEST_GAP_MINUTES: i64 = 25 * 60;

/// The instant an `at` expression means. A local time that does not exist is
/// the first instant after the gap; one that exists twice is the first.
pub(super) fn instant(expression: &str, zone: &str) -> Result<DateTime<Utc>, ExpressionError> {
    let zone: Tz = zone.parse().map_err(|_| ExpressionError::Zone(zone.to_owned()))?;
    let local = expression
        .strip_prefix("at(")
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|inner| inner.len() == "yyyy-mm-ddThh:mm:ss".len())
        .and_then(|inner| NaiveDateTime::parse_from_str(inner, "%Y-%m-%dT%H:%M:%S").ok())
        .ok_or_else(|| ExpressionError::Expression(expression.to_owned()))?;
    first_at_or_after(local, zone).ok_or_else(|| ExpressionError::Expression(expression.to_owned()))
}

fn first_at_or_after(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return Some(at.to_utc()),
        LocalResult::None => {}
    }
    // Gaps begin and end on whole minutes.
    let minute = local.and_utc().timestamp().div_euclid(60) * 60;
    let minute = DateTime::<Utc>::from_timestamp(minute, 0)?.naive_utc();
    (1..=LONGEST_GAP_MINUTES).find_map(|later| {
        let candidate = minute.checked_add_signed(TimeDelta::minutes(later))?;
        zone.from_local_datetime(&candidate).earliest().map(|at| at.to_utc())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-04-07T10:00:00", "Asia/Tokyo", "2026-04-07T01:00:00Z")]
    #[case("2026-04-07T10:00:00", "UTC", "2026-04-07T10:00:00Z")]
    #[case::summer("2026-07-01T10:00:00", "Europe/Berlin", "2026-07-01T08:00:00Z")]
    #[case::winter("2026-12-01T10:00:00", "Europe/Berlin", "2026-12-01T09:00:00Z")]
    #[case::last_before_the_gap("2026-03-29T01:59:59", "Europe/Berlin", "2026-03-29T00:59:59Z")]
    #[case::in_the_gap("2026-03-29T02:00:00", "Europe/Berlin", "2026-03-29T01:00:00Z")]
    #[case::late_in_the_gap("2026-03-29T02:59:59", "Europe/Berlin", "2026-03-29T01:00:00Z")]
    #[case::first_after_the_gap("2026-03-29T03:00:00", "Europe/Berlin", "2026-03-29T01:00:00Z")]
    #[case::twice_the_first("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T00:30:00Z")]
    #[case::after_the_overlap("2026-10-25T03:00:00", "Europe/Berlin", "2026-10-25T02:00:00Z")]
    #[case::a_day_left_out("2011-12-30T12:00:00", "Pacific/Apia", "2011-12-30T10:00:00Z")]
    fn means(#[case] local: &str, #[case] zone: &str, #[case] expected: &str) {
        assert_eq!(instant(&format!("at({local})"), zone), Ok(expected.parse().unwrap()));
    }

    #[rstest]
    #[case("rate(5 minutes)")]
    #[case("cron(0 10 * * ? *)")]
    #[case("at(2026-04-07T10:00)")]
    #[case("at(2026-04-07T10:00:00Z)")]
    #[case("at(2026-04-07T10:00:00+0)")]
    #[case("at(2026-02-30T10:00:00)")]
    #[case("at(2026-04-07 10:00:00)")]
    #[case("at(2026-4-07T010:00:00)")]
    #[case("")]
    fn is_no_expression(#[case] expression: &str) {
        assert_eq!(instant(expression, "UTC"), Err(ExpressionError::Expression(expression.to_owned())));
    }

    #[test]
    fn a_zone_must_exist() {
        assert_eq!(
            instant("at(2026-04-07T10:00:00)", "Asia/Kyoto"),
            Err(ExpressionError::Zone("Asia/Kyoto".to_owned()))
        );
    }
}
