//! Stages of the relationship (R34): what they follow from, and that a message for one stage goes to nobody at another
//! (R36), neither when it is planned nor at the moment of sending.

use crate::planner::check_planned;
use crate::support::{Story, at, id};
use chrono::Weekday;
use std::collections::BTreeSet;
use wasurena_domain::customer::Stage;
use wasurena_domain::follow_up::{FollowUp, Reason};
use wasurena_domain::policy::{Decision, decide};
use wasurena_domain::programme::Rhythm;
use wasurena_domain::shop::Stages;

fn only(stages: &[Stage]) -> Option<BTreeSet<Stage>> {
    Some(stages.iter().copied().collect())
}

/// A story with so many occasions, thirty days apart, the last on 2026-12-01.
fn bought(times: i64) -> Story {
    let mut story = Story::new();
    story.shop.start_date = crate::support::day("2020-01-01");
    for n in (0..times).rev() {
        let wall = (at("2026-12-01 12:00") - chrono::Duration::days(30 * n)).with_timezone(&story.shop.zone);
        story.buys(&format!("order-{n}"), &wall.format("%Y-%m-%d %H:%M").to_string());
    }
    story
}

#[test]
fn r34_the_stage_follows_from_occasions_and_time() {
    for (times, wall, expected) in [
        (0, "2026-12-01 12:00", Stage::Prospect),
        (1, "2026-12-01 12:00", Stage::First),
        (2, "2026-12-01 12:00", Stage::Repeat),
        (3, "2026-12-01 12:00", Stage::Regular),
        (5, "2026-12-01 12:00", Stage::Regular),
        (6, "2026-12-01 12:00", Stage::Loyal),
        (20, "2026-12-01 12:00", Stage::Loyal),
        (1, "2027-11-30 23:59", Stage::First),
        (1, "2027-12-01 00:00", Stage::Dormant),
        (6, "2027-12-01 00:00", Stage::Dormant),
    ] {
        let story = bought(times);
        assert_eq!(story.customer.stage(&story.shop, at(wall)), expected, "{times} occasions, {wall}");
    }
}

#[test]
fn a_shop_says_what_is_regular_and_how_long_is_long() {
    let mut story = bought(4);
    let stage = |story: &Story, wall| story.customer.stage(&story.shop, at(wall));
    story.shop.stages = Stages { regular_from: 4, loyal_from: 5, dormant_after_days: 100 };
    assert_eq!(stage(&story, "2026-12-01 12:00"), Stage::Regular);
    story.shop.stages.regular_from = 5;
    assert_eq!(stage(&story, "2026-12-01 12:00"), Stage::Repeat);
    story.shop.stages.loyal_from = 4;
    assert_eq!(stage(&story, "2026-12-01 12:00"), Stage::Loyal);
    assert_eq!(stage(&story, "2027-03-10 12:00"), Stage::Loyal);
    assert_eq!(stage(&story, "2027-03-11 12:00"), Stage::Dormant);
}

#[test]
fn what_does_not_count_makes_no_stage() {
    let mut story = bought(2);
    story.cancels("order-0", "2026-12-02 12:00");
    assert_eq!(story.customer.stage(&story.shop, at("2026-12-02 12:00")), Stage::First);
    // Its day does not count either: the last purchase is that of 1 November.
    assert_eq!(story.customer.stage(&story.shop, at("2027-11-01 12:00")), Stage::Dormant);
    story.cancels("order-1", "2026-12-03 12:00");
    assert_eq!(story.customer.stage(&story.shop, at("2026-12-03 12:00")), Stage::Prospect);
}

#[test]
fn a_series_for_the_dormant_is_planned_ahead_and_waits_again_after_a_purchase() {
    let mut story = Story::new();
    story.programme.series.truncate(1);
    story.programme.series[0].stages = only(&[Stage::Dormant]);
    story.buys("a", "2026-12-01 12:00").until("2026-12-16 12:00");
    // The first Tuesday of the rhythm on which a year has passed.
    check_planned(&story, &["letter-1 2027-12-14 10:00"]);
    story.until("2027-12-20 12:00");
    check_planned(&story, &["letter-2 2028-01-11 10:00"]);
    story.buys_another("b", "plate", "2027-12-20 12:00");
    assert!(story.planned().contains(&"letter-2 2029-01-09 10:00".to_owned()), "{:?}", story.planned());
    // A year after that it goes on where it stopped: no letter was lost.
    story.until("2029-01-30 12:00");
    let letters: Vec<_> = story.sent.iter().filter(|s| s.1.as_str().starts_with("letter")).map(|s| &s.1).collect();
    assert_eq!(letters, [&id("letter-1"), &id("letter-2")]);
}

#[test]
fn a_series_for_those_who_buy_ends_when_they_do_not_and_nobody_is_dropped() {
    let mut story = Story::new();
    story.programme.series.truncate(1);
    story.programme.series[0].stages = only(&Stage::BUYING);
    story.programme.series[0].rhythm = Rhythm::Days { every: 56, weekday: Some(Weekday::Tue) };
    story.buys("a", "2026-12-01 12:00").until("2027-11-20 12:00");
    check_planned(&story, &[]);
    assert!(story.plan.review_at.is_some(), "I2: somebody would be forgotten");
    story.buys("b", "2028-01-10 12:00").until("2028-01-25 12:00");
    assert!(story.planned().iter().any(|line| line.starts_with("letter-")), "{:?}", story.planned());
}

#[test]
fn a_step_for_another_stage_is_on_record() {
    let mut story = Story::new();
    story.programme.steps[3].stages = only(&[Stage::First]);
    story.buys("a", "2026-11-01 12:00").until("2026-11-20 12:00");
    assert!(story.sent.iter().any(|(_, step, _)| *step == id("arrival")));
    story.buys_another("b", "plate", "2026-12-01 12:00");
    let on_record = "arrival 2026-12-08 10:00 skipped not_for_stage";
    assert!(story.diary().contains(&on_record.to_owned()), "{:?}", story.diary());
    // The second purchase is called off: the first asked already, and the second asks nothing any more.
    story.cancels("b", "2026-12-02 12:00");
    assert!(story.diary().contains(&on_record.to_owned()), "{:?}", story.diary());
}

#[test]
fn who_buys_again_meanwhile_gets_what_is_for_the_new_stage() {
    let mut story = Story::new();
    story.programme.steps[4].stages = only(&[Stage::First]);
    story.buys("a", "2026-12-01 12:00").buys_another("b", "plate", "2026-12-10 12:00");
    let usage = |story: &Story| -> Vec<(&'static str, Option<Reason>)> {
        story.follow_ups.iter().filter(|f| f.step == id("usage")).map(|f| (f.state.name(), f.reason)).collect()
    };
    let not_meant = Some(Reason::NotForStage);
    assert_eq!(usage(&story), [("cancelled", not_meant), ("skipped", not_meant)]);
    // The second purchase is called off: the first is the first again.
    story.cancels("b", "2026-12-11 12:00");
    assert_eq!(usage(&story), [("planned", None), ("skipped", not_meant)]);
}

#[test]
fn the_stage_is_looked_at_again_when_it_is_sent() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-08 09:45");
    let arrival: FollowUp = story.follow_ups.iter().find(|f| f.step == id("arrival")).unwrap().clone();
    for (stages, expected) in [
        (None, Decision::Send),
        (only(&[Stage::First]), Decision::Send),
        (only(&[Stage::Repeat, Stage::Dormant]), Decision::Skip(Reason::NotForStage)),
    ] {
        story.programme.steps[3].stages = stages;
        story.now = at("2026-12-08 10:00");
        assert_eq!(decide(&arrival, &story.moment()), expected);
    }
    let mut letter = arrival;
    letter.step = id("letter-1");
    letter.series = Some(id("letters"));
    story.programme.series[0].stages = only(&[Stage::Loyal]);
    assert_eq!(decide(&letter, &story.moment()), Decision::Skip(Reason::NotForStage));
}
