//! The states of a follow-up, and the one table along which they change.

use serde::{Deserialize, Serialize};

/// Where a follow-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the diary, waiting for its slot.
    Planned,
    /// A sender has it, for the length of a lease.
    Claimed,
    /// The provider accepted it.
    Sent,
    /// A person has it on their list: a letter, a call, a visit.
    HandedOver,
    /// The recipient's server accepted it; what was handed over, a person has done.
    Delivered,
    /// The recipient's server refused it.
    Bounced,
    /// The recipient called it spam.
    Complained,
    /// Not sent, for a reason found when it was due.
    Skipped,
    /// Not sent, for a reason found before it was due.
    Cancelled,
    /// Its window ended before it could be sent.
    Expired,
    /// The provider refused this message.
    Refused,
    /// Nobody knows whether the provider accepted it.
    InDoubt,
}

impl State {
    /// All states.
    pub const ALL: [Self; 12] = [
        Self::Planned,
        Self::Claimed,
        Self::Sent,
        Self::HandedOver,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
        Self::Skipped,
        Self::Cancelled,
        Self::Expired,
        Self::Refused,
        Self::InDoubt,
    ];

    /// Whether it still waits to be sent.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Claimed)
    }

    /// Whether a message left, or may have left.
    #[must_use]
    pub fn may_have_left(self) -> bool {
        matches!(self, Self::Claimed | Self::InDoubt) || self.has_left()
    }

    /// Whether it is out of our hands: the provider has accepted it, or a person has it.
    #[must_use]
    pub fn has_left(self) -> bool {
        matches!(self, Self::Sent | Self::HandedOver | Self::Delivered | Self::Bounced | Self::Complained)
    }

    /// The state by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::HandedOver => "handed_over",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::InDoubt => "in_doubt",
        }
    }
}

/// What can happen to a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A sender takes it.
    Claim,
    /// A sender gives it back: certainly nothing was sent.
    Release,
    /// It gets another slot.
    Move,
    /// The provider accepted it, or evidence says so. Evidence may be late: it counts wherever the follow-up
    /// stands by then.
    Accept,
    /// A person has it on their list: nothing of it goes through the provider.
    HandOver,
    /// A reason not to send was found when it was due.
    Skip,
    /// A reason not to send was found before it was due, or what caused it is gone.
    Cancel,
    /// The reason for which it was cancelled or skipped is gone, and its window is open.
    Revive,
    /// Its window has ended.
    Expire,
    /// The provider refused this message.
    Refuse,
    /// Nobody can tell whether the provider accepted it.
    Doubt,
    /// No evidence came: what is unknown is left unsent.
    Drop,
    /// No evidence came: the step's policy sends it again.
    Resend,
    /// The recipient's server accepted it; or the person who has it has done it.
    Deliver,
    /// The recipient's server refused it.
    Bounce,
    /// The recipient called it spam.
    Complain,
    /// The recipient's server could not take it just now, so that it was not delivered: it is tried again.
    Retry,
    /// The person who has it found nobody: it is tried by another channel.
    NoAnswer,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 18] = [
        Self::Claim,
        Self::Release,
        Self::Move,
        Self::Accept,
        Self::HandOver,
        Self::Skip,
        Self::Cancel,
        Self::Revive,
        Self::Expire,
        Self::Refuse,
        Self::Doubt,
        Self::Drop,
        Self::Resend,
        Self::Deliver,
        Self::Bounce,
        Self::Complain,
        Self::Retry,
        Self::NoAnswer,
    ];
}

/// A follow-up in this state cannot do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a follow-up that is {} cannot {event:?}", state.name())]
pub struct NotAllowed {
    /// Where it stands.
    pub state: State,
    /// What was asked of it.
    pub event: Event,
}

/// The table of states: where a follow-up stands after an event.
///
/// # Errors
/// [`NotAllowed`] where the table has no such row. An ended lease has no row back to planned: what may
/// have left is never sent again without a decision ([`Event::Resend`]), and what has left only by evidence
/// that it did not arrive ([`Event::Retry`], and of what a person had [`Event::NoAnswer`]).
pub fn transition(state: State, event: Event) -> Result<State, NotAllowed> {
    use State::{
        Bounced, Cancelled, Claimed, Complained, Delivered, Expired, HandedOver, InDoubt, Planned, Refused, Sent,
        Skipped,
    };
    Ok(match (state, event) {
        (Planned, Event::Claim) => Claimed,
        (Planned, Event::Move) | (Claimed, Event::Release | Event::Move) => Planned,
        (Planned, Event::Cancel) => Cancelled,
        (Planned | Claimed, Event::Expire) => Expired,
        (state, Event::Accept) if !state.has_left() => Sent,
        (Claimed, Event::HandOver) => HandedOver,
        (Claimed, Event::Skip) | (InDoubt, Event::Drop) => Skipped,
        (Claimed | InDoubt | Sent, Event::Refuse) => Refused,
        (Claimed, Event::Doubt) => InDoubt,
        (InDoubt, Event::Resend)
        | (Cancelled | Skipped, Event::Revive)
        | (Sent, Event::Retry)
        | (HandedOver, Event::NoAnswer) => Planned,
        // A mailbox that was given up may turn out to have taken it, or to be gone for good.
        (Sent | HandedOver | Bounced, Event::Deliver) => Delivered,
        (Sent | Delivered | Bounced, Event::Bounce) => Bounced,
        (Sent | Delivered | Bounced, Event::Complain) => Complained,
        _ => return Err(NotAllowed { state, event }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_left_waits_again_only_by_a_decision_or_by_evidence_that_it_did_not_arrive() {
        for state in State::ALL.into_iter().filter(|s| s.may_have_left()) {
            for event in Event::ALL {
                let back = transition(state, event) == Ok(State::Planned);
                let certain = state == State::Claimed && matches!(event, Event::Release | Event::Move);
                let evidence =
                    [(State::Sent, Event::Retry), (State::HandedOver, Event::NoAnswer)].contains(&(state, event));
                let decision = (state, event) == (State::InDoubt, Event::Resend);
                assert_eq!(back, certain || decision || evidence, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn what_has_left_stays_so_but_for_evidence_that_it_was_refused_or_did_not_arrive() {
        for state in State::ALL.into_iter().filter(|s| s.has_left()) {
            for event in Event::ALL {
                if let Ok(next) = transition(state, event) {
                    let disproved = matches!(
                        (state, event),
                        (State::Sent, Event::Retry | Event::Refuse) | (State::HandedOver, Event::NoAnswer)
                    );
                    assert_eq!(next.has_left(), !disproved, "{state:?} {event:?} -> {next:?}");
                }
            }
        }
    }

    #[test]
    fn what_was_delivered_is_never_sent_again() {
        let mut reached = vec![State::Delivered];
        while let Some(state) = reached.pop() {
            for next in Event::ALL.into_iter().filter_map(|event| transition(state, event).ok()) {
                assert!(matches!(next, State::Delivered | State::Bounced | State::Complained), "{state:?} -> {next:?}");
                if next != state && !(state == State::Bounced && next == State::Delivered) {
                    reached.push(next);
                }
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_every_event_used() {
        let rows = || {
            let pairs = State::ALL.into_iter().flat_map(|s| Event::ALL.into_iter().map(move |e| (s, e)));
            pairs.filter_map(|(s, e)| transition(s, e).ok().map(|to| (s, e, to)))
        };
        for state in State::ALL {
            assert!(rows().any(|(_, _, to)| to == state), "{state:?} is never reached");
        }
        for event in Event::ALL {
            assert!(rows().any(|(_, e, _)| e == event), "{event:?} never happens");
        }
    }
}
