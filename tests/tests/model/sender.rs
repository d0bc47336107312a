//! send-follow-ups, step by step, as `slot.rs` and `outcome.rs` do it: claim, look, ask SES, record. Between any two
//! steps it may crash, or sleep for as long as anybody likes.
//!
//! An alarm is not modelled: it may ring at any moment from its slot on, any number of times, for both senders at once, or
//! never. What the last look decides is left open too: whatever it says must be safe.

use crate::diary::{Network, Write, Written};
use crate::model::Action;
use crate::options::{Mistake, Options};
use crate::post::{Fate, Sending};
use crate::world::{Attempt, Note, World};
use chrono::Duration;
use wasurena_domain::calendar::{SLOT_MINUTES, Slot};
use wasurena_domain::delivery::Word;
use wasurena_domain::follow_up::{Event, Reason, State, doubt_wait, lease};

/// Where a sender is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sender {
    /// No alarm has rung.
    Idle,
    /// It has claimed and heard nothing: it claims again.
    Claiming { follow_up: usize, slot: Slot, attempt: Attempt, blind: bool },
    /// It has a claim and looks again.
    Looking { follow_up: usize, claimed: Note, blind: bool },
    /// It knows the outcome and writes it.
    Recording { follow_up: usize, before: Note, after: Note, what: Outcome },
    /// SES accepted, and the claim was not its own any more: it reads what stands.
    Checking { follow_up: usize, claimed: Note },
    /// What stands is a doubt that its answer can settle: it reads that again.
    Settling { follow_up: usize, claimed: Note },
}

/// What a sender records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    /// SES accepted it.
    Accepted,
    /// SES accepted what the keeper has called doubtful.
    Settled,
    /// Anything else.
    Other,
    /// That it is sent, by mistake before it is.
    TooEarly,
    /// A person has it.
    HandedOver,
}

/// What the last look, or SES, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Answer {
    /// Not at all, for a reason that may go.
    Skip,
    /// Not now.
    Move,
    /// Its window has ended.
    Expire,
    /// Certainly not sent: throttled, not connected, held, stopped.
    GiveBack,
    /// SES refuses it.
    Refused,
    /// It is for a person to do.
    HandOver,
    /// SES accepts it.
    Accepted(Fate),
    /// SES accepts it, and its answer is lost.
    AcceptedUnheard(Fate),
    /// SES never gets it, and no answer says so.
    Silence,
}

impl Sender {
    /// The sender without its claims' names.
    pub(crate) fn nameless(mut self) -> Self {
        self.attempts(&mut |attempt| *attempt = 0);
        self
    }

    /// Calls `f` with every name of a claim that it knows.
    pub(crate) fn attempts(&mut self, f: &mut impl FnMut(&mut Attempt)) {
        match self {
            Self::Idle => {}
            Self::Claiming { attempt, .. } => f(attempt),
            Self::Looking { claimed, .. } | Self::Checking { claimed, .. } | Self::Settling { claimed, .. } => {
                claimed.attempt.iter_mut().for_each(f);
            }
            Self::Recording { before, after, .. } => {
                [before, after].into_iter().filter_map(|note| note.attempt.as_mut()).for_each(f);
            }
        }
    }

    /// What it can do next.
    pub(crate) fn actions(&self, n: usize, world: &World, options: &Options, actions: &mut Vec<Action>) {
        let networks = networks(world, options);
        match *self {
            Self::Idle => {
                // A claim that fails changes nothing, so only those that hold are made.
                let takes =
                    |note: &Note| note.state == State::Planned || options.makes(Mistake::ClaimsWithoutCondition);
                let due = |note: &Note| takes(note) && note.slot.start() <= world.now && !note.is_over();
                for follow_up in (0..world.notes.len()).filter(|f| due(&world.notes[*f])) {
                    actions.extend(networks.clone().map(|network| Action::Claim { sender: n, follow_up, network }));
                }
            }
            Self::Claiming { .. } => {
                actions.extend(networks.clone().map(|network| Action::ClaimAgain { sender: n, network }));
            }
            Self::Looking { claimed, .. } if options.makes(Mistake::RecordsBeforeSending) && !claimed.has_message => {
                actions.push(Action::Decide { sender: n, answer: Answer::Silence });
            }
            Self::Looking { claimed, .. } if claimed.channel.task().is_some() => {
                let is_over = world.now > options.deadline();
                let back = if is_over { Answer::Expire } else { Answer::GiveBack };
                let answers = [Answer::Skip, Answer::Move, back, Answer::HandOver];
                actions.extend(answers.map(|answer| Action::Decide { sender: n, answer }));
            }
            Self::Looking { .. } => {
                let accepted = options.fates.iter().flat_map(|f| [Answer::Accepted(*f), Answer::AcceptedUnheard(*f)]);
                let is_over = world.now > options.deadline();
                let back = if is_over { Answer::Expire } else { Answer::GiveBack };
                let answers = accepted.chain([Answer::Skip, Answer::Move, back, Answer::Refused, Answer::Silence]);
                actions.extend(answers.map(|answer| Action::Decide { sender: n, answer }));
            }
            Self::Recording { what, .. } => {
                if what == Outcome::HandedOver {
                    actions.push(Action::GiveUp { sender: n });
                }
                actions.extend(networks.clone().map(|network| Action::Record { sender: n, network }));
            }
            Self::Checking { .. } | Self::Settling { .. } => actions.push(Action::ReadAgain { sender: n }),
        }
        if *self != Self::Idle {
            actions.push(Action::Crash { sender: n });
        }
    }
}

/// What may become of a write now.
pub(crate) fn networks(world: &World, options: &Options) -> impl Iterator<Item = Network> + Clone + use<> {
    let slow = (world.late.len() < options.late_max).then_some(Network::IsSlow);
    [Network::Works, Network::SwallowsTheAnswer].into_iter().chain(slow)
}

impl World {
    /// An alarm has rung: a sender claims.
    pub(crate) fn claim(&mut self, n: usize, follow_up: usize) {
        let attempt = self.fresh_attempt();
        let is_known = |sending: &Sending| sending.fate.arrives() && sending.is_told(Word::Delivered);
        let blind = !self.sendings_of(follow_up).any(is_known);
        self.senders[n] = Sender::Claiming { follow_up, slot: self.notes[follow_up].slot, attempt, blind };
    }

    /// The claim reaches the diary, or not.
    pub(crate) fn send_claim(&mut self, n: usize, network: Network, options: &Options) {
        let Sender::Claiming { follow_up, slot, attempt, blind } = self.senders[n] else { return };
        let write = Write::Claim { slot, attempt, until: self.now + lease() };
        self.senders[n] = match self.write(follow_up, write, None, network, options) {
            None => return,
            Some(Written::Done(claimed)) => Sender::Looking { follow_up, claimed, blind },
            Some(Written::Changed) => Sender::Idle,
        };
    }

    /// The last look, and SES's answer where that said send.
    pub(crate) fn decide(&mut self, n: usize, answer: Answer, options: &Options) -> Option<()> {
        let Sender::Looking { follow_up, claimed, blind } = self.senders[n] else { return None };
        if options.makes(Mistake::RecordsBeforeSending) && !claimed.has_message {
            let after = Note { has_message: true, ..recorded(claimed, Event::Accept)? };
            self.senders[n] = Sender::Recording { follow_up, before: claimed, after, what: Outcome::TooEarly };
            return Some(());
        }
        let in_doubt = |note| Note { until: Some(self.now + doubt_wait()), ..note };
        let later = Slot::at_or_after(self.now + Duration::minutes(SLOT_MINUTES));
        let (after, what) = match answer {
            Answer::Skip => {
                (Note { reason: Some(Reason::OptedOut), ..recorded(claimed, Event::Skip)? }, Outcome::Other)
            }
            Answer::Move if later.start() > options.deadline() => return None,
            Answer::Move => (Note { slot: later, ..recorded(claimed, Event::Move)? }, Outcome::Other),
            Answer::Expire => {
                (Note { reason: Some(Reason::WindowOver), ..recorded(claimed, Event::Expire)? }, Outcome::Other)
            }
            Answer::GiveBack => (recorded(claimed, Event::Release)?, Outcome::Other),
            Answer::Refused => {
                let refused = recorded(claimed, Event::Refuse)?;
                (Note { reason: Some(Reason::RefusedByProvider), ..refused }, Outcome::Other)
            }
            Answer::HandOver => (recorded(claimed, Event::HandOver)?, Outcome::HandedOver),
            Answer::Accepted(_) if claimed.has_message => (claimed, Outcome::Other),
            Answer::Accepted(_) => (Note { has_message: true, ..recorded(claimed, Event::Accept)? }, Outcome::Accepted),
            Answer::AcceptedUnheard(_) | Answer::Silence if options.makes(Mistake::TakesSilenceForNo) => {
                (recorded(claimed, Event::Release)?, Outcome::Other)
            }
            Answer::AcceptedUnheard(_) | Answer::Silence => {
                (in_doubt(recorded(claimed, Event::Doubt)?), Outcome::Other)
            }
        };
        if let Answer::Accepted(fate) | Answer::AcceptedUnheard(fate) = answer {
            self.sendings.push(Sending::new(follow_up, claimed.attempt?, fate, blind));
        }
        let asks_again = matches!(answer, Answer::AcceptedUnheard(_)) && options.makes(Mistake::AsksSesTwice);
        if !asks_again {
            self.senders[n] = Sender::Recording { follow_up, before: claimed, after, what };
        }
        Some(())
    }

    /// The outcome reaches the diary, or not.
    pub(crate) fn record(&mut self, n: usize, network: Network, options: &Options) {
        let Sender::Recording { follow_up, before, after, what } = self.senders[n] else { return };
        self.senders[n] = match (self.write(follow_up, Write::Replace { before, after }, None, network, options), what)
        {
            (None, _) => return,
            (Some(Written::Done(_)), Outcome::TooEarly) => Sender::Looking { follow_up, claimed: after, blind: false },
            (Some(Written::Changed), Outcome::Accepted) => Sender::Checking { follow_up, claimed: before },
            (Some(_), _) => Sender::Idle,
        };
    }

    /// The diary cannot be written, so a sender gives back what it has tried to hand over.
    pub(crate) fn give_up(&mut self, n: usize) -> Option<()> {
        let Sender::Recording { follow_up, before, .. } = self.senders[n] else { return None };
        let after = recorded(before, Event::Release)?;
        self.senders[n] = Sender::Recording { follow_up, before, after, what: Outcome::Other };
        Some(())
    }

    /// What stands of an attempt that SES accepted, whose claim was not the sender's any more.
    pub(crate) fn read_again(&mut self, n: usize) {
        self.senders[n] = match self.senders[n] {
            Sender::Checking { follow_up, claimed } => {
                let stands = self.notes[follow_up];
                let is_doubt = stands.attempt == claimed.attempt && stands.state == State::InDoubt;
                if is_doubt { Sender::Settling { follow_up, claimed } } else { Sender::Idle }
            }
            Sender::Settling { follow_up, .. } => {
                let before = self.notes[follow_up];
                recorded(before, Event::Accept).map_or(Sender::Idle, |sent| {
                    let after = Note { has_message: true, until: before.until, ..sent };
                    Sender::Recording { follow_up, before, after, what: Outcome::Settled }
                })
            }
            other => other,
        };
    }
}

/// `outcome::record`: after an event, as production's table says, ended unless it is planned again.
fn recorded(before: Note, event: Event) -> Option<Note> {
    let after = before.stepped(event)?;
    Some(Note { until: None, ended: after.state != State::Planned, ..after })
}
