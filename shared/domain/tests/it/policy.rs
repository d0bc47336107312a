//! The decision at the last moment, reason by reason.

use crate::support::{Story, at, follow_up, id, order, paid};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::policy::{Decision, Moment, decide};
use wasurena_domain::programme::Class;
use wasurena_domain::purchase::Consent;

/// A customer who bought on 2026-12-01, and their follow-up claimed for 2026-12-08 10:00 (until the 15th).
struct Scene {
    story: Story,
    follow_up: FollowUp,
    stopped: bool,
}

impl Scene {
    fn new(wall: &str) -> Self {
        let mut story = Story::new();
        story.buys("a", "2026-12-01 12:00").sleeps_until(wall);
        Self { story, follow_up: FollowUp { state: State::Claimed, ..follow_up() }, stopped: false }
    }

    /// Another message of the customer, in a state, sent at a time or due at it.
    fn other(mut self, state: State, wall: &str) -> Self {
        let sent_at = state.has_left().then(|| at(wall));
        let other = self.story.follow_ups.iter_mut().find(|f| f.step == id("usage")).unwrap();
        (other.state, other.slot, other.sent_at) = (state, Slot::at_or_after(at(wall)), sent_at);
        self
    }

    fn decide(&self) -> Decision {
        decide(&self.follow_up, &Moment { stopped: self.stopped, ..self.story.moment() })
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Scene), expected: Decision) {
    let mut scene = Scene::new("2026-12-08 10:00");
    change(&mut scene);
    assert_eq!(scene.decide(), expected);
}

fn as_letter(scene: &mut Scene, name: &str, class: Class) {
    scene.follow_up.step = id(name);
    scene.follow_up.series = Some(id("letters"));
    scene.follow_up.purchase = None;
    scene.follow_up.class = class;
}

fn slot(wall: &str) -> Decision {
    Decision::Move(Slot::at_or_after(at(wall)))
}

#[test]
fn what_moves_at_the_last_moment_passes_over_quiet_days_where_its_window_allows() {
    let quiet = |days: &[u32]| {
        let mut scene = Scene::new("2026-12-08 20:01");
        scene.story.shop.holidays =
            days.iter().filter_map(|day| chrono::NaiveDate::from_ymd_opt(2026, 12, *day)).collect();
        scene
    };
    assert_eq!(quiet(&[9, 10]).decide(), slot("2026-12-11 09:00"));
    assert_eq!(quiet(&[9, 10, 11, 12, 13, 14]).decide(), slot("2026-12-15 09:00"));
    let all = [9, 10, 11, 12, 13, 14, 15];
    assert_eq!(quiet(&all).decide(), slot("2026-12-09 09:00"), "a quiet day is better than none");
    let mut apology = quiet(&all[..2]);
    apology.follow_up.class = Class::Remedy;
    assert_eq!(apology.decide(), slot("2026-12-09 09:00"), "an apology does not wait");
    let heard = quiet(&all[..2]).other(State::Sent, "2026-12-08 10:00");
    assert_eq!(heard.decide(), slot("2026-12-11 10:00"));
}

#[test]
fn every_no_has_its_reason() {
    let skip = Decision::Skip;
    check(|_| (), Decision::Send);
    check(|s| s.stopped = true, Decision::Hold);
    check(|s| s.story.programme.steps.retain(|step| step.id != id("arrival")), skip(Reason::StepGone));
    check(|s| s.story.customer.opted_out_at = Some(s.story.now), skip(Reason::OptedOut));
    check(|s| s.story.customer.email = None, skip(Reason::NoMailAddress));
    check(|s| s.story.customer.purchases[0].undone = true, skip(Reason::PurchaseUndone));
    check(|s| s.story.customer.purchases.clear(), skip(Reason::PurchaseUndone));
    check(|s| s.story.customer.consent = Consent::Unknown, Decision::Send);
    for consent in [Consent::Unknown, Consent::Denied] {
        let without = |s: &mut Scene| {
            as_letter(s, "letter-1", Class::Greeting);
            s.story.customer.consent = consent;
        };
        check(without, skip(Reason::NoConsent));
    }
    check(|s| as_letter(s, "letter-1", Class::Greeting), Decision::Send);
    check(|s| as_letter(s, "news-1", Class::Promotion), skip(Reason::BeforeSecondPurchase));
    // What counts is what the current programme says a step is, not what it was when it was planned.
    check(|s| as_letter(s, "news-1", Class::Greeting), skip(Reason::BeforeSecondPurchase));
}

#[test]
fn an_undone_purchase_does_not_stop_another() {
    let mut scene = Scene::new("2026-12-08 10:00");
    let other = paid("b", order(at("2026-12-07 12:00")));
    let cancelled = wasurena_domain::purchase::Moments { cancelled_at: Some(at("2026-12-07 18:00")), ..other.moments };
    scene.story.hears(wasurena_domain::purchase::Report { moments: cancelled, ..other });
    assert_eq!(scene.decide(), Decision::Send);
}

#[test]
fn promotion_waits_for_the_second_occasion() {
    let mut scene = Scene::new("2026-12-08 10:00");
    as_letter(&mut scene, "news-1", Class::Promotion);
    scene.story.hears(paid("b", order(at("2026-12-08 09:00"))));
    assert_eq!(scene.decide(), Decision::Skip(Reason::BeforeSecondPurchase), "day 7 is the same occasion");
    scene.story.hears(paid("c", order(at("2026-12-09 09:00"))));
    assert_eq!(scene.decide(), Decision::Send);
}

#[test]
fn quiet_hours_move_and_windows_end() {
    for (wall, expected) in [
        ("2026-12-08 08:59", slot("2026-12-08 09:15")),
        ("2026-12-08 07:00", slot("2026-12-08 09:00")),
        ("2026-12-08 09:00", Decision::Send),
        ("2026-12-08 20:00", Decision::Send),
        ("2026-12-08 20:01", slot("2026-12-09 09:00")),
        ("2026-12-15 20:00", Decision::Send),
        ("2026-12-15 20:01", Decision::Expire),
        ("2026-12-15 08:00", slot("2026-12-15 09:00")),
        ("2026-12-16 00:00", Decision::Expire),
        ("2026-12-16 10:00", Decision::Expire),
    ] {
        assert_eq!(Scene::new(wall).decide(), expected, "{wall}");
    }
}

#[test]
fn one_message_a_day() {
    let ten = "2026-12-08 10:00";
    let tomorrow = slot("2026-12-09 10:00");
    for (state, wall, expected) in [
        (State::Sent, "2026-12-08 09:15", tomorrow),
        (State::Delivered, "2026-12-08 00:05", tomorrow),
        (State::Bounced, "2026-12-08 09:15", tomorrow),
        (State::InDoubt, "2026-12-08 09:15", tomorrow),
        (State::InDoubt, "2026-12-07 09:15", Decision::Send),
        (State::Sent, "2026-12-07 23:55", Decision::Send),
        (State::Planned, "2026-12-08 09:15", Decision::Send),
        // Two senders that each wait for the other would both wait for ever.
        (State::Claimed, "2026-12-08 10:00", Decision::Send),
        (State::Skipped, "2026-12-08 09:15", Decision::Send),
    ] {
        assert_eq!(Scene::new(ten).other(state, wall).decide(), expected, "{state:?} {wall}");
    }
    // On its last day it makes way for what was there first.
    let last = Scene::new("2026-12-15 10:00").other(State::Sent, "2026-12-15 09:15");
    assert_eq!(last.decide(), Decision::Skip(Reason::TooOften));
    let early = Scene::new("2026-12-15 08:00").other(State::Sent, "2026-12-15 00:15");
    assert_eq!(early.decide(), Decision::Skip(Reason::TooOften));
}

#[test]
fn r1_goes_before_one_message_a_day_until_it_is_kept() {
    let last_day = |heard: &str| {
        let mut scene = Scene::new("2026-12-22 10:00");
        scene.follow_up = scene.story.follow_ups.iter().find(|f| f.step == id("usage")).unwrap().clone();
        let other = scene.story.follow_ups.iter_mut().find(|f| f.step == id(heard)).unwrap();
        (other.state, other.sent_at) = (State::Sent, Some(at("2026-12-22 09:15")));
        scene.decide()
    };
    assert_eq!(last_day("thanks-first"), Decision::Send);
    assert_eq!(last_day("arrival"), Decision::Skip(Reason::TooOften), "the question has kept it");
}
