//! What must hold in every state that can be reached, and what must be reachable so that this says something.

use crate::options::Options;
use crate::post::{Fate, Sending};
use crate::world::{Note, World, first_slot};
use stateright::Property;
use wasurena_domain::delivery::Word;
use wasurena_domain::follow_up::{Reason, State, doubt_wait};

/// SES accepts a follow-up again only after it has said that the message before it came back, or after all evidence of that was lost.
pub(crate) const ONCE: &str = "a message goes out again only where the one before came back, or left no trace";
/// Nobody reads the same twice unless the evidence was lost.
pub(crate) const READ_ONCE: &str = "a message arrives twice only where nothing had said that it arrived";
/// What is recorded as sent was accepted.
pub(crate) const NO_INVENTION: &str = "what is recorded as sent was accepted by SES, and as delivered, arrived";
/// What was accepted is not recorded as certainly not sent.
pub(crate) const NO_DENIAL: &str = "what SES accepted is never recorded as certainly not sent";
/// A claim is only overwritten by who knows of it.
pub(crate) const OWN_CLAIM: &str = "nobody overwrites a claim that they have not seen";
/// What the post said of how it ended stands.
pub(crate) const BELIEVED: &str = "how a message ended stands in the diary once SES has said it";
/// The keeper alone ends everything.
pub(crate) const NO_LIMBO: &str = "whatever happened, the keeper alone brings it to an end";
/// Messages do go out.
pub(crate) const SENT: &str = "a message is sent, delivered, and known to be";
/// Doubts do occur, wait until their end, and are settled by what comes after it.
pub(crate) const PROVEN: &str = "a doubt is settled by evidence after its wait is over";
/// Messages may go out twice.
pub(crate) const SENT_TWICE: &str = "a message goes out twice";
/// Messages may arrive twice.
pub(crate) const READ_TWICE: &str = "a message arrives twice";

/// How often the keeper comes round before somebody is taken to be stuck.
const ROUNDS_MAX: usize = 400;

pub(crate) fn properties() -> Vec<Property<Options>> {
    vec![
        Property::always(ONCE, |_, world| each(world, goes_out_once)),
        Property::always(READ_ONCE, |_, world| each(world, arrives_once)),
        Property::always(NO_INVENTION, |_, world| each(world, is_not_invented)),
        Property::always(NO_DENIAL, |_, world| each(world, is_not_denied)),
        Property::always(OWN_CLAIM, is_of_the_last_claim),
        Property::always(BELIEVED, |_, world| each(world, is_believed)),
        Property::always(NO_LIMBO, ends_by_the_keeper),
        Property::sometimes(SENT, |_, world| each(world, |note, _| note.state == State::Delivered)),
        Property::sometimes(PROVEN, |_, world: &World| {
            world.now >= first_slot() + doubt_wait() && each(world, |note, _| note.state == State::Sent)
        }),
        Property::sometimes(SENT_TWICE, |_, world| each(world, |_, sendings| sendings.len() > 1)),
        Property::sometimes(READ_TWICE, |_, world| each(world, arrives_twice)),
    ]
}

fn is_of_the_last_claim(_: &Options, world: &World) -> bool {
    world.notes.iter().zip(&world.last_claims).all(|(note, claim)| note.attempt == *claim)
}

fn each(world: &World, holds: fn(Note, &[&Sending]) -> bool) -> bool {
    (0..world.notes.len()).all(|f| holds(world.notes[f], &world.sendings_of(f).collect::<Vec<_>>()))
}

fn goes_out_once(_: Note, sendings: &[&Sending]) -> bool {
    let before = sendings.split_last().map_or(&[][..], |(_, before)| before);
    before.iter().all(|sending| sending.is_told(Word::Unavailable) || sending.lost_without_trace)
}

fn arrives_once(_: Note, sendings: &[&Sending]) -> bool {
    let mut arrived = sendings.iter().filter(|sending| sending.fate.arrives());
    arrived.next();
    arrived.all(|again| again.blind)
}

fn arrives_twice(_: Note, sendings: &[&Sending]) -> bool {
    sendings.iter().filter(|sending| sending.fate.arrives()).count() > 1
}

fn is_not_invented(note: Note, sendings: &[&Sending]) -> bool {
    let sending = sendings.iter().rfind(|sending| Some(sending.attempt) == note.attempt);
    let is = |fits: fn(Fate) -> bool| sending.is_some_and(|sending| fits(sending.fate));
    match (note.state, note.reason) {
        (State::Sent, _) => sending.is_some(),
        (State::Delivered, _) => is(Fate::arrives),
        (State::Bounced, Some(Reason::MailboxUnavailable)) => is(|fate| fate == Fate::ComesBack),
        (State::Bounced, _) => is(|fate| fate == Fate::Bounces),
        (State::Complained, _) => is(|fate| fate == Fate::Annoys),
        _ => true,
    }
}

fn is_not_denied(note: Note, sendings: &[&Sending]) -> bool {
    let Some(sending) = sendings.last().filter(|sending| Some(sending.attempt) == note.attempt) else { return true };
    let is_left_open = note.state == State::Skipped && note.reason == Some(Reason::UnknownWhetherSent);
    note.state.may_have_left()
        || is_left_open
        || sending.lost_without_trace
        || sending.is_told(Word::Unavailable)
        || (note.state == State::Refused && sending.is_told(Word::NotSent))
}

fn is_believed(note: Note, sendings: &[&Sending]) -> bool {
    let of_attempt = sendings.iter().filter(|sending| Some(sending.attempt) == note.attempt);
    let ended =
        |sending: &&&Sending| [Word::Delivered, Word::Bounced, Word::Complained].iter().any(|w| sending.is_told(*w));
    of_attempt.filter(ended).all(|_| note.state.has_left())
}

/// From here on nothing works but the keeper: every alarm is lost, every event, and whoever was at work has crashed. A
/// crash is always possible, so the states with nobody at work are all that have to be looked at.
fn ends_by_the_keeper(options: &Options, world: &World) -> bool {
    if world.at_work() > 0 {
        return true;
    }
    let mut world = World { sendings: Vec::new(), ..world.clone() };
    for _ in 0..ROUNDS_MAX {
        for f in 0..world.notes.len() {
            world.notes[f] = world.kept(world.notes[f], options).unwrap_or(world.notes[f]);
        }
        if world.notes.iter().all(|note| note.is_over()) {
            return true;
        }
        match world.next_moment(options.deadline()) {
            Some(next) => world.now = next,
            None => return false,
        }
    }
    false
}
