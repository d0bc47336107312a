//! The way to AWS, against the embedded AWS and against answers made up to measure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alarms;
mod answers;
mod approving;
mod claim;
mod diary;
mod due;
mod erasing;
mod keyring;
mod ledger;
mod planning;
mod post;
mod programme;
mod secrecy;
mod senders;
mod shop_settings;
mod stream;
mod support;
mod wishes;
