//! What can happen to a follow-up, all of it: claim, send, record, doubt and repair, explored to the last state.
//!
//! A test shows what happened once; a simulator, what happens to millions. This model shows what can happen at all, for two
//! senders and everybody else who writes: each may crash between any two of its steps, an alarm rings any number of times or
//! never, each of SES's events comes late, doubled or never, and each write may lose its answer, be repeated, or arrive long
//! after it was given up. States change by production's `transition` alone; what keeper and post decide is production's `repair`
//! and `delivery`. Only the order of reading and writing is retold here, from `send-follow-ups`, `keep-promises` and
//! `record-delivery`, and for what a person does from the owner's list.
//!
//! Each run explores one direction further than the others, since all of them at once are more states than a test has
//! time for. What each property says stands in `properties.rs`; that each can fail, in `mistakes.rs`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and tells its figures")]

mod diary;
mod hands;
mod mistakes;
mod model;
mod options;
mod post;
mod properties;
mod sender;
mod world;
mod writer;

use chrono::Duration;
use options::{Options, Policy};
use post::Fate;
use properties::{GOES_ON, NOT_REACHED, PROVEN, READ_TWICE, SENT, SENT_TWICE, TICKED_OFF};
use stateright::{Checker, HasDiscoveries, Model};
use wasurena_domain::channel::Channel::{Letter, Mail, Phone};

/// Explores all of a model, up to the first violation.
fn explored(options: Options) -> impl Checker<Options> {
    let checker = options.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{} states, {} deep", checker.unique_state_count(), checker.max_depth());
    checker
}

/// Explores all of a model, in which nothing is violated, and of what may happen exactly this does.
fn holds(options: Options, happens: &[&str]) {
    let checker = explored(options);
    for (name, path) in checker.discoveries() {
        let is_bad = checker.model().property(name).expectation.discovery_is_failure();
        assert!(!is_bad, "violated: {name}\n{:#?}", path.into_actions());
    }
    for name in [SENT, PROVEN, SENT_TWICE, READ_TWICE, TICKED_OFF, GOES_ON, NOT_REACHED] {
        assert_eq!(checker.discovery(name).is_some(), happens.contains(&name), "{name}");
    }
}

#[test]
fn two_who_write_beside_the_senders() {
    holds(Options { edits_max: 2, ..Options::small() }, &[SENT, PROVEN]);
}

#[test]
fn writes_that_arrive_after_they_were_given_up() {
    holds(Options { late_max: 1, window: Duration::minutes(30), ..Options::small() }, &[SENT, PROVEN]);
}

#[test]
fn somebody_who_sleeps_past_every_lease() {
    holds(Options { sleepers_max: 1, ..Options::small() }, &[SENT, PROVEN]);
}

#[test]
fn whatever_becomes_of_a_message() {
    let fates = &[Fate::Arrives, Fate::Annoys, Fate::Bounces, Fate::IsRejected];
    holds(Options { fates, ..Options::small() }, &[SENT, PROVEN]);
}

#[test]
fn two_follow_ups_share_the_senders() {
    let window = Duration::minutes(30);
    holds(Options { follow_ups: 2, edits_max: 0, window, ..Options::small() }, &[]);
}

/// A message that came back goes out again, and arrives once.
#[test]
fn a_mailbox_that_is_full_for_an_hour() {
    let window = Duration::minutes(105);
    holds(Options { fates: &[Fate::ComesBack], window, ..Options::small() }, &[PROVEN, SENT_TWICE]);
}

/// What a machine answers may reach the diary alone, or before the news that the message has arrived: it is not sent again.
#[test]
fn a_machine_that_answers_for_the_recipient() {
    let window = Duration::minutes(105);
    let fates = &[Fate::IsAnsweredByMachine];
    holds(Options { fates, window, ..Options::small() }, &[SENT, PROVEN]);
}

/// A letter, a call where it cannot be written, a mail where nobody answers that.
#[test]
fn what_is_handed_to_a_person() {
    let channels = &[Letter, Phone, Mail];
    holds(Options { channels, ..Options::small() }, &[SENT, PROVEN, TICKED_OFF, GOES_ON, NOT_REACHED]);
}

/// The planner or the keeper writes while a person ticks off, and a write of theirs comes late.
#[test]
fn a_person_writes_beside_others() {
    let window = Duration::minutes(30);
    let channels = &[Letter, Phone];
    let options = || Options { channels, window, ..Options::small() };
    holds(Options { edits_max: 2, ..options() }, &[TICKED_OFF, NOT_REACHED]);
    holds(Options { late_max: 1, ..options() }, &[TICKED_OFF, NOT_REACHED]);
}

/// Were a doubt sent again after its wait, it would arrive twice only where nothing of the first was left: neither SES's
/// answer nor any of its events.
#[test]
fn a_doubt_that_is_sent_again() {
    let window = Duration::minutes(25 * 60 + 15);
    holds(Options { policy: Policy::Resend, window, ..Options::small() }, &[SENT, PROVEN, SENT_TWICE, READ_TWICE]);
}
