//! The deterministic simulator: the functions as they run on Lambda, with the real SDK clients, on the embedded cloud, in one
//! thread and on virtual time. A seed decides what people do, what goes wrong, and in which order everything happens;
//! the invariants are held against a record that is kept from outside.
#![expect(clippy::expect_used, reason = "a world that cannot go on is a bug of the simulator")]

mod bodies;
mod books;
mod doors;
mod executor;
mod jobs;
mod laws;
mod life;
mod logs;
mod post;
mod programmes;
mod range;
mod run;
mod shrink;
mod stage;
mod streams;
mod table;
mod time;
mod trail;
mod trouble;
mod weather;
mod witness;
mod world;

pub use laws::Violation;
pub use range::{Broken, Report, play_all};
pub use run::{Outcome, Play, play};
pub use shrink::shrink;
pub use weather::Trouble;
