//! The gate that every call of every simulated function waits at, before it takes effect and before its answer arrives.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use wasurena_local::aws::{Crossing, Gate, Passage, Passing};

/// All calls that wait in a world, and what took effect since it was last looked.
#[derive(Debug, Default)]
pub(crate) struct Doors(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    waiting: BTreeMap<u64, Waiting>,
    effects: Vec<Effect>,
}

#[derive(Debug)]
struct Waiting {
    task: u64,
    call: Arc<str>,
    opening: Opening,
}

#[derive(Debug)]
enum Opening {
    Admit(oneshot::Sender<Passage>),
    Release(oneshot::Sender<()>),
}

impl Opening {
    fn is_forgotten(&self) -> bool {
        match self {
            Self::Admit(open) => open.is_closed(),
            Self::Release(open) => open.is_closed(),
        }
    }
}

/// A call that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Knock {
    /// By which it is let through.
    pub(crate) number: u64,
    /// The invocation that makes it.
    pub(crate) task: u64,
    /// The call.
    pub(crate) call: Arc<str>,
    /// Whether it has yet to take effect, or not to.
    pub(crate) is_before: bool,
}

/// A request that took effect.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    /// The invocation that made it.
    pub(crate) task: u64,
    /// The call.
    pub(crate) call: String,
    /// Its body, where it is more than a read.
    pub(crate) body: Vec<u8>,
    /// The status it was answered with.
    pub(crate) status: u16,
    /// The answer's body, where it is more than a read.
    pub(crate) answer: String,
}

impl Effect {
    /// Whether it only reads.
    #[must_use]
    pub(crate) fn is_read(&self) -> bool {
        is_read(&self.call)
    }
}

fn is_read(call: &str) -> bool {
    call.contains(".Get") || call.contains(".Query")
}

impl Doors {
    /// Everything that waits, the longest waiting first.
    pub(crate) fn waiting(&self) -> Vec<Knock> {
        let mut state = self.state();
        state.waiting.retain(|_, waiting| !waiting.opening.is_forgotten());
        let knock = |(number, waiting): (&u64, &Waiting)| Knock {
            number: *number,
            task: waiting.task,
            call: Arc::clone(&waiting.call),
            is_before: matches!(waiting.opening, Opening::Admit(_)),
        };
        state.waiting.iter().map(knock).collect()
    }

    /// Lets a call through; of one whose answer waits the passage is of no account.
    pub(crate) fn open(&self, number: u64, passage: Passage) {
        let waiting = self.state().waiting.remove(&number);
        // A caller that has stopped waiting is as good as told.
        match waiting.map(|waiting| waiting.opening) {
            Some(Opening::Admit(open)) => drop(open.send(passage)),
            Some(Opening::Release(open)) => drop(open.send(())),
            None => {}
        }
    }

    /// What took effect since the last time.
    pub(crate) fn take_effects(&self) -> Vec<Effect> {
        std::mem::take(&mut self.state().effects)
    }

    fn wait<T: Send + 'static>(
        &self,
        task: u64,
        call: &str,
        opening: impl FnOnce(oneshot::Sender<T>) -> Opening,
    ) -> Passing<Option<T>> {
        let (open, opened) = oneshot::channel();
        let mut state = self.state();
        state.next += 1;
        let number = state.next;
        state.waiting.insert(number, Waiting { task, call: call.into(), opening: opening(open) });
        Box::pin(async move { opened.await.ok() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The door of one instance of a function, which serves one invocation at a time.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Where its calls wait.
    pub(crate) doors: Arc<Doors>,
    /// The invocation it serves.
    pub(crate) task: Arc<AtomicU64>,
}

impl Gate for Door {
    fn admit(&self, crossing: Crossing<'_>) -> Passing<Passage> {
        let opened = self.doors.wait(self.task.load(Ordering::Relaxed), crossing.call, Opening::Admit);
        // A world that has ended answers nobody.
        Box::pin(async move { opened.await.unwrap_or(Passage::Silent) })
    }

    fn took_effect(&self, crossing: Crossing<'_>, status: u16, answer: &str) {
        let (body, answer) = if is_read(crossing.call) { (&[][..], "") } else { (crossing.body, answer) };
        self.doors.state().effects.push(Effect {
            task: self.task.load(Ordering::Relaxed),
            call: crossing.call.to_owned(),
            body: body.to_vec(),
            status,
            answer: answer.to_owned(),
        });
    }

    fn release(&self, call: &str) -> Passing<()> {
        let opened = self.doors.wait(self.task.load(Ordering::Relaxed), call, Opening::Release);
        Box::pin(async move { opened.await.unwrap_or_default() })
    }
}
