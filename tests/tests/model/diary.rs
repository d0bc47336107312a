//! The diary: conditional writes, as `shared/cloud` makes them, on a network that may swallow an answer or deliver a
//! write long after it was given up.

use crate::options::Mistake;
use crate::world::{Attempt, Note};
use chrono::{DateTime, Utc};
use wasurena_domain::calendar::Slot;
use wasurena_domain::channel::Channel;
use wasurena_domain::follow_up::{Event, State};

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Network {
    /// It arrives, and its answer too.
    Works,
    /// It arrives, and its answer does not: it is made again.
    SwallowsTheAnswer,
    /// It is on its way still while it is made again.
    IsSlow,
}

/// A write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Write {
    /// `Diary::claim`: where it is planned for this slot.
    Claim { slot: Slot, attempt: Attempt, until: DateTime<Utc> },
    /// `Diary::replace`: where state, slot and attempt are those that were read.
    Replace { before: Note, after: Note },
    /// `Diary::add_task`: nobody was reached, and no channel is left. What `before` and `after` are is written next.
    LastResort { before: Note, after: Note },
    /// `Diary::finish_task`.
    TickOff { channel: Channel },
}

/// What the writer learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It stands.
    Done(Note),
    /// Somebody else was first.
    Changed,
}

impl Write {
    /// Calls `f` with every name of a claim in it.
    pub(crate) fn attempts(&mut self, f: &mut impl FnMut(&mut Attempt)) {
        match self {
            Self::TickOff { .. } => {}
            Self::Claim { attempt, .. } => f(attempt),
            Self::Replace { before, after } | Self::LastResort { before, after } => {
                [before, after].into_iter().filter_map(|n| n.attempt.as_mut()).for_each(f);
            }
        }
    }

    /// Writes. Returns also whether the note is another one now: the very same write made twice stands once.
    pub(crate) fn apply(self, note: &mut Note, mistake: Option<Mistake>) -> (Written, bool) {
        let stood = *note;
        let (holds, after, is_ours) = match self {
            // These are written beside the note.
            Self::LastResort { .. } | Self::TickOff { .. } => (true, stood, true),
            Self::Claim { slot, attempt, until } => {
                let claimed = stood.stepped(Event::Claim).map(|claimed| Note {
                    attempt: Some(attempt),
                    until: Some(until),
                    ..claimed
                });
                let unconditional = mistake == Some(Mistake::ClaimsWithoutCondition);
                let anyway = Note { state: State::Claimed, attempt: Some(attempt), until: Some(until), ..stood };
                let holds = stood.state == State::Planned && stood.slot == slot || unconditional;
                let is_ours = stood.attempt == Some(attempt) && stood.state == State::Claimed;
                (holds, claimed.unwrap_or(anyway), is_ours)
            }
            Self::Replace { before, after } => {
                let attempt = stood.attempt == before.attempt || mistake == Some(Mistake::ForgetsTheAttempt);
                (stood.state == before.state && stood.slot == before.slot && attempt, after, stood == after)
            }
        };
        if holds {
            *note = after;
            (Written::Done(after), true)
        } else if is_ours {
            (Written::Done(stood), false)
        } else {
            (Written::Changed, false)
        }
    }
}
