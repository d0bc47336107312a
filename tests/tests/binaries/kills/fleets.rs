//! How long the processes of each function live.

use crate::support::deployed_at;
use std::sync::{Arc, Mutex, PoisonError};
use wasurena_tests::clock::Clock;
use wasurena_tests::lambda::{Doom, Fleet};
use wasurena_tests::region::{Instant, Region, Which};

/// The fate of a function's processes.
struct Lives {
    /// How many of them may run at once.
    at_once: usize,
    /// Each dies at one of its first so many requests to AWS.
    requests: u64,
    /// Every other one dies at one of its first so many mails instead, before SES takes it or after.
    mails: Option<u64>,
}

fn lives(function: &str) -> Lives {
    let (at_once, requests, mails) = match function {
        "receive-purchase" => (4, 300, None),
        // A shard of the stream has one reader of a kind.
        "plan-follow-ups" => (1, 900, None),
        "set-alarms" => (1, 150, None),
        "send-follow-ups" => (6, 600, Some(60)),
        "record-delivery" => (4, 150, None),
        // keep-promises: one hour after the other.
        _ => (1, 300, None),
    };
    Lives { at_once, requests, mails }
}

/// A function whose processes all die.
pub(crate) fn fleet(name: &str, region: &Arc<Region>, clock: &Clock, dice: fastrand::Rng) -> Fleet {
    let Lives { at_once, requests, mails } = lives(name);
    let region = Arc::clone(region);
    let deployed = deployed_at(name, region.url(), clock.clone());
    let dice = Mutex::new(dice);
    let doom: Doom = Box::new(move || {
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        let (which, last) = match mails {
            Some(mails) if dice.bool() => (Which::Mails, mails),
            _ => (Which::Any, requests),
        };
        let instant = if dice.bool() { Instant::Before } else { Instant::After };
        region.address(which, dice.u64(1..=last), instant)
    });
    Fleet::new(deployed, at_once, doom)
}
