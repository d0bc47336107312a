//! Bugs, planted one at a time: a model that cannot find these says nothing by finding no others. For each, the
//! explorer has to come upon a violation by itself, and the story told here, which is the shortest, has to be one.

use crate::diary::Network::Works;
use crate::hands::Came;
use crate::model::Action::{self, Claim, Crash, Decide, Edit, Hear, Keep, Plan, Record, TickOff, TimePasses};
use crate::options::{Mistake, Options};
use crate::post::Fate;
use crate::properties::{BELIEVED, HANDED_ONCE, LISTED, NO_DENIAL, NO_INVENTION, NO_LIMBO, ONCE, OWN_CLAIM, READ_ONCE};
use crate::sender::Answer::{self, Accepted, AcceptedUnheard, GiveBack, HandOver, Silence};
use crate::writer::Wish;
use chrono::Duration;
use stateright::{Checker, HasDiscoveries, Model};
use wasurena_domain::channel::Channel;
use wasurena_domain::delivery::Word;

/// The one follow-up.
const F: usize = 0;

#[track_caller]
fn violates(property: &'static str, mistake: Mistake, options: Options, story: &[Action]) {
    let sound = Options { mistake: None, ..options.clone() };
    let bad = Options { mistake: Some(mistake), ..options };
    let end = |options: &Options| {
        let mut world = options.init_states().remove(0);
        for action in story {
            world = options.next_state(&world, *action)?;
        }
        Some((options.property(property).condition)(options, &world))
    };
    assert_eq!(end(&bad), Some(false), "{mistake:?} violates: {property}");
    assert_ne!(end(&sound), Some(false), "without {mistake:?} this holds: {property}");
    let checker = bad.checker().finish_when(HasDiscoveries::AnyOf([property].into())).spawn_bfs().join();
    let path = checker.assert_any_discovery(property).into_actions();
    println!("{mistake:?}: {} states, {} steps", checker.unique_state_count(), path.len());
    assert!(path.len() >= story.len(), "a shorter story: {path:#?}");
}

/// A sender takes it; one that is at work comes after one that is not.
fn claim() -> Action {
    Claim { sender: 0, follow_up: F, network: Works }
}

fn decide(answer: Answer) -> Action {
    Decide { sender: 1, answer }
}

fn record() -> Action {
    Record { sender: 1, network: Works }
}

fn edit() -> Action {
    Edit { edit: 0, network: Works }
}

#[test]
fn an_ended_lease_sends_again() {
    let crash = Crash { sender: 1 };
    let story = [
        claim(),
        decide(Accepted(Fate::Arrives)),
        crash,
        TimePasses,
        Keep { follow_up: F },
        edit(),
        claim(),
        decide(Accepted(Fate::Arrives)),
    ];
    violates(ONCE, Mistake::AnEndedLeaseSendsAgain, Options::small(), &story);
}

#[test]
fn ses_is_asked_twice() {
    let story = [claim(), decide(AcceptedUnheard(Fate::Arrives)), decide(Accepted(Fate::Arrives))];
    violates(ONCE, Mistake::AsksSesTwice, Options::small(), &story);
}

#[test]
fn what_is_about_to_be_sent_is_recorded_as_sent() {
    let story = [claim(), decide(Silence), record()];
    violates(NO_INVENTION, Mistake::RecordsBeforeSending, Options::small(), &story);
}

#[test]
fn a_claim_takes_whatever_stands() {
    // Who is further comes last.
    let decide = Decide { sender: 0, answer: Accepted(Fate::Arrives) };
    let story = [claim(), claim(), decide, decide];
    violates(ONCE, Mistake::ClaimsWithoutCondition, Options::small(), &story);
}

/// Planned, claimed, given back and planned again: what the planner read looks like what stands, and is not.
#[test]
fn an_outcome_does_not_look_whose_claim_it_ends() {
    let wish = Plan { follow_up: F, wish: Wish::Cancel };
    let story = [wish, claim(), decide(GiveBack), record(), edit()];
    violates(OWN_CLAIM, Mistake::ForgetsTheAttempt, Options::small(), &story);
}

/// The first attempt came back. What SES says of it a second time is taken for word of the second, which has arrived.
#[test]
fn what_is_said_of_one_attempt_counts_for_another() {
    let options = Options { fates: &[Fate::ComesBack, Fate::Arrives], window: Duration::hours(27), ..Options::small() };
    let back = Hear { sending: 0, word: Word::Unavailable };
    let story = [
        claim(),
        decide(Accepted(Fate::ComesBack)),
        back,
        edit(),
        Crash { sender: 1 },
        TimePasses,
        claim(),
        decide(Accepted(Fate::Arrives)),
        back,
        edit(),
    ];
    violates(NO_DENIAL, Mistake::BelievesAnyAttempt, options, &story);
}

/// It has arrived, and a machine says that its reader is away, which is taken for a return: it goes out again, and
/// arrives again.
#[test]
fn a_machine_is_believed() {
    let fates = &[Fate::IsAnsweredByMachine];
    let options = || Options { fates, window: Duration::minutes(105), ..Options::small() };
    let hear = |word| [Hear { sending: 0, word }, edit()];
    let accepted = || decide(Accepted(Fate::IsAnsweredByMachine));
    let heard = [hear(Word::Delivered), hear(Word::Accepted)].concat();
    let story = [&[claim(), accepted(), Crash { sender: 1 }], &heard[..]].concat();
    violates(BELIEVED, Mistake::BelievesMachines, options(), &story);
    let story = [&story[..], &[TimePasses, claim(), accepted()]].concat();
    violates(READ_ONCE, Mistake::BelievesMachines, options(), &story);
}

#[test]
fn no_answer_is_taken_for_no() {
    let unheard = || [claim(), decide(AcceptedUnheard(Fate::Arrives)), record()];
    violates(NO_DENIAL, Mistake::TakesSilenceForNo, Options::small(), &unheard());
    let story = [&unheard()[..], &unheard()[..2]].concat();
    violates(ONCE, Mistake::TakesSilenceForNo, Options::small(), &story);
}

#[test]
fn nobody_looks_at_a_doubt_again() {
    let story = [claim(), decide(Silence), record()];
    violates(NO_LIMBO, Mistake::ForgetsDoubts, Options::small(), &story);
}

#[test]
fn each_alarm_is_trusted_to_ring() {
    violates(NO_LIMBO, Mistake::TrustsAlarms, Options::small(), &[]);
}

/// A letter is on the list.
fn handed_over() -> [Action; 3] {
    [claim(), decide(HandOver), record()]
}

/// Whoever ticks it off is gone in between, and nobody has it any more.
#[test]
fn a_task_goes_off_the_list_before_its_follow_up_is_told() {
    let options = Options { channels: &[Channel::Letter, Channel::Mail], ..Options::small() };
    let story = [&handed_over()[..], &[TickOff { hand: 0, came: Came::Done }]].concat();
    violates(LISTED, Mistake::TicksOffFirst, options, &story);
}

#[test]
fn the_same_is_tried_again_where_nobody_answered() {
    let options = Options { channels: &[Channel::Letter, Channel::Mail], ..Options::small() };
    let again = [TickOff { hand: 0, came: Came::NoAnswer }, edit(), TimePasses];
    let story = [&handed_over()[..], &again, &handed_over()].concat();
    violates(HANDED_ONCE, Mistake::ForgetsWhatWasTried, options, &story);
}
