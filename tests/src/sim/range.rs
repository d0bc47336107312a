//! Many worlds, on as many threads as there are processors, and what came of them together.

use super::run::{Outcome, Play, play};
use super::trail::hex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use wasurena_domain::mistake::Mistake;

/// What came of a range of seeds.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How many seeds were played.
    pub seeds: u64,
    /// Follow-ups that were planned in them.
    pub follow_ups: u64,
    /// Mails that the post accepted.
    pub sends: u64,
    /// Faults that struck.
    pub faults: u64,
    /// Promises that were broken, by seed.
    pub violations: Vec<Broken>,
    /// The hash of all trails, in the order of their seeds.
    pub trail_hash: String,
}

/// A promise that was broken.
#[derive(Debug, Clone, Serialize)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// Which invariant.
    pub invariant: &'static str,
    /// What happened.
    pub what: String,
}

/// Plays all seeds of a range. With `stops_early` no further seed is begun once a promise is broken.
#[must_use]
pub fn play_all(seeds: Range<u64>, mistake: Option<Mistake>, stops_early: bool) -> Report {
    let next = AtomicU64::new(seeds.start);
    let is_over = AtomicBool::new(false);
    let outcomes: Mutex<BTreeMap<u64, Outcome>> = Mutex::default();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let outcome = play(&Play { seed, mistake, ..Play::default() });
                    if stops_early && outcome.violation.is_some() {
                        is_over.store(true, Ordering::Relaxed);
                    }
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(seed, outcome);
                }
            });
        }
    });
    sum(&outcomes.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn sum(outcomes: &BTreeMap<u64, Outcome>) -> Report {
    let mut hash = Sha256::new();
    let mut report = Report { seeds: outcomes.len() as u64, ..Report::default() };
    for (seed, outcome) in outcomes {
        report.follow_ups += outcome.follow_ups;
        report.sends += outcome.sends;
        report.faults += outcome.faults;
        hash.update(outcome.hash.as_bytes());
        let broken = outcome.violation.iter();
        report.violations.extend(broken.map(|v| Broken { seed: *seed, invariant: v.invariant, what: v.what.clone() }));
    }
    report.trail_hash = hex(&hash.finalize());
    report
}
