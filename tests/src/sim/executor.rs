//! Runs tasks one after the other, on this thread, in an order that depends on nothing but the tasks.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// The tasks of a world.
pub(crate) struct Executor<T> {
    tasks: BTreeMap<u64, Task<T>>,
}

struct Task<T> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    woken: Arc<Flag>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<T> Default for Executor<T> {
    fn default() -> Self {
        Self { tasks: BTreeMap::new() }
    }
}

impl<T> Executor<T> {
    /// Adds a task under a number that no other has.
    pub(crate) fn spawn(&mut self, number: u64, future: impl Future<Output = T> + Send + 'static) {
        let task = Task { future: Box::pin(future), woken: Arc::new(Flag(AtomicBool::new(true))) };
        self.tasks.insert(number, task);
    }

    /// Drops a task wherever it is waiting, as a crash does.
    pub(crate) fn crash(&mut self, number: u64) {
        self.tasks.remove(&number);
    }

    /// Runs everything that can run until nothing can, and answers what has ended.
    pub(crate) fn run(&mut self) -> Vec<(u64, T)> {
        let mut ended = Vec::new();
        loop {
            let ready: Vec<u64> =
                self.tasks.iter().filter(|(_, task)| task.woken.0.load(Ordering::Relaxed)).map(|(n, _)| *n).collect();
            if ready.is_empty() {
                return ended;
            }
            for number in ready {
                let Some(task) = self.tasks.get_mut(&number) else { continue };
                task.woken.0.store(false, Ordering::Relaxed);
                let waker = Waker::from(Arc::clone(&task.woken));
                if let Poll::Ready(output) = task.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    self.tasks.remove(&number);
                    ended.push((number, output));
                }
            }
        }
    }
}
