//! Time and randomness, injected: so that a year can be played in seconds, and a seed plays it again.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::fmt::Debug;
use std::time::Duration;

/// A clock.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
    /// Returns when `duration` has passed by this clock.
    async fn sleep(&self, duration: Duration);
}

/// The clock on the wall.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A source of random names.
pub trait Chance: Debug + Send + Sync {
    /// A name that nothing else has: 26 characters of `a-z` and `0-9`, about 130 bits.
    fn name(&self) -> String;
}

/// The process's own source, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dice;

impl Chance for Dice {
    fn name(&self) -> String {
        (0..26).map(|_| fastrand::alphanumeric().to_ascii_lowercase()).collect()
    }
}
