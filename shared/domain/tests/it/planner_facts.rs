//! What changes a plan that stands: cancels, opt-outs, second purchases, another programme.

use crate::planner::{check, check_planned};
use crate::support::{Story, at, id, order, paid, programme, shop};
use wasurena_domain::customer::Closed;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::purchase::{Moments, Report};

#[test]
fn a_cancel_cancels_everything() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").cancels("a", "2026-12-01 18:00");
    check(
        &story,
        &[
            "thanks-first 2026-12-02 10:00 cancelled purchase_undone",
            "arrival 2026-12-08 10:00 cancelled purchase_undone",
            "usage 2026-12-15 10:00 cancelled purchase_undone",
        ],
    );
    assert_eq!((story.plan.closed, story.plan.review_at), (Some(Closed::NoPurchase), None));
    story.buys("b", "2026-12-20 12:00");
    assert_eq!(story.planned()[0], "thanks-first 2026-12-21 10:00");
}

#[test]
fn a_cancelled_order_hands_on_to_the_other_of_its_occasion() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys_another("b", "plate", "2026-12-01 13:00");
    story.cancels("a", "2026-12-01 18:00");
    let planned = ["thanks-first 2026-12-02 10:00", "arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"];
    check_planned(&story, &planned);
    let for_b = |f: &&FollowUp| f.purchase == Some(crate::support::key("b"));
    assert_eq!(story.follow_ups.iter().filter(for_b).count(), 3);
}

#[test]
fn an_opt_out_cancels_everything_and_can_be_taken_back() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").opts_out("2026-12-05 12:00");
    check(
        &story,
        &[
            "thanks-first 2026-12-02 10:00 sent",
            "arrival 2026-12-08 10:00 cancelled opted_out",
            "usage 2026-12-15 10:00 cancelled opted_out",
        ],
    );
    assert_eq!((story.plan.closed, story.plan.review_at), (Some(Closed::OptedOut), None));
    story.comes_back("2026-12-05 12:01");
    check_planned(&story, &["arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"]);
    // Later, what is past stays past, and the rest goes on.
    story.opts_out("2026-12-06 12:00").comes_back("2026-12-16 12:00");
    check(
        &story,
        &[
            "thanks-first 2026-12-02 10:00 sent",
            "arrival 2026-12-08 10:00 cancelled opted_out",
            "usage 2026-12-17 10:00 planned",
            "letter-1 2027-01-12 10:00 planned",
        ],
    );
}

#[test]
fn after_an_opt_out_there_is_silence() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").opts_out("2026-12-05 12:00").until("2028-12-01 12:00");
    assert_eq!(story.sent.len(), 1);
    story.buys("b", "2028-12-02 12:00").until("2029-12-01 12:00");
    assert_eq!(story.sent.len(), 1, "for good: a new purchase brings nobody back");
}

#[test]
fn a_second_order_within_a_week_adds_nothing() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-03 12:00");
    let before = story.diary();
    story.buys("b", "2026-12-03 12:00");
    assert_eq!((story.diary(), story.plan.changes.len()), (before, 0));
    story.buys("c", "2026-12-08 12:00");
    assert_eq!(story.plan.changes.len(), 0, "day 7 is within");
}

#[test]
fn a_second_occasion_is_thanked_as_such() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-20 12:00");
    // The same product: nobody is told twice how to use it.
    check_planned(
        &story,
        &[
            "thanks-second 2026-12-21 10:00",
            "arrival 2026-12-27 10:00",
            "letter-1 2027-01-12 10:00",
            "news-1 2027-01-19 10:00",
        ],
    );
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys_another("b", "plate", "2026-12-20 12:00");
    assert_eq!(story.planned()[2], "usage 2027-01-03 10:00");
    story.buys("c", "2027-01-10 12:00");
    assert_eq!(story.planned()[0], "thanks-again 2027-01-11 10:00");
}

#[test]
fn who_cancels_and_buys_the_same_thing_again_is_told_how_to_use_it() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").cancels("a", "2026-12-01 18:00").buys("b", "2026-12-01 19:00");
    story.until("2026-12-20 12:00");
    let sent: Vec<&str> = story.sent.iter().map(|(_, step, _)| step.as_str()).collect();
    assert_eq!(sent, ["thanks-first", "arrival", "usage"]);
}

#[test]
fn nobody_is_told_twice_how_to_use_the_same_thing() {
    // While the first explanation is still ahead, after it, and years later, when the purchase is forgotten.
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-12 12:00").buys("c", "2027-03-01 12:00");
    for n in 0..20 {
        story.buys_another(&format!("plate-{n:02}"), "plate", &format!("{}-{:02}-01 12:00", 2028 + n / 12, n % 12 + 1));
    }
    story.buys("d", "2030-03-01 12:00").until("2030-06-01 12:00");
    assert!(story.customer.bought(&crate::support::key("a")).is_none());
    let usage = story.sent.iter().filter(|(_, step, _)| step.as_str() == "usage").count();
    assert_eq!(usage, 2, "one for the cup, one for the plate");
}

#[test]
fn what_may_have_been_told_is_not_told_again() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-14 12:00");
    let usage = story.follow_ups.iter_mut().find(|f| f.step == id("usage")).unwrap();
    (usage.state, usage.reason) = (State::Skipped, Some(Reason::UnknownWhetherSent));
    story.buys("b", "2026-12-20 12:00");
    assert!(!story.planned().iter().any(|line| line.starts_with("usage")));
    // Where it certainly was not sent, the second purchase has it.
    let usage = story.follow_ups.iter_mut().find(|f| f.step == id("usage")).unwrap();
    usage.reason = Some(Reason::CannotRender);
    story.plan_now();
    assert!(story.planned().contains(&"usage 2027-01-03 10:00".to_owned()));
}

#[test]
fn an_earlier_order_that_comes_to_light_is_not_thanked_again() {
    let mut story = Story::new();
    story.buys("b", "2026-12-01 12:00").until("2026-12-02 12:00");
    story.hears(paid("a", order(at("2026-12-01 11:00"))));
    assert!(!story.planned().iter().any(|line| line.contains("thanks")));
    story.until("2027-01-01 12:00");
    assert_eq!(story.sent.len(), 3);
}

#[test]
fn a_thing_that_is_paid_for_on_delivery_begins_when_it_is_there() {
    let mut story = Story::new();
    let mut report = paid("a", order(at("2026-12-01 12:00")));
    report.moments.unpaid_seen_at = report.moments.paid_seen_at;
    report.moments.paid_seen_at = Some(at("2026-12-10 12:00"));
    report.moments.arrived_at = Some(at("2026-12-02 12:00"));
    story
        .until("2026-12-02 12:00")
        .hears(Report { moments: Moments { paid_seen_at: None, ..report.moments }, ..report.clone() });
    assert_eq!(story.planned()[..2], ["thanks-first 2026-12-03 10:00", "arrival 2026-12-06 10:00"]);
    // That the money comes a week later changes nothing.
    let before = story.diary();
    story.hears(report);
    assert_eq!(story.diary(), before);
}

#[test]
fn of_two_orders_of_one_occasion_the_new_thing_is_explained() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2027-02-01 12:00");
    story.buys("b", "2027-02-03 12:00").buys_another("c", "plate", "2027-02-04 12:00");
    assert!(story.planned().contains(&"usage 2027-02-18 10:00".to_owned()), "{:?}", story.planned());
}

#[test]
fn nobody_is_thanked_twice_for_one_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-20 12:00").until("2026-12-21 12:00");
    // The first purchase comes back: the second is now the first, but it has been thanked for.
    story.cancels("a", "2026-12-21 18:00").until("2027-01-10 12:00");
    let thanks: Vec<&str> = story.sent.iter().map(|(_, s, _)| s.as_str()).filter(|s| s.contains("thanks")).collect();
    assert_eq!((thanks, story.tasks), (vec!["thanks-first", "thanks-second"], vec![]));
}

#[test]
fn promotion_ends_with_the_second_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-20 12:00").cancels("b", "2026-12-22 12:00");
    assert!(story.diary().contains(&"news-1 2027-01-19 10:00 cancelled replanned".to_owned()));
    story.until("2028-12-01 12:00");
    assert!(story.sent.iter().all(|(_, step, _)| !step.as_str().contains("news")));
}

#[test]
fn a_step_that_is_gone_is_cancelled_and_comes_back_with_the_step() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    story.programme.steps.retain(|s| s.id != id("arrival"));
    story.plan_now();
    assert_eq!(story.diary()[1], "arrival 2026-12-08 10:00 cancelled step_gone");
    story.programme = programme();
    story.plan_now();
    assert_eq!(story.planned()[1], "arrival 2026-12-08 10:00");
}

#[test]
fn a_step_added_later_is_not_missed_by_old_purchases() {
    let mut story = Story::new();
    story.programme.steps.retain(|s| s.id != id("arrival"));
    story.buys("a", "2026-12-01 12:00").until("2027-02-01 12:00");
    story.programme = programme();
    story.plan_now();
    assert_eq!((story.plan.changes.len(), story.tasks.len()), (0, 0));
}

#[test]
fn consent_taken_back_ends_the_rhythm_and_only_that() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-15 10:00");
    check_planned(&story, &["letter-1 2027-01-12 10:00"]);
    let mut denied = order(at("2026-12-16 12:00"));
    denied.consent = wasurena_domain::purchase::Consent::Denied;
    story.until("2026-12-16 12:00").hears(paid("b", denied));
    assert!(story.diary().contains(&"letter-1 2027-01-12 10:00 cancelled no_consent".to_owned()));
    check_planned(&story, &["thanks-second 2026-12-17 10:00", "arrival 2026-12-23 10:00"]);
}

#[test]
fn wall_clocks_stay_when_clocks_change() {
    let mut berlin = shop();
    berlin.zone = chrono_tz::Europe::Berlin;
    let mut story = Story::of(berlin, programme());
    story.buys("a", "2026-02-10 12:00").until("2026-12-31 12:00");
    let times: std::collections::BTreeSet<&str> = {
        let diary = story.diary();
        diary.iter().map(|line| if line.contains(" 10:00 ") { "10:00" } else { "another" }).collect()
    };
    assert_eq!(times.into_iter().collect::<Vec<_>>(), ["10:00"]);
    let utc: std::collections::BTreeSet<String> =
        story.sent.iter().map(|(_, _, at)| at.format("%H:%M").to_string()).collect();
    assert_eq!(utc.into_iter().collect::<Vec<_>>(), ["08:00", "09:00"]);
    assert!(story.sent.len() > 12);
}
