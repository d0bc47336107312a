//! Playing a world: how, and what came of it.

use super::laws::Violation;
use super::stage;
use super::time::SimClock;
use super::weather::Trouble;
use super::world::World;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_domain::mistake::{self, Mistake};

/// How a world is played.
#[derive(Debug, Clone, Default)]
pub struct Play {
    /// The seed.
    pub seed: u64,
    /// A mistake that the system makes.
    pub mistake: Option<Mistake>,
    /// Whether the trail's lines are kept.
    pub keeps_trail: bool,
    /// Troubles that are left out.
    pub without: BTreeSet<Trouble>,
    /// Deeds that are left out, by their places.
    pub leaving_out: BTreeSet<usize>,
}

/// What came of a world.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Follow-ups that were planned.
    pub follow_ups: u64,
    /// Mails that the post accepted.
    pub sends: u64,
    /// Faults that struck: of calls, crashes, alarms, events.
    pub faults: u64,
    /// Steps it took.
    pub steps: u64,
    /// The promise that was broken first.
    pub violation: Option<Violation>,
    /// The trail's hash.
    pub hash: String,
    /// The trail's lines, where they are kept.
    pub lines: Vec<String>,
    /// How many deeds there were.
    pub deeds: usize,
}

/// Plays a world to its end, or to the first promise that it breaks.
#[must_use]
pub fn play(how: &Play) -> Outcome {
    stage::prepare();
    mistake::make(how.mistake);
    // The SDK's tokens and pauses, and the names that functions make up, come from the thread's dice.
    fastrand::seed(how.seed);
    let mut world = World::new(how);
    let clock = SimClock { time: Arc::clone(&world.stage.time), skew: TimeDelta::zero() };
    let subscriber = world.logs.subscriber(Arc::new(clock));
    let lived = tracing::subscriber::with_default(subscriber, || world.live());
    mistake::make(None);
    Outcome {
        follow_ups: world.witness.planned.len() as u64,
        sends: world.witness.mails.len() as u64,
        faults: world.faults,
        steps: world.witness.step,
        violation: lived.err(),
        hash: world.trail.hash(),
        lines: world.trail.lines().to_vec(),
        deeds: world.life.deeds.len(),
    }
}
