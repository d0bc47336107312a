//! The template and the code, held against each other. What runs on AWS is described twice: by infra/aws and by the
//! crates. Nobody compiles the two together, so a variable, a permission or a name that only one of them knows would
//! be found on the day of the deployment, or on the day something fails. These tests find it here.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod everything;
mod failing;
mod functions;
mod mail;
mod pages;
mod pattern;
mod permissions;
mod roles;
mod stream;
mod table;
mod template;
mod watching;
