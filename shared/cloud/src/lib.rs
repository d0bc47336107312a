//! The way to AWS: the diary on DynamoDB, alarms on EventBridge Scheduler, the post on SES, secrets in
//! Parameter Store. Every call of every function goes through here, and nothing here decides anything:
//! decisions are the domain's.

pub mod account;
pub mod alarms;
pub mod approving;
pub mod bookshelf;
pub mod cases;
pub mod chores;
pub mod clients;
pub mod clock;
pub mod confirming;
pub mod deadline;
pub mod diary;
pub mod erasing;
pub mod exporting;
mod failure;
mod https;
pub mod keyring;
pub mod listening;
pub mod mime;
pub mod permissions;
pub mod planning;
pub mod post;
pub mod preferences;
pub mod reputation;
pub mod rulings;
pub mod ses_event;
pub mod settings;
pub mod shop_settings;
pub mod stream;
pub mod telemetry;
pub mod warm_up;
pub mod wishes;

pub use clients::Clients;
pub use clock::{Chance, Clock};
pub use diary::Diary;
