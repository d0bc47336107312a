//! What the tests share: whole journeys in a world of their own, with a shop and people who buy in it; and the
//! functions as Lambda runs them, as processes on an embedded AWS.

pub mod clock;
pub mod cloud;
pub mod journey;
pub mod lambda;
pub mod region;
pub mod sim;
