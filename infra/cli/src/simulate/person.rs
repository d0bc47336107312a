//! A person before they have lived: what will become known of them and when, and how they take what they get.

use super::life::Sent;
use super::people::Manner;
use chrono::{DateTime, Utc};
use wasurena_domain::ids::CustomerId;
use wasurena_domain::purchase::Report;

/// What may become known of somebody.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Their cart reports something: an order, a parcel that leaves or arrives, a cancellation, a breakage.
    Told(Box<Report>),
    /// They say stop.
    Stops,
    /// They call a mail spam.
    Complains,
    /// Their address refuses mail for good.
    Bounces,
    /// The owner has made good what was wrong.
    Settled,
}

/// Somebody, with everything that will happen to them.
#[derive(Debug)]
pub(crate) struct Person {
    /// Which one: their place among the made-up people, or the line of their first order.
    pub(crate) number: u64,
    pub(crate) id: CustomerId,
    /// What is still to come, the next last.
    to_come: Vec<(DateTime<Utc>, Event)>,
    /// How they take what they get; `None` for people of an order file, of whom only the orders are known.
    manner: Option<Manner>,
}

impl Person {
    pub(crate) fn new(
        number: u64,
        id: CustomerId,
        mut to_come: Vec<(DateTime<Utc>, Event)>,
        manner: Option<Manner>,
    ) -> Self {
        // Reversed before the stable sort, so that what was named first comes first of two at one time.
        to_come.reverse();
        to_come.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Self { number, id, to_come, manner }
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.to_come.last().map(|(at, _)| *at)
    }

    /// The next thing that happens.
    pub(crate) fn next(&mut self) -> Option<(DateTime<Utc>, Event)> {
        self.to_come.pop()
    }

    /// A mail has reached them.
    pub(crate) fn reacts(&mut self, mail: &Sent) {
        let Some(manner) = &mut self.manner else { return };
        for (at, event) in manner.answers(mail) {
            let place = self.to_come.partition_point(|(other, _)| *other > at);
            self.to_come.insert(place, (at, event));
        }
    }
}
