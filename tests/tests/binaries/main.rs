//! The release binaries of the functions, each as a process of its own over the Lambda Runtime API, on one embedded
//! AWS: what is deployed does what its `lib.rs` does in all the other tests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod errors;
mod figures;
mod http;
mod init;
mod kills;
mod panics;
mod path;
mod support;
mod timeouts;
