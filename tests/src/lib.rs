//! What the tests of whole journeys share: a shop in a world of its own, and people who buy in it.

pub mod journey;
