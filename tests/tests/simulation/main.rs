//! The simulator finds what it is there to find, and nothing in the system as it is. The ignored tests take
//! minutes, and one of them needs the functions' release binaries: `tests/run` runs them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod binary;
mod mistakes;
mod promises;
