//! Apprenticeship: what nobody has approved waits, as long as it can, and is told to a person before a promise breaks.

use crate::support::{Story, at, day, follow_up, id};
use wasurena_domain::apprenticeship::{APPROVALS_NEEDED, Approvals, pressing_task, tasks};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::policy::{Decision, Moment, decide};

fn apprentice() -> Story {
    let mut story = Story::new();
    story.shop.apprenticeship = true;
    story
}

fn counted(step: &str, times: u32) -> Approvals {
    let mut approvals = Approvals::none();
    (0..times).for_each(|_| approvals.add(&id(step)));
    approvals
}

/// The decision about the question of 2026-12-08 10:00, until the end of the 15th, at a moment.
fn decision(wall: &str, change: impl FnOnce(&mut Story, &mut FollowUp)) -> Decision {
    let mut story = apprentice();
    story.buys("a", "2026-12-01 12:00").sleeps_until(wall);
    let mut question = FollowUp { state: State::Claimed, ..follow_up() };
    change(&mut story, &mut question);
    decide(&question, &story.moment())
}

#[track_caller]
fn check(wall: &str, change: impl FnOnce(&mut Story, &mut FollowUp), expected: Decision) {
    assert_eq!(decision(wall, change), expected, "{wall}");
}

fn slot(wall: &str) -> Decision {
    Decision::Move(Slot::at_or_after(at(wall)))
}

#[test]
fn what_nobody_approved_waits_from_day_to_day_and_on_its_last_until_the_evening() {
    let nobody = |_: &mut Story, _: &mut FollowUp| ();
    check("2026-12-08 10:00", nobody, slot("2026-12-09 10:00"));
    check("2026-12-14 10:00", nobody, slot("2026-12-15 10:00"));
    check("2026-12-15 10:00", nobody, slot("2026-12-15 20:00"));
    check("2026-12-15 19:50", nobody, slot("2026-12-15 20:00"));
    check("2026-12-15 19:51", nobody, Decision::Skip(Reason::NotApproved));
    check("2026-12-15 20:00", nobody, Decision::Skip(Reason::NotApproved));
    check("2026-12-16 00:00", nobody, Decision::Expire);
}

#[test]
fn an_approval_counts_until_the_step_needs_none_and_nothing_else_is_decided_by_it() {
    let ten = "2026-12-08 10:00";
    check(ten, |_, f| f.approved_at = Some(at("2026-12-07 21:00")), Decision::Send);
    check(ten, |s, _| s.approvals = counted("arrival", APPROVALS_NEEDED), Decision::Send);
    check(ten, |s, _| s.approvals = counted("arrival", APPROVALS_NEEDED - 1), slot("2026-12-09 10:00"));
    check(ten, |s, _| s.approvals = counted("usage", APPROVALS_NEEDED), slot("2026-12-09 10:00"));
    check(ten, |s, _| s.shop.apprenticeship = false, Decision::Send);
    // An approval says that a mail is as it should be, not that it may go to this person now.
    let stops = |s: &mut Story, f: &mut FollowUp| {
        f.approved_at = Some(s.now);
        s.customer.opted_out_at = Some(s.now);
    };
    check(ten, stops, Decision::Skip(Reason::OptedOut));
    check(ten, |s, _| s.customer.opted_out_at = Some(s.now), Decision::Skip(Reason::OptedOut));
    let mut story = apprentice();
    story.buys("a", "2026-12-01 12:00").sleeps_until(ten);
    let question = FollowUp { state: State::Claimed, ..follow_up() };
    assert_eq!(decide(&question, &Moment { stopped: true, ..story.moment() }), Decision::Hold);
}

#[test]
fn r1_r2_a_promise_that_nobody_approved_is_left_to_a_person() {
    let mut story = apprentice();
    story.buys("a", "2026-12-01 12:00").until("2026-12-04 19:59");
    assert!(story.tasks.is_empty(), "{:?}", story.tasks);
    story.until("2026-12-04 20:00");
    let thanks = story.follow_ups.iter().find(|f| f.step == id("thanks-first")).unwrap();
    assert_eq!((thanks.state, thanks.reason), (State::Skipped, Some(Reason::NotApproved)));
    assert_eq!(story.tasks, [format!("keep_promise#{}#{}", story.customer.id, thanks.id)]);
    // The question's end breaks nothing while the usage can still keep R1; that it does not does.
    story.until("2026-12-20 12:00");
    assert_eq!(story.tasks.len(), 1, "{:?}", story.diary());
    story.until("2026-12-23 00:00");
    assert_eq!(story.tasks.len(), 2, "{:?}", story.diary());
    assert!(story.sent.is_empty());
}

#[test]
fn a_letter_that_nobody_approved_is_fresh_at_its_series_next_day() {
    let mut story = apprentice();
    story.approves = true;
    story.buys("a", "2026-12-03 12:00").until("2027-01-18 12:00");
    let letter = story.follow_ups.iter_mut().find(|f| f.step == id("letter-1")).unwrap();
    (letter.approved_at, story.approves) = (None, false);
    story.until("2027-01-26 12:00");
    let letters =
        |story: &Story| story.planned().into_iter().filter(|line| line.starts_with("letter")).collect::<Vec<_>>();
    assert_eq!(letters(&story), ["letter-1 2027-02-16 10:00"]);
    story.approves = true;
    story.plan_now().until("2027-02-17 12:00");
    let sent = story.sent.iter().filter(|(_, step, _)| *step == id("letter-1")).count();
    assert_eq!((sent, letters(&story)), (1, vec!["letter-2 2027-03-16 10:00".to_owned()]));
}

#[test]
fn the_owner_is_asked_once_for_each_step_by_the_day_before() {
    let mut story = apprentice();
    story.buys("a", "2026-12-01 12:00");
    let asked = tasks(&story.shop, &counted("arrival", APPROVALS_NEEDED), &story.plan.changes);
    let told: Vec<(String, chrono::NaiveDate)> = asked.iter().map(|task| (task.key(), task.due)).collect();
    let expected = [("thanks-first", "2026-12-01"), ("usage", "2026-12-14")];
    assert_eq!(told, expected.map(|(step, due)| (format!("approve_mails#shop#{step}"), day(due))));
    story.shop.apprenticeship = false;
    assert_eq!(tasks(&story.shop, &Approvals::none(), &story.plan.changes), []);
    let pressing = pressing_task(&story.shop, &follow_up());
    assert_eq!((pressing.due, pressing.about), (day("2026-12-15"), follow_up().id.to_string()));
}
