//! What the post says of a message after it was handed over, and what follows from that for its follow-up.
//!
//! The post speaks late, twice, or in any order, and sometimes not at all. So a word counts only for the attempt
//! that it names, the stronger word wins whatever came first, and the same word again changes nothing. Nothing
//! that has arrived is ever sent again.

use crate::calendar::Slot;
use crate::follow_up::{Event, FollowUp, Reason, State, transition};
use crate::ids::CustomerId;
use crate::ledger::{Channel, Entry, How, Said};
use crate::planner::next_in_hours;
use crate::reputation::Trouble;
use crate::shop::Shop;
use chrono::{DateTime, Duration, Utc};

/// Hours after which a message is tried again whose mailbox could not take it: a server that was busy, a mailbox
/// that was full, a holiday.
const RETRY_HOURS: [i64; 3] = [1, 24, 72];

/// What the post says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// The provider has not sent it: rejected, or not rendered.
    NotSent,
    /// The provider has accepted it and is still trying.
    Accepted,
    /// The mailbox could not take it just now, and the provider has stopped trying.
    Unavailable,
    /// The recipient's server has taken it.
    Delivered,
    /// The address refuses mail for good.
    Bounced,
    /// The recipient calls it spam.
    Complained,
}

impl Word {
    /// All words.
    pub const ALL: [Self; 6] =
        [Self::NotSent, Self::Accepted, Self::Unavailable, Self::Delivered, Self::Bounced, Self::Complained];

    /// The word by its name in logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Accepted => "accepted",
            Self::Unavailable => "unavailable",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// What it says against the shop's mails.
    #[must_use]
    pub fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Bounced => Some(Trouble::Bounces),
            Self::Complained => Some(Trouble::Complaints),
            Self::NotSent | Self::Accepted | Self::Unavailable | Self::Delivered => None,
        }
    }

    /// Whether it says how the message ended, wherever its follow-up stands by then.
    fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Bounced | Self::Complained)
    }
}

/// What the post says of one attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it says.
    pub word: Word,
    /// The attempt.
    pub attempt: String,
    /// The provider's id of the message.
    pub message: String,
    /// When the provider accepted the message.
    pub sent_at: DateTime<Utc>,
    /// When that which it says happened.
    pub at: DateTime<Utc>,
    /// The provider's id of the event: the same word again has the same.
    pub event: String,
}

impl Evidence {
    /// What the ledger keeps of it, `place` being the digest of the address that the message went to: a dead
    /// address, which is about that address, or a complaint, which is a stop by the customer whatever their
    /// address (R30). It counts for every attempt, however old.
    #[must_use]
    pub fn entry(&self, place: &CustomerId) -> Option<Entry> {
        let (said, place) = match self.word {
            Word::Bounced => (Said::Bounced, Some(place.clone())),
            Word::Complained => (Said::Complained, None),
            _ => return None,
        };
        let event = self.event.clone();
        let (at, channel, how) = (self.at, Channel::Mail, How::Post);
        Some(Entry { at, channel, place, said, how, wording: None, until: None, preferences: None, event })
    }
}

/// When a message is tried again whose mailbox could not take it: in the shop's hours, an hour, a day, then three
/// days later. `None` where these are used up, or its window has ended by then.
#[must_use]
pub fn next_try(follow_up: &FollowUp, shop: &Shop, now: DateTime<Utc>) -> Option<Slot> {
    let hours = RETRY_HOURS.get(usize::from(follow_up.soft_bounces))?;
    let slot = next_in_hours(shop, Slot::at_or_after(now + Duration::hours(*hours)));
    (slot.start() <= follow_up.deadline).then_some(slot)
}

/// The follow-up as it must be written after what the post says; `None` where that changes nothing. `next_try` is
/// when to try again, should it say that the mailbox could not take it.
#[must_use]
pub fn decide(follow_up: &FollowUp, evidence: &Evidence, next_try: Option<Slot>) -> Option<FollowUp> {
    // What a person has on their list never went to the post.
    let is_by_hand = follow_up.state == State::HandedOver;
    if is_by_hand || follow_up.attempt.as_deref() != Some(evidence.attempt.as_str()) {
        return None;
    }
    if evidence.word == Word::NotSent {
        return Some(over(follow_up, stepped(follow_up, Event::Refuse)?, Reason::RefusedByProvider));
    }
    let sent = as_sent(follow_up, evidence)?;
    // What the address itself has refused, or given up waiting for it: only a complaint says more than the first.
    let given_up = sent.state == State::Bounced && sent.reason == Some(Reason::MailboxUnavailable);
    let is_open = sent.state != State::Bounced || given_up;
    match evidence.word {
        Word::NotSent => None,
        Word::Accepted => (sent != *follow_up).then(|| settled(follow_up, sent)),
        Word::Unavailable => unavailable(follow_up, &sent, next_try),
        Word::Delivered if !is_open => None,
        Word::Delivered => Some(settled(follow_up, stepped(&sent, Event::Deliver)?)),
        Word::Bounced if !is_open => None,
        Word::Bounced => Some(over(follow_up, stepped(&sent, Event::Bounce)?, Reason::AddressBounced)),
        Word::Complained => Some(over(follow_up, stepped(&sent, Event::Complain)?, Reason::Complained)),
    }
}

/// The follow-up as one whose message has left, since the post speaks of it; `None` where it says nothing new:
/// that the post had it is known of what was planned anew, refused or decided against since, and only how it
/// ended counts there.
fn as_sent(follow_up: &FollowUp, evidence: &Evidence) -> Option<FollowUp> {
    if follow_up.state.has_left() {
        return Some(follow_up.clone());
    }
    let unknown = follow_up.state == State::Skipped && follow_up.reason == Some(Reason::UnknownWhetherSent);
    let waits = unknown || matches!(follow_up.state, State::Claimed | State::InDoubt);
    if !waits && !evidence.word.is_final() {
        return None;
    }
    let message = Some(evidence.message.clone());
    let accepted = stepped(follow_up, Event::Accept)?;
    // It is of a mail that the post speaks, whatever channel is to be tried next.
    let channel = Channel::Mail;
    Some(FollowUp { message, channel, sent_at: Some(evidence.sent_at), reason: None, ..accepted })
}

/// A mailbox that could not take it: it waits for the next try, or is given up. Of what was delivered it is an
/// answer by a machine: away until Monday.
fn unavailable(before: &FollowUp, sent: &FollowUp, next_try: Option<Slot>) -> Option<FollowUp> {
    if sent.state != State::Sent {
        return None;
    }
    let Some(slot) = next_try else {
        return Some(over(before, stepped(sent, Event::Bounce)?, Reason::MailboxUnavailable));
    };
    let again = FollowUp {
        slot,
        generation: sent.generation + 1,
        soft_bounces: sent.soft_bounces.saturating_add(1),
        message: None,
        sent_at: None,
        reason: None,
        ended: false,
        ..stepped(sent, Event::Retry)?
    };
    // Where it stands in the index it stays, and the keeper puts it into its slot within the hour.
    Some(in_place(before, again))
}

/// A follow-up with good news: the planner has to deal with it where it had not ended before.
fn settled(before: &FollowUp, after: FollowUp) -> FollowUp {
    in_place(before, FollowUp { reason: None, ended: before.due_at().is_some(), ..after })
}

/// A follow-up with bad news, which the planner has to deal with.
fn over(before: &FollowUp, after: FollowUp, reason: Reason) -> FollowUp {
    in_place(before, FollowUp { reason: Some(reason), ended: true, ..after })
}

/// The follow-up at its place in the index, if it has one: moving it would cost as much as writing it twice more.
fn in_place(before: &FollowUp, after: FollowUp) -> FollowUp {
    FollowUp { until: before.due_at().map(Slot::start), ..after }
}

fn stepped(from: &FollowUp, event: Event) -> Option<FollowUp> {
    let state = transition(from.state, event).ok()?;
    Some(FollowUp { state, ..from.clone() })
}
