//! The embedded AWS as a process of its own, on a folder: it may be killed at any moment, as the functions may.
//!
//! Processes die at requests: one that is fated reaches its request, nobody answers it, and whoever started it ends
//! it there: before the request took effect or after it. So an instant is drawn by a seed, and nothing waits by the
//! clock. What AWS itself does between functions is not done here; whoever carries streams, rings alarms and brings
//! events asks for them at `CONTROL`.

mod fate;
mod process;
mod server;

pub use fate::{Fate, Instant, Which};
pub use process::{Due, Mail, Region};
pub use server::serve;

/// Who reads the table's stream.
pub const READERS: [&str; 2] = ["plan-follow-ups", "set-alarms"];

/// Where whoever plays AWS between the functions asks.
pub(crate) const CONTROL: &str = "/_control";
/// How the process says that a fated one has reached its request. Its own number is 0.
pub(crate) const REACHED: &str = "reached ";
/// How it says that so many requests were served since it last said so.
pub(crate) const SERVED: &str = "served ";
/// After how many requests it says so.
pub(crate) const SERVED_EVERY: u64 = 50;
