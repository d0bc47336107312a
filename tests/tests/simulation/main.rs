//! The simulator finds what it is there to find, and nothing in the system as it is. The ignored tests take
//! minutes and need the simulator's optimised build, one of them the functions' release binaries too: `tests/run` runs them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod binary;
mod mistakes;
mod promises;
