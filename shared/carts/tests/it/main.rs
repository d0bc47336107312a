//! The carts from outside: signed bodies in, reports out.
#![cfg(test)]

mod conformance;
mod robustness;
mod samples;
mod schema;
mod shopify;
mod shopify_details;
mod shopify_events;
mod signatures;
mod standard;
mod stripe;
mod support;
mod woocommerce;
