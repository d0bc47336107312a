//! The rhythm: a fixed weekday, whole weeks apart, each letter once, and nobody dropped when they run out.

use crate::planner::check_planned;
use crate::support::{Story, at, day};
use chrono::{Datelike, Duration, NaiveDate, Weekday};
use wasurena_domain::calendar::day_of;
use wasurena_domain::follow_up::State;

/// The days on which letters of a series were sent.
fn days(story: &Story, prefix: &str) -> Vec<NaiveDate> {
    let sent = story.sent.iter().filter(|(_, step, _)| step.as_str().starts_with(prefix));
    sent.map(|(_, _, at)| day_of(*at, story.shop.zone)).collect()
}

fn gaps(days: &[NaiveDate]) -> Vec<i64> {
    days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect()
}

#[test]
fn the_rhythm_keeps_its_weekday_and_its_distance() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2028-12-01 12:00");
    let days = days(&story, "letter");
    assert_eq!((days.len(), days[0]), (12, day("2027-01-19")), "the first Tuesday 28 days after usage");
    assert!(days.iter().all(|d| d.weekday() == Weekday::Tue));
    assert_eq!(gaps(&days), [28; 11]);
}

#[test]
fn a_missed_day_is_left_out_and_the_rhythm_stays() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2027-01-20 12:00");
    check_planned(&story, &["letter-2 2027-02-16 10:00"]);
    // Nobody is at home for two months; then the sender finds the letter past its window.
    story.sleeps_until("2027-04-01 12:00").run_to(at("2027-04-01 12:00"));
    assert!(story.diary().contains(&"letter-2 2027-02-16 10:00 expired window_over".to_owned()));
    check_planned(&story, &["letter-3 2027-04-13 10:00"]);
    assert_eq!((day("2027-04-13") - day("2027-01-19")).num_days() % 28, 0);
}

#[test]
fn a_late_letter_does_not_shift_the_rhythm() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2027-01-20 12:00");
    story.sleeps_until("2027-02-18 12:00").run_to(at("2027-06-01 12:00"));
    assert_eq!(gaps(&days(&story, "letter")), [30, 26, 28, 28]);
}

#[test]
fn a_letter_that_is_late_keeps_its_day_until_its_sender_has_judged_it() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2027-01-20 12:00");
    story.sleeps_until("2027-02-18 12:00").plan_now();
    assert_eq!(story.plan.changes, []);
    check_planned(&story, &["letter-2 2027-02-16 10:00"]);
}

#[test]
fn news_begins_again_a_month_after_another_second_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2027-01-05 12:00").until("2027-02-05 12:00");
    story.cancels("b", "2027-04-01 12:00").buys("c", "2027-05-01 12:00");
    assert!(story.planned().contains(&"news-2 2027-05-31 10:00".to_owned()), "{:?}", story.planned());
}

#[test]
fn after_the_last_letter_the_customer_waits_and_the_owner_is_told() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2027-11-23 10:00");
    assert_eq!(days(&story, "letter").last(), Some(&day("2027-11-23")));
    check_planned(&story, &[]);
    assert_eq!(story.review_in_days(), Some(14), "14 days before the thirteenth would be due");
    assert_eq!(story.tasks, Vec::<String>::new());
    story.until("2027-12-07 10:00");
    let task = &story.plan.tasks[0];
    assert_eq!((task.kind.name(), task.about.as_str(), task.due), ("write_letter", "letters", day("2027-12-21")));
    assert!(story.plan.review_at.is_some());
    // A new letter goes out on the next day of the rhythm.
    let mut letter = story.programme.series[0].letters[0].clone();
    letter.id = crate::support::id("letter-13");
    story.programme.series[0].letters.push(letter);
    story.plan_now();
    check_planned(&story, &["letter-13 2027-12-21 10:00"]);
}

#[test]
fn a_dry_series_is_noticed_while_another_goes_on() {
    let mut story = Story::new();
    story.programme.series[0].letters.truncate(1);
    story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-20 12:00").until("2027-01-19 10:00");
    check_planned(&story, &["news-2 2027-04-20 10:00"]);
    assert_eq!(story.plan.review_at.unwrap().start(), at("2027-01-26 10:00"));
    story.until("2027-01-26 10:00");
    assert_eq!(story.tasks, ["write_letter#shop#letters"]);
}

#[test]
fn news_begins_a_month_after_the_second_purchase() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").buys("b", "2027-01-05 12:00").until("2028-06-01 12:00");
    let days = days(&story, "news");
    assert_eq!((days.len(), days[0]), (4, day("2027-02-04")));
    assert_eq!(gaps(&days), [91; 3]);
}

#[test]
fn many_purchases_do_not_starve_the_rhythm() {
    let mut story = Story::new();
    let mut ordered = at("2026-12-01 12:00");
    for n in 0..60 {
        let wall = ordered.with_timezone(&story.shop.zone).format("%Y-%m-%d %H:%M").to_string();
        story.buys(&format!("order-{n}"), &wall);
        ordered += Duration::days(8);
    }
    let days = days(&story, "letter");
    assert_eq!((days.len(), gaps(&days)), (12, vec![28; 11]));
}

#[test]
fn other_messages_make_way_for_the_weekday() {
    // Usage of a second purchase would fall on the Tuesday of the second letter.
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").buys_another("b", "plate", "2027-02-02 12:00");
    story.until("2027-02-10 12:00");
    check_planned(&story, &["letter-2 2027-02-16 10:00", "usage 2027-02-17 10:00", "news-1 2027-03-04 10:00"]);
}

#[test]
fn a_letter_cancelled_by_an_opt_out_is_the_next_after_coming_back() {
    let mut story = Story::new();
    story.buys("a", "2026-12-03 12:00").until("2027-01-20 12:00");
    story.opts_out("2027-02-01 12:00").comes_back("2027-05-01 12:00");
    check_planned(&story, &["letter-2 2027-05-11 10:00"]);
    assert_eq!(story.follow_ups.iter().filter(|f| f.state == State::Planned).count(), 1);
}
