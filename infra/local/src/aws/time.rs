//! Virtual time: everything in the embedded cloud asks this clock, so that a
//! year can be played in seconds and a test can stand still.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_async::rt::sleep::Sleep;
use chrono::{DateTime, TimeDelta, Utc};

/// A clock that can be told to jump ahead.
///
/// Contract: `now` never goes back, and `advance` moves it by at least `by`.
pub trait VirtualTime: Send + Sync + Debug {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;

    /// Moves the clock ahead.
    fn advance(&self, by: Duration);

    /// Returns when `by` has passed by this clock.
    fn sleep(self: Arc<Self>, by: Duration) -> Sleep;
}

/// How often a sleep lets everything else run before it moves the clock. A
/// timeout races such a sleep against a call; the call, which never waits for
/// anything outside this process, must win that race.
const TURNS_BEFORE_WAKING: u8 = 8;

/// The clock of `wasurena up`, of the demo and of the tests.
#[derive(Debug)]
pub struct VirtualClock {
    hand: Mutex<Hand>,
}

#[derive(Debug, Clone, Copy)]
struct Hand {
    shows: DateTime<Utc>,
    /// When the hand showed that, for a clock that runs by itself.
    since: Option<Instant>,
}

impl Hand {
    fn now(self) -> DateTime<Utc> {
        match self.since {
            Some(since) => later(self.shows, since.elapsed()),
            None => self.shows,
        }
    }
}

impl VirtualClock {
    /// A clock that moves only when it is told to.
    #[must_use]
    pub fn frozen(at: DateTime<Utc>) -> Self {
        Self { hand: Mutex::new(Hand { shows: at, since: None }) }
    }

    /// A clock that runs at the wall's pace from `from` on, and can skip ahead.
    #[must_use]
    pub fn running(from: DateTime<Utc>) -> Self {
        Self { hand: Mutex::new(Hand { shows: from, since: Some(Instant::now()) }) }
    }

    /// Whether the clock moves only when it is told to.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.hand().since.is_none()
    }

    /// Lets the clock run at the wall's pace from what it shows.
    pub fn run(&self) {
        let mut hand = self.hand();
        *hand = Hand { shows: hand.now(), since: Some(Instant::now()) };
    }

    /// Puts the clock to `to`, unless it is later already: it never goes back.
    /// Answers what it shows afterwards.
    pub fn set(&self, to: DateTime<Utc>) -> DateTime<Utc> {
        let mut hand = self.hand();
        if to > hand.now() {
            *hand = Hand { shows: to, since: hand.since.map(|_| Instant::now()) };
        }
        hand.now()
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VirtualTime for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        self.hand().now()
    }

    fn advance(&self, by: Duration) {
        let mut hand = self.hand();
        hand.shows = later(hand.shows, by);
    }

    /// Sleeping costs no real time: it moves the clock.
    fn sleep(self: Arc<Self>, by: Duration) -> Sleep {
        Sleep::new(async move {
            for _ in 0..TURNS_BEFORE_WAKING {
                tokio::task::yield_now().await;
            }
            self.advance(by);
        })
    }
}

/// `instant + by`, standing still at the end of chrono's calendar.
fn later(instant: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-04-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = VirtualClock::frozen(noon());
        assert!(clock.is_frozen());
        assert_eq!(clock.now(), noon());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), noon() + TimeDelta::seconds(90));
    }

    #[test]
    fn setting_never_goes_back() {
        let clock = VirtualClock::frozen(noon());
        assert_eq!(clock.set(noon() - TimeDelta::days(1)), noon());
        assert_eq!(clock.set(noon() + TimeDelta::days(1)), noon() + TimeDelta::days(1));
    }

    #[test]
    fn a_running_clock_skips_and_keeps_running() {
        let clock = VirtualClock::running(noon());
        clock.set(noon() + TimeDelta::days(365));
        clock.advance(Duration::from_secs(60));
        assert!(!clock.is_frozen());
        assert!(clock.now() >= noon() + TimeDelta::days(365) + TimeDelta::seconds(60));
        assert!(clock.now() < noon() + TimeDelta::days(366));
    }

    #[test]
    fn the_end_of_the_calendar_is_not_a_panic() {
        let clock = VirtualClock::frozen(noon());
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }
}
