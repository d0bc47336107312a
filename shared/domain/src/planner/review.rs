//! When to look at a customer again without being asked: nobody ever drops out silently (R5).

use super::series::{Waiting, warning};
use super::{Change, REVIEW_DAYS, Situation, open_slots};
use crate::calendar::Slot;
use crate::customer::Closed;
use chrono::Duration;

/// The next look: 14 days before a series runs dry, and where nothing waits to be sent, 60 days ahead at the
/// latest. `None` where a message comes first, whose end plans again, or where the customer is closed.
pub(super) fn review_at(
    situation: &Situation<'_>,
    closed: Option<Closed>,
    changes: &[Change],
    waiting: &[Waiting],
) -> Option<Slot> {
    if closed.is_some() {
        return None;
    }
    let warnings = waiting.iter().map(|w| w.next_at - warning()).filter(|at| *at > situation.now);
    let warning = warnings.min().map(Slot::at_or_after);
    match open_slots(situation, changes).min() {
        Some(next) => warning.filter(|at| *at < next),
        None => {
            let latest = Slot::at_or_after(situation.now + Duration::days(REVIEW_DAYS));
            Some(warning.map_or(latest, |at| at.min(latest)))
        }
    }
}
