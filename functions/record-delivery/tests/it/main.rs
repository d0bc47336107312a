//! Events of every kind in the shape in which SES publishes them, read and recorded.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod embedded;
mod reading;
mod recording;
mod support;
