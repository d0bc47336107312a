//! How often a customer hears from the shop (R8): gap, caps and collisions, case by case; and that they hold together with
//! the promises of R1 and R2 in every programme that `check` accepts.

use crate::check::shown;
use crate::planner::{check as check_diary, check_planned};
use crate::scenarios::any_programme;
use crate::support::{Story, at, day, id, key, order, paid, programme, shop, step};
use chrono::{Duration, NaiveDate};
use proptest::prelude::*;
use std::collections::BTreeSet;
use wasurena_domain::calendar::day_of;
use wasurena_domain::customer::Stage;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::planner::plan;
use wasurena_domain::programme::{Anchor, Cap, Class, OncePer, Programme, check};
use wasurena_domain::purchase::{Line, Moments, Report};
use wasurena_domain::shop::Quiet;

/// The sample programme with a gap and caps.
fn with(min_gap_days: u32, caps: &[(Stage, u32, u32)]) -> Programme {
    let mut programme = programme();
    programme.frequency.min_gap_days = min_gap_days;
    programme.frequency.caps = caps.iter().map(|(stage, max, days)| (*stage, Cap { max: *max, days: *days })).collect();
    programme
}

/// A step for every occasion.
fn extra(name: &str, class: Class, days: (u32, u32)) -> wasurena_domain::programme::Step {
    step(name, class, Anchor::Purchase, (1, None), days)
}

#[test]
fn a_gap_moves_what_has_less_priority() {
    let mut story = Story::of(shop(), with(9, &[]));
    story.buys("a", "2026-12-01 12:00");
    // Usage keeps R1 and its day; the question would be 7 days before it, and goes where it is 9 from both. There is none.
    let expected = [
        "thanks-first 2026-12-02 10:00 planned",
        "arrival 2026-12-08 10:00 skipped too_often",
        "usage 2026-12-15 10:00 planned",
    ];
    check_diary(&story, &expected);
    let mut story = Story::of(shop(), with(6, &[]));
    story.programme.steps[3].anchor = Anchor::Arrival { unknown_day: 5 };
    story.buys("a", "2026-12-01 12:00");
    check_planned(&story, &["thanks-first 2026-12-02 10:00", "arrival 2026-12-08 10:00", "usage 2026-12-15 10:00"]);
}

#[test]
fn a_cap_leaves_room_for_what_is_promised() {
    let mut story = Story::of(shop(), with(1, &[(Stage::First, 2, 30)]));
    story.programme.steps.push(extra("story", Class::Story, (10, 40)));
    story.buys("a", "2026-12-01 12:00");
    let expected = [
        "thanks-first 2026-12-02 10:00 planned",
        "arrival 2026-12-08 10:00 skipped too_often",
        "usage 2026-12-15 10:00 planned",
        // Thirty days after the thank-you.
        "story 2027-01-01 10:00 planned",
    ];
    check_diary(&story, &expected);
    assert_eq!(story.until("2027-01-05 12:00").sent.len(), 3);
}

#[test]
fn what_is_sent_counts_when_somebody_buys_again() {
    let mut story = Story::of(shop(), with(1, &[(Stage::Repeat, 3, 20)]));
    story.buys("a", "2026-12-01 12:00").until("2026-12-16 12:00");
    assert_eq!(story.sent.len(), 3);
    story.buys_another("b", "plate", "2026-12-16 13:00");
    let diary = story.diary();
    // The third of twenty days was usage, on the 15th: the thank-you finds no day within three, usage does.
    assert!(diary.contains(&"thanks-second 2026-12-17 10:00 skipped too_often".to_owned()), "{diary:?}");
    assert!(story.planned().contains(&"usage 2026-12-30 10:00".to_owned()), "{diary:?}");
    assert!(story.tasks.is_empty(), "R2 promises the thank-you for the first purchase: {:?}", story.tasks);
}

#[test]
fn a_letter_that_does_not_fit_waits_for_the_next_day_of_its_rhythm() {
    let mut story = Story::of(shop(), with(3, &[]));
    story.buys("a", "2026-12-03 12:00").until("2027-01-20 12:00");
    check_planned(&story, &["letter-2 2027-02-16 10:00"]);
    // Thanks for a second purchase on Monday or Tuesday: no day of its window is three days from the letter's.
    story.buys_another("b", "plate", "2027-02-14 12:00");
    let planned = story.planned();
    assert!(planned.contains(&"letter-2 2027-03-16 10:00".to_owned()), "{planned:?}");
    story.until("2027-03-16 12:00");
    let letters: Vec<_> = story.sent.iter().filter(|s| s.1.as_str().starts_with("letter")).map(|s| &s.1).collect();
    assert_eq!(letters, [&id("letter-1"), &id("letter-2")], "none is used up unsent");
}

#[test]
fn series_of_the_same_weekday_take_turns() {
    let mut programme = programme();
    let mut other = programme.series[0].clone();
    other.id = id("others");
    for letter in &mut other.letters {
        letter.id = id(&format!("other-{}", letter.id));
    }
    programme.series = vec![programme.series[0].clone(), other];
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-03 12:00").until("2027-12-01 12:00");
    let count = |prefix: &str| story.sent.iter().filter(|s| s.1.as_str().starts_with(prefix)).count();
    assert_eq!((count("letter-"), count("other-")), (6, 6), "{:?}", story.diary());
}

#[test]
fn a_promise_makes_way_for_an_apology_where_it_has_another_day() {
    let mut story = Story::new();
    story.programme.steps.push(extra("sorry", Class::Remedy, (1, 1)));
    story.buys("a", "2026-12-01 12:00");
    assert_eq!(story.planned()[..2], ["sorry 2026-12-02 10:00", "thanks-first 2026-12-03 10:00"]);
    // Where it has none, R2 goes before all.
    let mut story = Story::new();
    story.programme.steps.push(extra("sorry", Class::Remedy, (1, 1)));
    story.programme.steps[0].latest_day = 1;
    story.buys("a", "2026-12-01 12:00");
    assert_eq!(
        story.diary()[..2],
        ["sorry 2026-12-02 10:00 skipped too_often", "thanks-first 2026-12-02 10:00 planned"]
    );
}

#[test]
fn what_is_placed_keeps_its_slot_while_it_fits() {
    let mut story = Story::new();
    story.programme.steps.push(extra("story", Class::Story, (14, 30)));
    story.buys("a", "2026-12-01 12:00");
    assert!(story.planned().contains(&"story 2026-12-16 10:00".to_owned()), "{:?}", story.planned());
    // Usage goes two days later. The story's own day is free again, and it stays where it is.
    story.programme.steps[4].day = 16;
    story.plan_now();
    let planned = ["story 2026-12-16 10:00", "usage 2026-12-17 10:00"].map(str::to_owned);
    assert!(planned.iter().all(|line| story.planned().contains(line)), "{:?}", story.planned());
    story.plan_now();
    assert_eq!(story.plan.changes, []);
}

#[test]
fn what_made_way_comes_back_when_there_is_room_again() {
    let mut story = Story::of(shop(), with(1, &[(Stage::First, 2, 30), (Stage::Repeat, 3, 30)]));
    story.buys("a", "2026-12-01 12:00");
    let question = |story: &Story| {
        let found = story.follow_ups.iter().find(|f| f.step == id("arrival")).unwrap();
        (found.state, found.reason)
    };
    assert_eq!(question(&story), (State::Skipped, Some(Reason::TooOften)));
    story.programme.frequency.caps.clear();
    story.plan_now();
    assert_eq!(question(&story), (State::Planned, None));
}

#[test]
fn a_promise_without_a_day_of_its_own_is_a_task() {
    // Known on the third day at noon: the thank-you and the message that keeps R1 both have only today.
    let mut programme = programme();
    programme.steps[4].day = 2;
    programme.steps[4].latest_day = 4;
    programme.steps[3].anchor = Anchor::Arrival { unknown_day: 30 };
    assert_eq!(check(&programme), []);
    let mut story = Story::of(shop(), programme);
    story.programme.steps[4].latest_day = 3;
    story.until("2026-12-04 12:00").hears(paid("a", order(at("2026-12-01 12:00"))));
    assert_eq!(story.planned()[0], "thanks-first 2026-12-04 12:15");
    assert!(story.diary().contains(&"usage 2026-12-03 10:00 skipped too_often".to_owned()), "{:?}", story.diary());
    assert!(story.tasks.iter().any(|key| key.starts_with("keep_promise#")), "{:?}", story.tasks);
}

#[test]
fn a_promise_keeps_its_place_whatever_stage_the_customer_comes_to() {
    // Whoever has bought once may get as much as there is; whoever comes back only two messages in thirty days. So the
    // question makes way already now, for who buys again on day 8 is at that stage when usage goes out.
    let mut story = Story::of(shop(), with(1, &[(Stage::Repeat, 2, 30)]));
    story.buys("a", "2026-12-01 12:00");
    assert!(story.diary().contains(&"arrival 2026-12-08 10:00 skipped too_often".to_owned()), "{:?}", story.diary());
    story.buys_another("b", "plate", "2026-12-09 12:00").until("2026-12-22 12:00");
    let sent: Vec<_> = story.sent.iter().map(|(_, step, _)| step.as_str()).collect();
    assert_eq!(sent, ["thanks-first", "usage"]);
}

#[test]
fn r2_goes_before_a_cap_that_another_purchase_has_used_up() {
    let mut story = Story::of(shop(), with(1, &[(Stage::First, 3, 30)]));
    story.buys("a", "2026-12-01 12:00").cancels("a", "2026-12-15 12:00");
    assert_eq!(story.sent.len(), 3);
    story.buys_another("b", "plate", "2026-12-16 12:00");
    let diary = story.diary();
    assert!(diary.contains(&"thanks-first 2026-12-17 10:00 planned".to_owned()), "{diary:?}");
    assert!(diary.contains(&"arrival 2026-12-23 10:00 skipped too_often".to_owned()), "{diary:?}");
    assert!(story.tasks.is_empty(), "{:?}", story.tasks);
}

#[test]
fn usage_does_not_wait_for_a_thing_whose_story_comes_before_the_thanks() {
    let mut programme = programme();
    programme.steps[0].latest_day = 1;
    let mut making = extra("making", Class::Story, (1, 1));
    making.arrives_late = true;
    programme.steps.push(making);
    assert_eq!(check(&programme), []);
    let mut story = Story::of(shop(), programme);
    let mut awaited = order(at("2026-12-01 12:00"));
    awaited.promised_on = Some(day("2027-01-20"));
    story.until("2026-12-01 12:00").hears(paid("a", awaited));
    // The story shares its only day with the thank-you, and so keeps no R1: usage does.
    let diary = story.diary();
    assert!(diary.contains(&"making 2026-12-02 10:00 skipped too_often".to_owned()), "{diary:?}");
    assert!(diary.contains(&"usage 2026-12-15 10:00 planned".to_owned()), "{diary:?}");
}

#[test]
fn a_story_that_is_overtaken_by_its_parcel_leaves_a_task() {
    // Made to order: the story of day 15 keeps R1, and the cap leaves usage no room before it.
    let mut programme = with(1, &[(Stage::First, 2, 30)]);
    programme.steps.truncate(1);
    programme.steps.push(extra("usage", Class::Usage, (2, 5)));
    let mut making = extra("making", Class::Story, (15, 15));
    making.arrives_late = true;
    programme.steps.push(making);
    programme.series.clear();
    assert_eq!(check(&programme), []);
    let mut story = Story::of(shop(), programme);
    let mut awaited = order(at("2026-12-01 12:00"));
    awaited.promised_on = Some(day("2026-12-12"));
    story.until("2026-12-01 12:00").hears(paid("a", awaited));
    let expected = [
        "thanks-first 2026-12-02 10:00 planned",
        "usage 2026-12-14 10:00 skipped too_often",
        "making 2026-12-16 10:00 planned",
    ];
    check_diary(&story, &expected);
    let shipped = Moments { shipped_at: Some(at("2026-12-15 12:00")), ..Moments::default() };
    story.until("2026-12-15 12:00").hears(Report::new(key("a"), None, shipped));
    assert_eq!(story.diary()[2], "making 2026-12-16 10:00 cancelled replanned");
    assert_eq!(story.tasks.len(), 1, "{:?}", story.tasks);
    assert!(story.tasks[0].starts_with("keep_promise#"), "{:?}", story.tasks);
}

/// What `check` finds in the sample programme with a gap and caps.
#[track_caller]
pub(crate) fn check_refuses(programme: &Programme, expected: &[(&str, &str)]) {
    let findings = check(programme);
    let found: Vec<(String, &str)> = findings.iter().map(|f| (shown(f), f.what.as_str())).collect();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|((site, what), (place, part))| site == place && what.contains(part));
    assert!(fits, "{found:#?}");
}

#[test]
fn gap_and_caps_that_leave_no_room_are_refused_with_the_proof() {
    // Thanks until day 3, usage until day 21: eighteen days lie between them.
    check_refuses(&with(18, &[]), &[]);
    check_refuses(
        &with(19, &[]),
        &[(
            "R1 frequency min_gap_days",
            "a new customer whom `thanks-first` thanks on day 3 (the days before may be holidays) can hear no more before \
             day 22, and `usage`, which keeps the shop in mind, must go out on day 21 at the latest",
        )],
    );
    check_refuses(&with(1, &[(Stage::First, 1, 18)]), &[]);
    check_refuses(&with(1, &[(Stage::First, 2, 366)]), &[]);
    check_refuses(
        &with(1, &[(Stage::First, 1, 19)]),
        &[("R1 frequency first", "whoever is at the stage first gets 1 message in 19 days")],
    );
    // Whoever buys again meanwhile is at a later stage.
    check_refuses(&with(1, &[(Stage::Loyal, 1, 30)]), &[("R1 frequency loyal", "before day 33")]);
    check_refuses(&with(1, &[(Stage::Dormant, 1, 300)]), &[]);
    check_refuses(&with(0, &[]), &[("form frequency min_gap_days", "a gap of 0 days")]);
    check_refuses(&with(367, &[]), &[("form frequency min_gap_days", "longer than a year")]);
    check_refuses(&with(1, &[(Stage::Dormant, 0, 30)]), &[("form frequency dormant", "would drop out")]);
    check_refuses(&with(1, &[(Stage::First, 3, 0)]), &[("form frequency first", "3 in 0 days")]);
    // Two on one day are one, with no frequency said at all.
    let mut programme = programme();
    programme.steps[4].day = 2;
    programme.steps[4].latest_day = 3;
    check_refuses(&programme, &[("R1 frequency min_gap_days", "on day 3")]);
}

#[test]
fn the_message_that_tells_of_the_making_must_find_room_too() {
    let mut programme = with(12, &[]);
    let mut making = extra("making", Class::Story, (5, 14));
    making.arrives_late = true;
    programme.steps.push(making);
    check_refuses(&programme, &[("R1 frequency min_gap_days", "`making`, which keeps the shop in mind")]);
    programme.frequency.min_gap_days = 11;
    check_refuses(&programme, &[]);
}

/// Somebody who buys so many hours after the time before, with what is promised kept by the worst days: holidays.
fn any_purchases() -> impl Strategy<Value = Vec<(i64, u8)>> {
    let pause = prop_oneof![3 => 0..24 * 12_i64, 2 => 0..24 * 60_i64, 1 => 0..24 * 500_i64];
    proptest::collection::vec((pause, 0..6_u8), 1..9)
}

/// Plays purchases, and holds each day on which something was sent against gap and cap.
fn play(programme: Programme, purchases: &[(i64, u8)], holidays: &BTreeSet<NaiveDate>) -> Story {
    let mut story = Story::of(shop(), programme);
    story.shop.holidays.clone_from(holidays);
    story.shop.quiet = Quiet::usual();
    story.until("2026-03-01 09:00");
    let mut known_at = Vec::new();
    for (n, (hours, product)) in purchases.iter().enumerate() {
        let next = story.now + Duration::hours(*hours);
        run(&mut story, next, &known_at);
        let mut order = order(story.now);
        order.lines = vec![Line::new(Some(&format!("product-{product}")), "器", None, 1, 100)];
        story.hears(paid(&format!("order-{n}"), order));
        known_at.push(story.now);
        assert_eq!(plan(&story.situation()).changes, [], "planning twice is planning once");
    }
    let end = story.now + Duration::days(150);
    run(&mut story, end, &known_at);
    story
}

fn run(story: &mut Story, end: chrono::DateTime<chrono::Utc>, known_at: &[chrono::DateTime<chrono::Utc>]) {
    while let Some(due) = story.next_due().filter(|due| *due <= end) {
        let sent = story.sent.len();
        story.run_to(due.max(story.now));
        assert_eq!(plan(&story.situation()).changes, [], "planning twice is planning once");
        for (_, step, at) in &story.sent[sent..] {
            // A slot for which no alarm could be set any more keeps what was right when the alarm was set.
            let is_news = known_at.last().is_some_and(|known| *at - *known < Duration::minutes(25));
            if !is_news {
                holds(story, step.as_str(), day_of(*at, story.shop.zone));
            }
        }
    }
    story.run_to(end.max(story.now));
}

/// Gap and cap, on the day of a message, at the stage that the customer is at.
fn holds(story: &Story, step: &str, today: NaiveDate) {
    let frequency = &story.programme.frequency;
    let heard = story.follow_ups.iter().filter(|f| f.state.has_left());
    let ago = |f: &FollowUp| (today - day_of(f.sent_at.unwrap_or(f.slot.start()), story.shop.zone)).num_days();
    let days: Vec<i64> = heard.clone().map(ago).filter(|ago| *ago >= 0).collect();
    let near = days.iter().filter(|ago| **ago < i64::from(frequency.min_gap_days)).count();
    assert_eq!(near, 1, "{step} goes out too soon after another: {:?}", story.diary());
    let stage = story.customer.stage(&story.shop, story.now);
    if let Some(cap) = frequency.caps.get(&stage) {
        let count = days.iter().filter(|ago| **ago < i64::from(cap.days)).count();
        assert!(count <= cap.max as usize, "{step} is one too many for {stage:?} {cap:?}: {:?}", story.diary());
    }
    for (channel, cap) in &frequency.channels {
        let by_it = heard.clone().filter(|f| f.channel == *channel).map(ago);
        let count = by_it.filter(|ago| (0..i64::from(cap.days)).contains(ago)).count();
        assert!(count <= cap.max as usize, "{step} is one too many by {channel:?} {cap:?}: {:?}", story.diary());
    }
}

/// R1 and R2 of the first purchase, each wish on record, and nothing twice.
fn keeps_its_word(story: &Story) {
    let occasions = story.customer.occasions(&story.shop);
    let sent = |is_meant: fn(Class) -> bool| {
        let left = story.follow_ups.iter().filter(|f| f.state.has_left() && is_meant(f.class));
        left.map(|f| day_of(f.sent_at.unwrap_or(f.slot.start()), story.shop.zone)).min()
    };
    if story.customer.earlier_occasions == 0 {
        let first = occasions[0].day;
        let within = |at: Option<NaiveDate>, days| at.is_some_and(|at| (at - first).num_days() <= days);
        assert!(within(sent(|class| class == Class::Thanks), 3), "R2 broken: {:?}", story.diary());
        assert!(within(sent(|class| class != Class::Thanks), 21), "R1 broken: {:?}", story.diary());
    }
    let ids: BTreeSet<_> = story.sent.iter().map(|(id, _, _)| id).collect();
    assert_eq!(ids.len(), story.sent.len(), "I1: something was sent twice");
    for f in story.follow_ups.iter().filter(|f| !f.state.has_left() && !f.state.is_open()) {
        assert!(f.reason.is_some(), "I2: {} ended without a reason", f.step);
    }
    for occasion in &occasions {
        let steps = story.programme.steps.iter().filter(|s| s.occasions.contains(occasion.nth) && !s.arrives_late);
        for step in steps.filter(|s| s.once_per == OncePer::Occasion) {
            let on_record = story
                .follow_ups
                .iter()
                .any(|f| f.step == step.id && occasion.purchases.iter().any(|b| f.purchase.as_ref() == Some(&b.key)));
            assert!(on_record, "I2: {} of occasion {} is lost: {:?}", step.id, occasion.nth, story.diary());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn r8_caps_and_deadlines_hold_together(
        programme in any_programme(),
        purchases in any_purchases(),
        closed in proptest::collection::btree_set(0..60_u32, 0..20),
    ) {
        let holidays = closed.iter().map(|n| day("2026-03-01") + Duration::days(i64::from(*n))).collect();
        keeps_its_word(&play(programme, &purchases, &holidays));
    }
}
