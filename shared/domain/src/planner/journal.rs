//! What the planner tells of its way, where somebody asks why: what it left out, and which days it passed over.
//!
//! The decisions themselves speak here, so that an answer cannot say anything else than they did. Where nobody asks,
//! nothing is put down, and whatever would only be told is not even computed.

use super::why::{Because, Objection};
use super::wishes::Wish;
use crate::ids::{FollowUpId, StepId};
use chrono::NaiveDate;
use std::cell::RefCell;

/// What was left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A step on the occasion of this day.
    Occasion(StepId, NaiveDate),
    /// A series, or a message on a date, as a whole.
    Series(StepId),
    /// One coming of a date.
    Coming(StepId, NaiveDate),
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) left_out: Vec<(About, Because)>,
    pub(super) passed_over: Vec<(FollowUpId, NaiveDate, Objection)>,
}

/// Whoever listens while a plan is made; mostly nobody.
#[derive(Debug)]
pub(super) struct Journal(Option<RefCell<Notes>>);

impl Journal {
    /// Nobody asks.
    pub(super) const fn unasked() -> Self {
        Self(None)
    }

    /// Somebody asks why.
    pub(super) fn asked() -> Self {
        Self(Some(RefCell::default()))
    }

    /// Something is left out of the plan.
    pub(super) fn leaves_out(&self, because: Because, about: impl FnOnce() -> About) {
        if let Some(notes) = &self.0 {
            notes.borrow_mut().left_out.push((about(), because));
        }
    }

    /// Days on which a wish could have gone out, and does not.
    pub(super) fn passes_over<I>(&self, wish: &Wish, days: impl FnOnce() -> I)
    where
        I: Iterator<Item = (NaiveDate, Objection)>,
    {
        if let Some(notes) = &self.0 {
            let told = days().map(|(day, objection)| (wish.id.clone(), day, objection));
            notes.borrow_mut().passed_over.extend(told);
        }
    }

    /// What was told.
    pub(super) fn into_notes(self) -> Notes {
        self.0.map(RefCell::into_inner).unwrap_or_default()
    }
}
