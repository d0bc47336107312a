//! Virtual time. It moves only when the simulation moves it, and whoever sleeps is woken by that.

use async_trait::async_trait;
use aws_smithy_async::rt::sleep::Sleep;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasurena_cloud::Clock;
use wasurena_local::aws::VirtualTime;

/// The clock of a simulated world, and everybody who sleeps by it.
#[derive(Debug)]
pub(crate) struct SimTime(Mutex<Hand>);

#[derive(Debug)]
struct Hand {
    now: DateTime<Utc>,
    sleepers: BTreeMap<(DateTime<Utc>, u64), Waker>,
    next: u64,
}

impl SimTime {
    /// A clock that shows `now`.
    #[must_use]
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(Hand { now, sleepers: BTreeMap::new(), next: 0 }))
    }

    /// When the next sleeper is to be woken.
    pub(crate) fn next_waking(&self) -> Option<DateTime<Utc>> {
        self.hand().sleepers.keys().next().map(|(at, _)| *at)
    }

    /// Moves time to `to`, never back, and wakes whoever has slept long enough.
    pub(crate) fn move_to(&self, to: DateTime<Utc>) {
        let mut hand = self.hand();
        hand.now = hand.now.max(to);
        let now = hand.now;
        while let Some(entry) = hand.sleepers.first_entry().filter(|entry| entry.key().0 <= now) {
            entry.remove().wake();
        }
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VirtualTime for SimTime {
    fn now(&self) -> DateTime<Utc> {
        self.hand().now
    }

    fn advance(&self, by: Duration) {
        let to = later(self.now(), by);
        self.move_to(to);
    }

    fn sleep(self: Arc<Self>, by: Duration) -> Sleep {
        Sleep::new(Nap { time: self, by, place: None })
    }
}

/// One sleep. It begins when it is first waited for.
#[derive(Debug)]
struct Nap {
    time: Arc<SimTime>,
    by: Duration,
    place: Option<(DateTime<Utc>, u64)>,
}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = Arc::clone(&self.time);
        let mut hand = time.hand();
        let by = self.by;
        let place = *self.place.get_or_insert_with(|| {
            hand.next += 1;
            (later(hand.now, by), hand.next)
        });
        if place.0 <= hand.now {
            return Poll::Ready(());
        }
        hand.sleepers.insert(place, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Nap {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.time.hand().sleepers.remove(&place);
        }
    }
}

fn later(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| now.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The clock of one machine: a little before or behind the others.
#[derive(Debug)]
pub(crate) struct SimClock {
    /// The world's time.
    pub(crate) time: Arc<SimTime>,
    /// What this machine's clock shows too much.
    pub(crate) skew: TimeDelta,
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> DateTime<Utc> {
        self.time.now() + self.skew
    }

    async fn sleep(&self, duration: Duration) {
        Arc::clone(&self.time).sleep(duration).await;
    }
}

/// The minute of each hour at which the keeper comes (the template's rule).
const KEEPER_MINUTE: i64 = 7;

/// The first time not before `at` at which the keeper comes.
pub(crate) fn keeper_at_or_after(at: DateTime<Utc>) -> DateTime<Utc> {
    let hour = at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
    let comes = hour + TimeDelta::minutes(KEEPER_MINUTE);
    if comes < at { comes + TimeDelta::hours(1) } else { comes }
}
