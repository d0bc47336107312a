//! The domain, tried from outside: tables for what it must do, and properties for what it must never do.

#![cfg(test)]

mod almanac;
mod apprenticeship;
mod arrival;
mod by_hand;
mod channel_caps;
mod channels;
mod check;
mod counts;
mod customer;
mod dated;
mod delivery;
mod editions;
mod frequency;
mod listening;
mod numbers;
mod planner;
mod planner_facts;
mod planner_series;
mod policy;
mod promise;
mod purchase;
mod purity;
mod quiet;
mod repair;
mod reputation;
mod rhythms;
mod rules;
mod scenarios;
mod simulation;
mod stages;
mod story;
mod support;
mod targets;
mod texts;
mod trial;
mod why;
