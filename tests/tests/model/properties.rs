//! What must hold in every state that can be reached, and what must be reachable so that this says something.

use crate::hands::{Came, Hand};
use crate::options::Options;
use crate::post::{Fate, Sending};
use crate::world::{Note, World, first_slot};
use stateright::Property;
use std::collections::BTreeSet;
use wasurena_domain::channel::Channel;
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
/// Nobody is reached for twice.
pub(crate) const HANDED_ONCE: &str =
    "a person has a message once for each channel, and it goes on by another only after nobody answered";
/// What a person is to do is on their list.
pub(crate) const LISTED: &str = "what a person has is on their list until it is done, or another task is";
/// The keeper alone ends everything.
pub(crate) const NO_LIMBO: &str = "whatever happened, the keeper alone brings it to an end";
/// Messages do go out.
pub(crate) const SENT: &str = "a message is sent, delivered, and known to be";
/// Doubts do occur, wait until their end, and are settled by what comes after it.
pub(crate) const PROVEN: &str = "a doubt is settled by evidence after its wait is over";
/// Letters are written.
pub(crate) const TICKED_OFF: &str = "a person has a message, does it and ticks it off";
/// Where nobody answers, the next channel is tried.
pub(crate) const GOES_ON: &str = "nobody answers, and the message goes out as a mail";
/// No channel is left.
pub(crate) const NOT_REACHED: &str = "nobody answers, no channel is left, and another task is on the list";
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
        Property::always(HANDED_ONCE, |_, world: &World| (0..world.notes.len()).all(|f| is_handed_over_once(world, f))),
        Property::always(LISTED, |_, world: &World| (0..world.notes.len()).all(|f| is_listed(world, f))),
        Property::always(NO_LIMBO, ends_by_the_keeper),
        Property::sometimes(SENT, |_, world| each(world, |note, sent| is_delivered(note) && !sent.is_empty())),
        Property::sometimes(TICKED_OFF, |_, world| each(world, |note, sent| is_delivered(note) && sent.is_empty())),
        Property::sometimes(GOES_ON, |_, world: &World| !world.hands.is_empty() && !world.sendings.is_empty()),
        Property::sometimes(NOT_REACHED, |_, world| each(world, |note, _| note.reason == Some(Reason::NotReached))),
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
        (State::Delivered, _) => note.channel.task().is_some() || is(Fate::arrives),
        (State::Bounced, Some(Reason::MailboxUnavailable)) => is(|fate| fate == Fate::ComesBack),
        (State::Bounced, _) => is(|fate| fate == Fate::Bounces),
        (State::Complained, _) => is(|fate| fate == Fate::Annoys),
        _ => true,
    }
}

fn is_delivered(note: Note) -> bool {
    note.state == State::Delivered
}

fn is_handed_over_once(world: &World, follow_up: usize) -> bool {
    let hands: Vec<&Hand> = world.hands_of(follow_up).collect();
    let channels: BTreeSet<Channel> = hands.iter().map(|hand| hand.channel).collect();
    let nobody_answered = |hand: &&&Hand| hand.came == Some(Came::NoAnswer);
    let is_mailed = world.sendings_of(follow_up).next().is_some();
    let note = world.notes[follow_up];
    let (last, before) = hands.split_last().map_or((None, &[][..]), |(last, before)| (Some(last), before));
    let is_done = is_delivered(note) && !is_mailed;
    channels.len() == hands.len()
        && before.iter().all(|hand| nobody_answered(&hand))
        && last.is_none_or(|last| !is_mailed || nobody_answered(&last))
        && last.is_none_or(|last| !is_done || last.came == Some(Came::Done))
}

fn is_listed(world: &World, follow_up: usize) -> bool {
    let note = world.notes[follow_up];
    let is_its_task = |hand: &Hand| hand.channel == note.channel && hand.is_on_list;
    note.state != State::HandedOver
        || world.hands_of(follow_up).any(is_its_task)
        || world.last_resorts.contains(&follow_up)
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
