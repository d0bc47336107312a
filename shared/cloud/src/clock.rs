//! Time and randomness, injected: so that a year can be played in seconds, and a seed plays it again.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
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

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes, and a key that can be guessed is none; try again")]
pub struct NoRandomness;

/// A key that nobody can guess: 32 bytes of the operating system's own randomness, in base64.
///
/// # Errors
/// [`NoRandomness`] where it gives none.
pub fn random_key() -> Result<SecretString, NoRandomness> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(STANDARD.encode(bytes).into())
}
