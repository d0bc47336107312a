//! Lambda, as much of it as a function can see: the Runtime API, the environment, the deadline, the signals.
//!
//! The functions speak to it as the binaries that are deployed, so what is shown here is shown of them: only the
//! machine, the TLS and the clock's pace are not AWS's.

pub mod events;
mod fleet;
mod function;
mod runtime_api;
mod sandbox;

pub use fleet::{Doom, Fleet};
pub use function::{Function, Outcome};
pub use runtime_api::Failure;
pub use sandbox::{Deployed, NotStarted, Sandbox};
