//! The rules of following up, one by one and by their numbers, as somebody's story: what a reader of docs/rules.md may check.
//! What a rule forbids in a programme's files stands in `check.rs` and in the tests of the letters.

use crate::support::{Story, at, id, key, order, paid};
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use wasurena_domain::customer::{Closed, Ruling, Standing};
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::CartId;
use wasurena_domain::ledger::Said;
use wasurena_domain::programme::Class;
use wasurena_domain::purchase::{Moments, Report};

/// What was sent to somebody: step and days after 2026-12-01.
fn sent(story: &Story) -> Vec<(String, i64)> {
    let days = |at: &DateTime<Utc>| (civil(story, *at) - civil(story, self::at("2026-12-01 12:00"))).num_days();
    story.sent.iter().map(|(_, step, at)| (step.to_string(), days(at))).collect()
}

/// The shop's day.
fn civil(story: &Story, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&story.shop.zone).date_naive()
}

/// Somebody who bought on 2026-12-01, until a day.
fn bought_once_until(wall: &str) -> Story {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until(wall);
    story
}

/// Somebody who bought on 2026-12-01 and on 2027-01-20, until a day.
fn bought_twice_until(wall: &str) -> Story {
    let mut story = bought_once_until("2027-01-20 09:00");
    story.buys("b", "2027-01-20 12:00").until(wall);
    story
}

#[test]
fn r1_a_new_customer_hears_again_within_21_days() {
    let story = bought_once_until("2027-01-01 00:00");
    let after_thanks = sent(&story).into_iter().filter(|(step, days)| step != "thanks-first" && *days <= 21);
    assert!(after_thanks.count() >= 1, "{:?}", sent(&story));
}

#[test]
fn r2_the_thanks_go_out_within_3_days_and_not_before_the_next_morning() {
    assert_eq!(sent(&bought_once_until("2026-12-05 00:00")), [("thanks-first".to_owned(), 1)]);
    let mut known_late = Story::new();
    known_late.until("2026-12-03 20:00").hears(paid("a", order(at("2026-12-01 12:00"))));
    assert_eq!(sent(known_late.until("2026-12-05 00:00")), [("thanks-first".to_owned(), 3)]);
}

#[test]
fn r3_the_second_message_comes_two_to_three_weeks_after_the_purchase() {
    let usage: Vec<i64> = sent(&bought_once_until("2027-01-01 00:00"))
        .into_iter()
        .filter(|(step, _)| step == "usage")
        .map(|(_, d)| d)
        .collect();
    assert!(matches!(usage[..], [14..=21]), "{usage:?}");
}

#[test]
fn r4_from_the_third_on_every_few_weeks_on_a_fixed_weekday_until_they_say_stop() {
    let mut story = bought_once_until("2027-11-01 00:00");
    let letters: Vec<_> = story.sent.iter().filter(|(_, step, _)| step.as_str().starts_with("letter")).collect();
    assert_eq!(letters.len(), 11, "{letters:?}");
    let days: Vec<_> = letters.iter().map(|(_, _, at)| civil(&story, *at)).collect();
    assert!(days.iter().all(|day| day.weekday() == Weekday::Tue), "{days:?}");
    assert!(days.windows(2).all(|two| (two[1] - two[0]).num_days() == 28), "{days:?}");
    assert_eq!(story.planned().len(), 1, "the next is planned ahead");
    story.opts_out("2027-11-01 00:00");
    assert!(story.planned().is_empty());
}

#[test]
fn r10_whoever_gives_no_sign_of_life_is_not_forgotten() {
    let mut story = bought_once_until("2028-06-01 00:00");
    // The letters that are written have all been sent: the owner is asked for the next, and it goes out.
    assert!(story.tasks.iter().any(|task| task.contains("letter")), "{:?}", story.tasks);
    let before = story.sent.len();
    let mut next = story.programme.series[0].letters[0].clone();
    next.id = id("letter-13");
    story.programme.series[0].letters.push(next);
    story.plan_now().until("2028-08-01 00:00");
    assert_eq!(story.sent.len(), before + 1);
}

#[test]
fn r11_the_question_follows_the_things_arrival_not_the_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").arrives("a", "2026-12-05 15:00");
    assert!(story.planned().contains(&"arrival 2026-12-09 10:00".to_owned()), "{:?}", story.planned());
}

#[test]
fn r13_the_second_message_is_about_using_the_thing() {
    let story = bought_once_until("2027-01-01 00:00");
    let class = |step: &str| story.programme.class_of(&id(step));
    let about_it = |step: &str| matches!(class(step), Some(Class::Survey | Class::Usage));
    let after_thanks: Vec<_> = sent(&story).into_iter().skip(1).map(|(step, _)| step).collect();
    assert!(!after_thanks.is_empty() && after_thanks.iter().all(|step| about_it(step)), "{after_thanks:?}");
}

#[test]
fn r14_no_promotion_before_second_purchase() {
    let once = bought_once_until("2028-12-01 00:00");
    assert!(sent(&once).iter().all(|(step, _)| !step.starts_with("news")), "{:?}", sent(&once));
    // Called off again, the second purchase is none.
    let mut undone = bought_twice_until("2027-01-21 00:00");
    undone.cancels("b", "2027-01-21 12:00").until("2028-12-01 00:00");
    assert!(sent(&undone).iter().all(|(step, _)| !step.starts_with("news")), "{:?}", sent(&undone));
}

#[test]
fn r15_after_it_news_is_mixed_with_what_is_useful() {
    let twice = sent(&bought_twice_until("2027-12-01 00:00"));
    let of = |kind: &str| twice.iter().filter(|(step, _)| step.starts_with(kind)).count();
    assert!(of("news") >= 3 && of("letter") > of("news"), "{twice:?}");
}

#[test]
fn r26_where_the_mail_fails_a_postcard_is_written() {
    let mut story = bought_once_until("2026-12-02 11:00");
    story.post_says(Said::Bounced).until("2027-02-01 00:00");
    assert_eq!(story.sent.len(), 1, "{:?}", sent(&story));
    let asked = |kind: &str| story.tasks.iter().any(|task| task.contains(kind));
    assert!(asked("write_postcard") && asked("find_address"), "{:?}", story.tasks);
}

#[test]
fn r28_while_a_case_is_open_everything_cheerful_stops() {
    let mut story = bought_once_until("2026-12-05 12:00");
    let returned = Moments { returned_at: Some(story.now), ..Moments::default() };
    story.hears(Report::new(key("a"), None, returned)).until("2027-01-10 00:00");
    assert_eq!(story.sent.len(), 1, "the thanks, before: {:?}", sent(&story));
    assert!(story.tasks.iter().any(|task| task.contains("case")), "{:?}", story.tasks);
    story.settles("2027-01-10 00:00").until("2027-06-01 00:00");
    assert!(story.sent.len() > 1, "settled, the letters go on");
}

#[test]
fn r30_who_has_said_stop_is_not_brought_back_by_buying() {
    let mut story = bought_once_until("2026-12-03 00:00");
    story.opts_out("2026-12-03 00:00").buys("b", "2027-01-20 12:00").until("2028-01-01 00:00");
    assert_eq!(story.sent.len(), 1, "{:?}", sent(&story));
    assert!(story.diary().iter().all(|line| !line.ends_with("planned")), "{:?}", story.diary());
}

#[test]
fn r32_purchases_of_two_carts_are_one_customers() {
    let mut story = bought_once_until("2027-01-20 09:00");
    let mut elsewhere = paid("b", order(at("2027-01-20 12:00")));
    elsewhere.key.cart = CartId::parse("shopify").unwrap();
    story.until("2027-01-20 12:00").hears(elsewhere).until("2027-01-22 00:00");
    assert_eq!(story.customer.occasions(&story.shop).len(), 2);
    assert_eq!(story.sent.last().unwrap().1, id("thanks-second"));
}

#[test]
fn r33_a_customer_is_one_from_the_moment_of_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    assert_eq!(story.planned().len(), 3, "{:?}", story.planned());
}

#[test]
fn r36_whom_the_shop_leaves_alone_is_left_alone_on_record() {
    let mut story = bought_once_until("2026-12-01 13:00");
    story.rules("a", Ruling::LeaveAlone).until("2027-06-01 00:00");
    assert!(story.sent.is_empty(), "{:?}", sent(&story));
    let reasons: Vec<_> = story.follow_ups.iter().map(|f| f.reason).collect();
    assert_eq!(reasons, [Some(Reason::NoPurchase); 3]);
    let bought = &story.customer.purchases[0];
    assert_eq!((bought.standing, story.plan.closed), (Standing::LeftAlone, Some(Closed::NoPurchase)));
}
