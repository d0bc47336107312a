//! The program as people start it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approving;
mod changes;
mod channels;
mod doctor;
mod listening;
mod owner;
mod program;
mod programmes;
mod shop;
mod simulate;
mod support;
mod why;
