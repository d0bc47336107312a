//! Everything that reads what strangers write, given what strangers might write: every cart's webhooks and signatures,
//! a shop's programme and product files, tokens in links, SES's events, the table's stream.
//!
//! Each target has a corpus, files in `tests/corpus/{target}` that look like the real thing or are nasty on purpose. They are read as they
//! stand, then changed a little and read again, some thousand times from a fixed seed. What must hold is said in
//! each target: no panic; an error names no value that it found; what was read and written is read the same again; nothing passes
//! for signed that was not.
//!
//! A long run: `FUZZ_CASES=1000000 FUZZ_SEED=7 cargo test --release --test fuzz`. An input that breaks something is kept in
//! `target/tmp`; put into the corpus it is read by every run from then on.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells what broke it"
)]

mod carts;
mod corpus;
mod engine;
mod files;
mod json;
mod letters;
mod links;
mod mutate;
mod signatures;
mod wires;
