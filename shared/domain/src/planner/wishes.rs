//! What the programme wants for a customer, as if on an empty sheet.

use super::Situation;
use super::bound::bound_wishes;
use super::series::{Next, Waiting, next_letter};
use crate::follow_up::{FollowUp, Reason};
use crate::ids::{FollowUpId, PurchaseKey, StepId};
use crate::programme::Class;
use chrono::{NaiveDate, NaiveTime};

/// One message that the programme wants for a customer.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) id: FollowUpId,
    pub(super) step: StepId,
    pub(super) series: Option<StepId>,
    pub(super) class: Class,
    pub(super) purchase: Option<PurchaseKey>,
    /// The day it should go out.
    pub(super) day: NaiveDate,
    /// The last day it may go out.
    pub(super) latest: NaiveDate,
    /// Days from one possible day to the next: 7 where a weekday is fixed.
    pub(super) stride: u32,
    pub(super) at: NaiveTime,
    /// Why it cannot go out at all.
    pub(super) obstacle: Option<Reason>,
}

#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) wishes: Vec<Wish>,
    pub(super) waiting: Vec<Waiting>,
}

/// Everything the programme wants for the customer: each step of each occasion, and of each series the next letter.
pub(super) fn wanted(situation: &Situation<'_>) -> Wanted {
    let occasions = situation.customer.occasions(situation.shop);
    let mut wanted = Wanted { wishes: bound_wishes(situation, &occasions), waiting: Vec::new() };
    if situation.series_obstacle().is_none() {
        for series in &situation.programme.series {
            match next_letter(situation, series, &occasions) {
                Some(Next::Letter(wish)) => wanted.wishes.push(*wish),
                Some(Next::Waiting(waiting)) => wanted.waiting.push(waiting),
                None => {}
            }
        }
    }
    wanted
}

/// The follow-up that stands in the diary under this id.
pub(super) fn find<'a>(situation: &Situation<'a>, id: &FollowUpId) -> Option<&'a FollowUp> {
    situation.follow_ups.iter().find(|f| f.id == *id)
}
