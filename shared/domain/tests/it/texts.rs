//! The texts of a step that comes with each occasion: in turn, each once for a customer, and the owner hears of the last.

use crate::support::{Story, at, id, key, order, paid, programme, shop};
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::programme::{Programme, check};

/// The sample programme, whose thanks from the third purchase on have three texts.
fn with_texts() -> Programme {
    let mut programme = programme();
    let again = programme.steps.iter_mut().find(|step| step.id == id("thanks-again")).unwrap();
    again.texts = vec![id("thanks-light"), id("thanks-paper")];
    assert_eq!(check(&programme), []);
    programme
}

/// The thanks from the third purchase on: which text, and what came of it.
fn thanks(story: &Story) -> Vec<(&str, State, Option<Reason>)> {
    let mut thanks: Vec<&FollowUp> = story.follow_ups.iter().filter(|f| f.step == id("thanks-again")).collect();
    thanks.sort_by_key(|f| f.slot);
    thanks.into_iter().map(|f| (f.letter().as_str(), f.state, f.reason)).collect()
}

/// Somebody who buys on the first of each of so many months.
fn buys(story: &mut Story, times: u32) {
    for n in 1..=times {
        story.buys_another(&format!("order-{n}"), &format!("thing-{n}"), &format!("2027-{n:02}-01 12:00"));
    }
}

#[test]
fn nobody_gets_the_same_text_twice() {
    let mut story = Story::of(shop(), with_texts());
    buys(&mut story, 6);
    story.until("2027-06-20 12:00");
    let sent = State::Sent;
    let expected = [
        ("thanks-again", sent, None),
        ("thanks-light", sent, None),
        ("thanks-paper", sent, None),
        ("thanks-again", State::Skipped, Some(Reason::NoFreshLetter)),
    ];
    assert_eq!(thanks(&story), expected, "{:?}", story.diary());
}

#[test]
fn the_owner_is_asked_for_a_fresh_text_as_soon_as_somebody_gets_the_last() {
    let mut story = Story::of(shop(), with_texts());
    let asked =
        |story: &Story| story.tasks.iter().any(|task| task.contains("write_letter") && task.contains("thanks-again"));
    buys(&mut story, 4);
    assert!(!asked(&story), "{:?}", story.tasks);
    story.buys_another("order-5", "thing-5", "2027-05-01 12:00");
    assert!(asked(&story), "{:?}", story.tasks);
}

#[test]
fn a_text_that_did_not_go_out_is_fresh() {
    let mut story = Story::of(shop(), with_texts());
    buys(&mut story, 3);
    story.cancels("order-3", "2027-03-01 13:00").until("2027-04-01 00:00");
    story.buys_another("order-4", "thing-4", "2027-04-01 12:00").until("2027-04-10 12:00");
    let sent: Vec<&str> =
        thanks(&story).into_iter().filter(|(_, state, _)| state.has_left()).map(|(text, ..)| text).collect();
    assert_eq!(sent, ["thanks-again"], "{:?}", story.diary());
}

#[test]
fn two_occasions_that_become_known_at_once_have_two_texts() {
    let mut story = Story::of(shop(), with_texts());
    buys(&mut story, 2);
    story.until("2027-03-01 11:00");
    story.hears(paid("a", order(at("2027-02-20 12:00"))));
    story.hears(paid("b", order(at("2027-03-01 10:00"))));
    let texts: Vec<&str> = thanks(&story).into_iter().map(|(text, ..)| text).collect();
    let mut different = texts.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), texts.len(), "{:?}", story.diary());
    assert!(story.customer.bought(&key("b")).is_some());
}
