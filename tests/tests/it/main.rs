//! Whole journeys through the embedded cloud, over HTTP, as carts, customers and operators make them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apprenticeship;
mod arrival_order;
mod channels;
mod costs;
mod counts;
mod deadline;
mod early_word;
mod events;
mod household;
mod isolation;
mod keeper;
mod listening;
mod lost_alarms;
mod mails;
mod outages;
mod pages;
mod post_back;
mod preferences;
mod privacy;
mod programmes;
mod refusals;
mod replay;
mod reputation;
mod restart;
mod samples;
mod sender;
mod settings;
mod shuffled;
mod stop_switch;
mod story;
mod two_carts;
