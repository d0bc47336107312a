//! What one purchase leads to: the three steps bound to it, known early, late, or without an address.

use crate::support::{Story, at, clock, day, id, key, order, paid, programme, shop, step};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Closed;
use wasurena_domain::planner::Change;
use wasurena_domain::programme::{Anchor, Class, Start};
use wasurena_domain::purchase::{Consent, Moments, Order, Report};

#[track_caller]
pub(crate) fn check(story: &Story, expected: &[&str]) {
    assert_eq!(story.diary(), expected);
}

#[track_caller]
pub(crate) fn check_planned(story: &Story, expected: &[&str]) {
    assert_eq!(story.planned(), expected);
}

/// A purchase of 2026-12-01 12:00 that becomes known at another time.
fn known(wall: &str, change: impl FnOnce(&mut Order)) -> Story {
    let mut story = Story::new();
    let mut order = order(at("2026-12-01 12:00"));
    change(&mut order);
    story.until(wall).hears(paid("a", order));
    story
}

#[test]
fn a_first_purchase_gets_three_messages() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    check(
        &story,
        &[
            "thanks-first 2026-12-02 10:00 planned",
            "arrival 2026-12-08 10:00 planned",
            "usage 2026-12-15 10:00 planned",
        ],
    );
    assert!(story.plan.changes.iter().all(|c| matches!(c, Change::Put(_))));
    assert_eq!((story.plan.review_at, story.plan.closed, story.plan.tasks.len()), (None, None, 0));
    let deadline = |step: &str| story.follow_ups.iter().find(|f| f.step == id(step)).unwrap().deadline;
    let ends_with = |day: &str| at(&format!("{day} 23:59")) + chrono::Duration::seconds(59);
    assert_eq!(deadline("thanks-first"), ends_with("2026-12-04"));
    assert_eq!(deadline("arrival"), ends_with("2026-12-15"));
    assert_eq!(deadline("usage"), ends_with("2026-12-22"));
}

#[test]
fn an_evening_and_a_morning_are_of_the_same_day() {
    for wall in ["2026-12-01 00:10", "2026-12-01 23:50"] {
        let mut story = Story::new();
        story.buys("a", wall);
        assert_eq!(story.planned()[0], "thanks-first 2026-12-02 10:00", "{wall}");
    }
}

#[test]
fn the_question_follows_the_things_arrival() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").arrives("a", "2026-12-03 15:00");
    check_planned(&story, &["arrival 2026-12-07 10:00", "usage 2026-12-15 10:00"]);
    // Once it is asked, it is asked.
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").arrives("a", "2026-12-09 15:00");
    check_planned(&story, &["usage 2026-12-15 10:00", "letter-1 2027-01-12 10:00"]);
}

#[test]
fn arrival_moves_even_a_question_that_is_about_to_go_out() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").arrives("a", "2026-12-08 09:55");
    check_planned(&story, &["arrival 2026-12-12 10:00", "usage 2026-12-15 10:00"]);
}

#[test]
fn late_news_of_an_early_arrival_goes_out_within_its_window() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-07 12:00");
    let moments = Moments { arrived_at: Some(at("2026-12-02 12:00")), ..Moments::default() };
    story.hears(Report::new(key("a"), None, moments));
    check_planned(&story, &["arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"]);
}

#[test]
fn a_purchase_known_late_is_thanked_while_there_is_time() {
    let first = |wall: &str| known(wall, |_| ()).diary().remove(0);
    assert_eq!(first("2026-12-02 09:45"), "thanks-first 2026-12-02 10:00 planned");
    assert_eq!(first("2026-12-02 09:51"), "thanks-first 2026-12-03 10:00 planned");
    assert_eq!(first("2026-12-03 15:00"), "thanks-first 2026-12-04 10:00 planned");
    // Day 3: the same day, as soon as an alarm can be set.
    assert_eq!(first("2026-12-04 15:00"), "thanks-first 2026-12-04 15:15 planned");
    assert_eq!(first("2026-12-04 19:50"), "thanks-first 2026-12-04 20:00 planned");
    // The shop has closed.
    assert_eq!(first("2026-12-04 19:51"), "thanks-first 2026-12-02 10:00 expired known_too_late");
    assert_eq!(first("2026-12-06 09:00"), "thanks-first 2026-12-02 10:00 expired known_too_late");
}

#[test]
fn what_cannot_be_kept_any_more_is_a_task() {
    let story = known("2026-12-06 09:00", |_| ());
    check_planned(&story, &["arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"]);
    let task = &story.plan.tasks[0];
    assert_eq!((task.kind.name(), task.why.name(), task.due), ("keep_promise", "known_too_late", day("2026-12-04")));
    assert_eq!(story.plan.tasks.len(), 1);
}

#[test]
fn a_purchase_known_after_all_its_windows_still_leads_to_the_rhythm() {
    let mut story = known("2026-12-22 11:00", |_| ());
    check_planned(&story, &["usage 2026-12-22 11:15", "letter-1 2027-01-12 10:00"]);
    // Sent that late, it takes the rhythm with it: 28 days lie between them.
    story.until("2026-12-22 12:00");
    check_planned(&story, &["letter-1 2027-01-19 10:00"]);
}

#[test]
fn what_an_outage_of_the_planner_has_missed_goes_on_record() {
    let mut story = known("2026-12-20 12:00", |_| ());
    story.follow_ups.clear();
    story.sleeps_until("2026-12-25 09:00").plan_now();
    check_planned(&story, &["letter-1 2027-01-12 10:00"]);
    let expired = |line: &&String| line.ends_with("expired known_too_late");
    assert_eq!((story.diary().iter().filter(expired).count(), story.plan.tasks.len()), (3, 3));
}

#[test]
fn where_nothing_is_near_the_next_message_is_written() {
    let mut programme = programme();
    programme.series[0].start = Start::AfterPurchase { days: 100 };
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00").until("2026-12-15 10:00");
    check_planned(&story, &["letter-1 2027-03-16 10:00"]);
    assert_eq!(story.plan.review_at, None);
    // It is kept up to date like any other.
    story.programme.series[0].at = clock("11:00");
    story.plan_now();
    check_planned(&story, &["letter-1 2027-03-16 11:00"]);
    story.programme.series[0].at = clock("10:00");
    // Also where windows have passed unused.
    let mut late = Story::of(story.shop.clone(), story.programme.clone());
    late.until("2026-12-22 19:55").hears(paid("a", order(at("2026-12-01 12:00"))));
    check_planned(&late, &["letter-1 2027-03-16 10:00"]);
    // And where an opt-out is taken back.
    late.opts_out("2026-12-23 12:00").comes_back("2026-12-24 12:00");
    check_planned(&late, &["letter-1 2027-03-16 10:00"]);
}

#[test]
fn without_an_address_there_is_a_postcard_to_write() {
    let story = known("2026-12-01 12:00", |order| order.buyer.email = None);
    check(
        &story,
        &[
            "thanks-first 2026-12-02 10:00 skipped no_mail_address",
            "arrival 2026-12-08 10:00 skipped no_mail_address",
            "usage 2026-12-15 10:00 skipped no_mail_address",
        ],
    );
    let tasks: Vec<_> = story.plan.tasks.iter().map(|t| (t.kind.name(), t.about.as_str())).collect();
    assert_eq!(tasks, [("write_postcard", "standard/a")]);
    assert_eq!(story.review_in_days(), Some(60));
}

#[test]
fn an_address_that_becomes_known_revives_what_is_still_in_time() {
    let mut story = known("2026-12-01 12:00", |order| order.buyer.email = None);
    let mut order = order(at("2026-12-01 12:00"));
    order.version_at = at("2026-12-05 12:00");
    story.until("2026-12-05 12:00").hears(paid("a", order));
    check_planned(&story, &["arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"]);
}

#[test]
fn without_consent_there_is_nothing_beyond_the_purchase() {
    for consent in [Consent::Unknown, Consent::Denied] {
        let mut story = known("2026-12-01 12:00", |order| order.consent = consent);
        assert_eq!(story.planned().len(), 3, "{consent:?}");
        story.until("2026-12-15 10:00");
        check_planned(&story, &[]);
        assert_eq!((story.sent.len(), story.review_in_days()), (3, Some(60)), "{consent:?}");
        // Nobody is forgotten: there is always a next look.
        story.until("2028-12-01 12:00");
        assert!(story.plan.review_at.is_some() && story.sent.len() == 3, "{consent:?}");
    }
}

#[test]
fn history_is_left_alone_but_looked_at() {
    let mut story = Story::new();
    story.until("2026-12-01 12:00").hears(paid("a", order(at("2025-06-01 12:00"))));
    check(&story, &[]);
    assert_eq!((story.plan.closed, story.review_in_days()), (None, Some(60)));
    // A new order of an old customer is their second occasion.
    story.buys("b", "2026-12-10 12:00");
    assert_eq!(story.planned()[0], "thanks-second 2026-12-11 10:00");
}

#[test]
fn an_order_before_the_start_date_does_not_delay_the_thanks_for_one_after_it() {
    let mut story = Story::new();
    story.until("2026-01-01 08:00").hears(paid("old", order(at("2025-12-28 12:00"))));
    check(&story, &[]);
    story.buys("new", "2026-01-03 12:00");
    let expected = ["thanks-first 2026-01-04 10:00", "arrival 2026-01-10 10:00", "usage 2026-01-17 10:00"];
    check_planned(&story, &expected);
}

#[test]
fn nobody_gets_two_messages_on_one_day_while_another_is_free() {
    // Known on day 10 as having arrived that day: asked on day 14, as usage is.
    let mut story = Story::new();
    let mut report = paid("a", order(at("2026-12-01 12:00")));
    report.moments.arrived_at = Some(at("2026-12-11 09:00"));
    story.until("2026-12-11 12:00").hears(report);
    let days: Vec<String> = story.planned().iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(days, ["2026-12-15", "2026-12-16", "2027-01-12"]);
}

#[test]
fn two_on_one_day_become_one() {
    let mut programme = programme();
    programme.steps.push(step("care", Class::Usage, Anchor::Purchase, (1, None), (1, 1)));
    programme.steps[0].latest_day = 1;
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00");
    let expected = [
        "care 2026-12-02 10:00 skipped too_often",
        "thanks-first 2026-12-02 10:00 planned",
        "arrival 2026-12-08 10:00 planned",
        "usage 2026-12-15 10:00 planned",
    ];
    check(&story, &expected);
    assert_eq!(story.until("2026-12-02 10:00").sent.len(), 1);
    // Only what is missed of a promise is a task.
    assert_eq!(story.tasks, Vec::<String>::new());
}

#[test]
fn planning_again_changes_nothing_where_days_are_scarce() {
    // Three messages for two days; ids decide who chooses first, so all orders are tried.
    for n in 0..12 {
        let mut programme = programme();
        programme.steps.push(step(&format!("late-{n}"), Class::Usage, Anchor::Purchase, (1, None), (0, 2)));
        programme.steps.push(step(&format!("care-{n}"), Class::Usage, Anchor::Purchase, (1, None), (1, 2)));
        programme.steps[0].latest_day = 2;
        let mut story = Story::of(shop(), programme);
        story.buys("a", "2026-12-01 12:00").plan_now();
        assert_eq!(story.plan.changes, [], "late-{n}");
        assert_eq!(story.until("2026-12-03 23:00").sent.len(), 3);
    }
}

#[test]
fn a_follow_up_that_was_moved_is_not_moved_back() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-02 10:00");
    let survey = story.follow_ups.iter_mut().find(|f| f.step == id("arrival")).unwrap();
    survey.slot = Slot::at_or_after(at("2026-12-10 11:30"));
    // Facts change on day 7, after its own day has come.
    story.sleeps_until("2026-12-08 12:00").plan_now();
    check_planned(&story, &["arrival 2026-12-10 11:30", "usage 2026-12-15 10:00", "letter-1 2027-01-12 10:00"]);
}

#[test]
fn what_was_moved_to_the_day_of_a_promise_moves_on() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-02 10:00");
    let survey = story.follow_ups.iter_mut().find(|f| f.step == id("arrival")).unwrap();
    survey.slot = Slot::at_or_after(at("2026-12-15 10:00"));
    story.sleeps_until("2026-12-09 12:00").plan_now();
    check_planned(&story, &["arrival 2026-12-10 10:00", "usage 2026-12-15 10:00", "letter-1 2027-01-12 10:00"]);
}

#[test]
fn nothing_is_planned_outside_the_shops_hours() {
    for (time, expected) in [("05:00", "09:00"), ("23:00", "20:00"), ("20:00", "20:00")] {
        let mut programme = programme();
        programme.steps[0].at = clock(time);
        let mut story = Story::of(shop(), programme);
        story.buys("a", "2026-12-01 12:00");
        assert_eq!(story.planned()[0], format!("thanks-first 2026-12-02 {expected}"));
    }
}

#[test]
fn a_customer_without_purchases_is_closed() {
    let mut story = Story::new();
    story.plan_now();
    assert_eq!((story.plan.closed, story.plan.review_at), (Some(Closed::NoPurchase), None));
}
