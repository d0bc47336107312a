//! The carts from outside: signed bodies in, reports out.
#![cfg(test)]

mod robustness;
mod schema;
mod shopify;
mod signatures;
mod standard;
mod support;
