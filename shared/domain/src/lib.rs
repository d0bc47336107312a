//! The rules of following up, pure: no clock, no randomness, no environment, no network.
//!
//! Time comes in as an argument and plans go out as values, so that a year can be planned in
//! microseconds and every decision can be tried in a table. The rules R1 to R36 are those of
//! ARCHITECTURE.md's glossary.

pub mod almanac;
pub mod apprenticeship;
pub mod birthday;
pub mod calendar;
pub mod case;
pub mod catalogue;
pub mod channel;
pub mod contact;
pub mod customer;
pub mod delivery;
pub mod follow_up;
pub mod ids;
pub mod ledger;
pub mod listening;
pub mod mistake;
pub mod money;
pub mod numbers;
mod phone;
pub mod planner;
pub mod policy;
pub mod preference;
pub mod privacy;
pub mod programme;
pub mod promise;
pub mod purchase;
pub mod repair;
pub mod reputation;
pub mod shop;
pub mod task;
pub mod trial;
