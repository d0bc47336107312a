//! A gate between clients and the cloud: whoever keeps it decides when a request takes effect, when its answer leaves,
//! and what goes wrong in between. It is how a simulator chooses one order of events out of all that could be.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

/// What a gate answers with, when it is ready.
pub type Passing<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A request at a gate.
#[derive(Debug, Clone, Copy)]
pub struct Crossing<'a> {
    /// The call, such as `dynamodb.PutItem`.
    pub call: &'a str,
    /// Its body, JSON; empty where the operation has none.
    pub body: &'a [u8],
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passage {
    /// It takes effect and is answered.
    Through,
    /// The service asks to go slower; no effect.
    Throttled,
    /// Status 500; no effect.
    Failed,
    /// Connection refused; no effect.
    Unreachable,
    /// It takes effect, then the connection breaks.
    AnswerLost,
    /// No answer ever comes, and it takes no effect.
    Silent,
    /// No answer ever comes, and it takes effect.
    SilentlyDone,
}

/// Keeps a gate.
pub trait Gate: Debug + Send + Sync {
    /// Waits until it is the request's turn to take effect, or not to.
    fn admit(&self, crossing: Crossing<'_>) -> Passing<Passage>;
    /// Is told what a request that took effect was answered, at the moment at which it does.
    fn took_effect(&self, crossing: Crossing<'_>, status: u16, answer: &str);
    /// Waits until it is the answer's turn to arrive.
    fn release(&self, call: &str) -> Passing<()>;
}
