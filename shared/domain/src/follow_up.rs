//! A follow-up: one message for one customer, from its planning to its end.
//!
//! States change only along [`transition`]'s table. Whoever changes a stored follow-up asks the table
//! first and writes on condition that the state is still the one it asked about.

mod note;
mod reason;
mod state;

pub use note::{InvalidNote, NOTE_MAX, Note};
pub use reason::Reason;
pub use state::{Event, NotAllowed, State, transition};

use crate::calendar::Slot;
use crate::channel::Channel;
use crate::ids::{CustomerId, FollowUpId, PurchaseKey, StepId};
use crate::programme::Class;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long a claim holds. Longer than any attempt to send takes, so that an ended lease means a crash.
#[must_use]
pub fn lease() -> Duration {
    Duration::minutes(2)
}

/// How long after the end of a lease it is judged: clocks differ.
#[must_use]
pub fn lease_grace() -> Duration {
    Duration::minutes(5)
}

/// How long evidence of a doubtful attempt is waited for: longer than EventBridge's 24 hours of retries.
#[must_use]
pub fn doubt_wait() -> Duration {
    Duration::hours(25)
}

/// A follow-up as the diary keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Its id, derived from customer, step and occurrence.
    pub id: FollowUpId,
    /// Whom it is for.
    pub customer: CustomerId,
    /// The step of the programme that it carries out.
    pub step: StepId,
    /// Which of its step's texts it has, where that is not the step's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<StepId>,
    /// The series the step belongs to; `None` for a step bound to a purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<StepId>,
    /// What it is about, when it was planned.
    pub class: Class,
    /// The purchase it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase: Option<PurchaseKey>,
    /// How it reaches them: by mail, or by a person whom it is handed to.
    #[serde(default, skip_serializing_if = "Channel::is_mail")]
    pub channel: Channel,
    /// The channels by which a person has tried in vain to reach them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tried: BTreeSet<Channel>,
    /// The shard of its slot.
    pub shard: u32,
    /// When it is due.
    pub slot: Slot,
    /// The last moment at which it may go out.
    pub deadline: DateTime<Utc>,
    /// Where it stands.
    pub state: State,
    /// Why it did not go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Counts moves and revivals: a claim for an old slot does not take it.
    pub generation: u32,
    /// How many claims there were.
    #[serde(default)]
    pub attempts: u32,
    /// The last claim's id: tells one's own claim from another's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// The end of the claim's lease, or of the wait for evidence; once the post has said what came of it, the
    /// place in the index that it keeps until the planner has dealt with it, or until the keeper has put it where its
    /// slot is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The provider's id of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the provider accepted it, or it was handed to a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// How often the recipient's server could not take it just now.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub soft_bounces: u8,
    /// When somebody in the shop approved it, while its step was an apprentice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<DateTime<Utc>>,
    /// The owner's personal line (R21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Set when it ended, cleared when the planner has dealt with that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

impl FollowUp {
    /// The message whose letter it is: its step, or the text of it that comes in turn.
    #[must_use]
    pub fn letter(&self) -> &StepId {
        self.text.as_ref().unwrap_or(&self.step)
    }

    /// When somebody has to look at it again; `None` once it is over and dealt with. This is its place in
    /// the index of what is due. A claim keeps its slot's place, so that claiming costs no index write.
    #[must_use]
    pub fn due_at(&self) -> Option<Slot> {
        match self.state {
            State::Planned => Some(self.until.map_or(self.slot, Slot::at_or_after)),
            State::Claimed => Some(self.slot),
            State::InDoubt => Some(self.until.map_or(self.slot, Slot::at_or_after)),
            // What the post says of a message that has left costs no place in the index: the ledger has it, and
            // whatever is due next for the customer reads it there. It keeps a place that it had, though: leaving
            // it would cost as much.
            State::Bounced | State::Complained => self.until.filter(|_| self.ended).map(Slot::at_or_after),
            _ => self.ended.then(|| self.until.map_or(self.slot, Slot::at_or_after)),
        }
    }

    /// Whether it belongs to a purchase, and so needs no consent beyond it.
    #[must_use]
    pub fn is_bound_to_purchase(&self) -> bool {
        self.series.is_none()
    }

    /// Whether it may come back to life once the reason is gone: nothing of it has left, and the reason
    /// was one that can go.
    #[must_use]
    pub fn can_revive(&self) -> bool {
        match self.state {
            State::Cancelled => true,
            State::Skipped => matches!(
                self.reason,
                Some(
                    Reason::OptedOut
                        | Reason::NoConsent
                        | Reason::NoMailAddress
                        | Reason::PurchaseUndone
                        | Reason::NoPurchase
                        | Reason::HeldWholesale
                        | Reason::CaseOpen
                        | Reason::AddressBounced
                        | Reason::Complained
                        | Reason::MarketplaceForbids
                        | Reason::BeforeSecondPurchase
                        | Reason::NotForStage
                        | Reason::NotForProduct
                        | Reason::TooOften
                        | Reason::NotApproved
                        | Reason::NoPermission
                        | Reason::NoPostalAddress
                        | Reason::NoPhoneNumber
                        | Reason::ProductPaused
                        | Reason::NotWanted
                        | Reason::CustomerPaused
                        | Reason::ReputationAtRisk
                )
            ),
            _ => false,
        }
    }
}
