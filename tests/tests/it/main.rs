//! Whole journeys through the embedded cloud, over HTTP, as carts, customers and operators make them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arrival_order;
mod costs;
mod household;
mod keeper;
mod lost_alarms;
mod mails;
mod outages;
mod pages;
mod programmes;
mod refusals;
mod replay;
mod restart;
mod sender;
mod settings;
mod stop_switch;
mod story;
