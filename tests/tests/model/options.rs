//! What a run of the model explores, and the bugs that can be planted in it.

use crate::post::Fate;
use crate::world::first_slot;
use chrono::{DateTime, Duration, Utc};
use wasurena_domain::channel::{Channel, Channels};

/// A bug. Each breaks one rule of the design, and the model has to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// An ended lease puts the follow-up back into its slot.
    AnEndedLeaseSendsAgain,
    /// A request to SES without an answer is made again.
    AsksSesTwice,
    /// Sent is what is about to be sent.
    RecordsBeforeSending,
    /// A claim takes whatever stands.
    ClaimsWithoutCondition,
    /// An outcome is written without looking whose claim it is.
    ForgetsTheAttempt,
    /// What SES says counts for whichever attempt stands.
    BelievesAnyAttempt,
    /// What a machine answers for somebody who has the message counts as if it had come back, whatever is known.
    BelievesMachines,
    /// No answer counts as no.
    TakesSilenceForNo,
    /// The keeper does not look at what is in doubt.
    ForgetsDoubts,
    /// The keeper trusts that each alarm rings.
    TrustsAlarms,
    /// What a person has done goes off the list before the follow-up is told.
    TicksOffFirst,
    /// Where nobody answered, the same channel is tried again.
    ForgetsWhatWasTried,
}

/// What is done about a doubt when no evidence came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// It is left unsent: what production does.
    Drop,
    /// It is sent again, as the table of states allows.
    Resend,
}

/// A model to explore.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// How many follow-ups there are.
    pub(crate) follow_ups: usize,
    /// How long after the first slot the window is open.
    pub(crate) window: Duration,
    /// The channels of each message, in their order.
    pub(crate) channels: &'static [Channel],
    /// What may become of a message.
    pub(crate) fates: &'static [Fate],
    /// How many of keeper, planner and record-delivery write at the same time.
    pub(crate) edits_max: usize,
    /// How many writes may be under way although they were given up.
    pub(crate) late_max: usize,
    /// How many may be in the middle of something while time passes: a lease is longer than anything that a sender
    /// does, so that it takes one that froze.
    pub(crate) sleepers_max: usize,
    pub(crate) policy: Policy,
    pub(crate) mistake: Option<Mistake>,
}

impl Options {
    /// One follow-up with an hour's window, two senders, one other who writes.
    pub(crate) fn small() -> Self {
        Self {
            follow_ups: 1,
            window: Duration::hours(1),
            channels: &[Channel::Mail],
            fates: &[Fate::Arrives],
            edits_max: 1,
            late_max: 0,
            sleepers_max: 0,
            policy: Policy::Drop,
            mistake: None,
        }
    }

    pub(crate) fn deadline(&self) -> DateTime<Utc> {
        first_slot() + self.window
    }

    /// The channels, as a programme names them.
    pub(crate) fn channels(&self) -> Channels {
        Channels::new(self.channels.to_vec()).unwrap()
    }

    pub(crate) fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }
}
