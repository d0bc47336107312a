//! The end of an invocation. Lambda kills what runs past it, so a function stops of itself a little before.

use chrono::{DateTime, Duration, Utc};

/// Before its deadline an invocation needs this long to report what it has not done, or to answer a request.
const TO_REPORT: Duration = Duration::milliseconds(1500);

/// When an invocation whose deadline is `deadline_ms` (Unix time, as the Runtime API tells it) takes up nothing new.
#[must_use]
pub fn stop_at(deadline_ms: u64) -> DateTime<Utc> {
    let deadline = i64::try_from(deadline_ms).ok().and_then(DateTime::from_timestamp_millis);
    deadline.unwrap_or(DateTime::UNIX_EPOCH) - TO_REPORT
}

/// How long that is from now.
#[must_use]
pub fn time_left(deadline_ms: u64, now: DateTime<Utc>) -> std::time::Duration {
    (stop_at(deadline_ms) - now).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_stops_before_the_deadline_and_at_once_after_it() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        assert_eq!(time_left(1_800_000_010_000, now), std::time::Duration::from_millis(8_500));
        assert_eq!(time_left(1_800_000_001_000, now), std::time::Duration::ZERO);
        assert_eq!(time_left(u64::MAX, now), std::time::Duration::ZERO);
    }
}
