//! Another edition of the programme, while customers are under way: nobody gets a text twice because something was renamed or
//! moved, and nobody loses one because it was added later.

use crate::dated::{dated, season};
use crate::story::Story;
use crate::support::{id, programme, shop, step};
use wasurena_domain::almanac::Greeting;
use wasurena_domain::programme::{Anchor, Class, SeriesLetter};

/// Everything of a name that was sent, in its order.
fn sent<'s>(story: &'s Story, prefix: &str) -> Vec<&'s str> {
    story.sent.iter().map(|(_, step, _)| step.as_str()).filter(|step| step.starts_with(prefix)).collect()
}

/// Somebody who has had the first two letters, the last on 9 February.
fn reader() -> Story {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2027-02-20 12:00");
    assert_eq!(sent(&story, "letter"), ["letter-1", "letter-2"]);
    story
}

#[test]
fn a_letter_put_in_before_those_that_were_sent_comes_next_and_the_rest_after_it() {
    let mut story = reader();
    let before = story.planned();
    let new = SeriesLetter { id: id("letter-new"), class: Class::Story, issued: None };
    story.programme.series[0].letters.insert(0, new);
    story.plan_now().until("2027-05-01 12:00");
    assert_eq!(sent(&story, "letter"), ["letter-1", "letter-2", "letter-new", "letter-3"]);
    assert!(before[0].starts_with("letter-3 2027-03-09"), "{before:?}");
}

#[test]
fn a_series_under_another_name_sends_no_text_again() {
    let mut story = reader();
    story.programme.series[0].id = id("tuesdays");
    story.plan_now().until("2027-05-01 12:00");
    assert_eq!(sent(&story, "letter"), ["letter-1", "letter-2", "letter-3", "letter-4"]);
}

#[test]
fn a_letter_that_moves_to_another_series_is_not_sent_again_and_holds_nothing_up() {
    let mut story = reader();
    let moved = story.programme.series[0].letters.remove(1);
    story.buys("b", "2027-02-21 12:00");
    story.programme.series[1].letters =
        vec![moved, SeriesLetter { id: id("news-own"), class: Class::Promotion, issued: None }];
    story.plan_now().until("2027-05-01 12:00");
    assert_eq!(sent(&story, "letter-2").len(), 1);
    assert_eq!(sent(&story, "news"), ["news-own"]);
}

#[test]
fn a_date_under_another_name_is_not_greeted_twice() {
    let mut programme = programme();
    programme.series.clear();
    programme.dated = vec![dated("winter", season(Greeting::MidWinter), Class::Greeting, 3)];
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00").until("2027-01-10 12:00");
    assert_eq!(sent(&story, "winter"), ["winter-1"]);
    story.programme.dated[0].id = id("kanchu");
    story.plan_now().until("2028-03-01 12:00");
    assert_eq!(sent(&story, "winter"), ["winter-1", "winter-2"]);
}

#[test]
fn a_step_that_is_added_comes_to_whoever_still_has_its_time_ahead() {
    let added = || step("added", Class::Story, Anchor::Purchase, (1, None), (5, 6));
    let rows: [(&str, &[&str]); 3] = [
        ("2026-11-10 12:00", &[]),
        ("2026-12-01 12:00", &["added 2026-12-06 10:00 expired known_too_late"]),
        ("2026-12-06 12:00", &["added 2026-12-11 10:00 sent"]),
    ];
    for (bought, expected) in rows {
        let mut story = Story::new();
        story.buys("a", bought).until("2026-12-10 12:00");
        story.programme.steps.push(added());
        story.plan_now().until("2027-02-01 12:00");
        let lines: Vec<String> = story.diary().into_iter().filter(|line| line.starts_with("added")).collect();
        assert_eq!(lines, expected, "{bought}");
    }
}
