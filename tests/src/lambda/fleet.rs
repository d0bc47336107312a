//! A function with as many environments as it has events at once, each a process that dies where its fate says.

use super::function::Outcome;
use super::sandbox::{Deployed, Ended, Sandbox};
use serde_json::Value;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, oneshot};

/// Chooses where AWS answers the next process, and is told when that process is to die.
pub type Doom = Box<dyn Fn() -> (String, oneshot::Receiver<()>) + Send + Sync>;

/// How often a process may die before its first event until that is no accident any more.
const STARTS_MAX: usize = 20;

/// A function and its environments.
pub struct Fleet {
    deployed: Deployed,
    doom: Doom,
    idle: Mutex<Vec<Fated>>,
    places: Semaphore,
    killed_in_init: AtomicUsize,
    killed_in_call: AtomicUsize,
}

/// A process, and what says that it is to die.
struct Fated {
    sandbox: Sandbox,
    reached: oneshot::Receiver<()>,
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("deployed", &self.deployed).finish_non_exhaustive()
    }
}

impl Fleet {
    /// A function that answers at most `at_once` events at once.
    #[must_use]
    pub fn new(deployed: Deployed, at_once: usize, doom: Doom) -> Self {
        Self {
            deployed,
            doom,
            idle: Mutex::default(),
            places: Semaphore::new(at_once),
            killed_in_init: AtomicUsize::default(),
            killed_in_call: AtomicUsize::default(),
        }
    }

    /// Hands one event to an environment that is idle, or to a new one, and waits for what comes of it.
    ///
    /// # Panics
    /// Where no process gets as far as its first event.
    pub async fn invoke(&self, event: &Value) -> Outcome {
        let Ok(_place) = self.places.acquire().await else { return Outcome::Killed };
        let idle = self.idle().pop();
        let Fated { mut sandbox, mut reached } = match idle {
            Some(fated) => fated,
            None => match self.start().await {
                Ok(fated) => fated,
                Err(outcome) => return outcome,
            },
        };
        let ended = tokio::select! {
            ended = sandbox.invoke(event.to_string().into_bytes(), self.deployed.timeout) => Some(ended),
            Ok(()) = &mut reached => None,
        };
        match ended {
            Some(Ended::Said(said)) => {
                self.idle().push(Fated { sandbox, reached });
                said.map_or_else(Outcome::Failed, Outcome::Answered)
            }
            None => {
                sandbox.kill().await;
                self.killed_in_call.fetch_add(1, Ordering::Relaxed);
                Outcome::Killed
            }
            Some(Ended::TimedOut) => {
                sandbox.kill().await;
                Outcome::TimedOut
            }
            Some(Ended::Exited(status)) => Outcome::Exited(status),
        }
    }

    /// Starts a process. Where one dies before its first event, another takes its place, as on Lambda.
    async fn start(&self) -> Result<Fated, Outcome> {
        for _ in 0..STARTS_MAX {
            let (endpoint, mut reached) = (self.doom)();
            let deployed = Deployed { endpoint, ..self.deployed.clone() };
            tokio::select! {
                started = Sandbox::start(&deployed) => {
                    return started.map(|sandbox| Fated { sandbox, reached }).map_err(Outcome::NotStarted);
                }
                // With what starts it, the process is gone too.
                Ok(()) = &mut reached => self.killed_in_init.fetch_add(1, Ordering::Relaxed),
            };
        }
        panic!("{} processes of {} were killed before their first event", STARTS_MAX, self.deployed.name);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Fated>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many were killed before their first event, and how many with an event in hand.
    #[must_use]
    pub fn kills(&self) -> (usize, usize) {
        (self.killed_in_init.load(Ordering::Relaxed), self.killed_in_call.load(Ordering::Relaxed))
    }
}
