//! The embedded cloud: everything that Wasurena needs of AWS, and Wasurena itself, in one process on one
//! virtual clock. The functions are the ones that run on Lambda, with the same SDK clients; only what
//! answers the clients is ours.

mod api;
pub mod aws;
mod clock;
mod configs;
mod keeper;
mod postbox;
pub mod pump;
pub mod rings;
mod rows;
pub mod sample;
mod server;
mod world;

pub use clock::WorldClock;
pub use configs::{ALARM_GROUP, Configs, SECRETS, TABLE};
pub use rows::{FollowUpRow, MailRow, TaskRow};
pub use server::serve;
pub use world::{Start, World, WorldError};
