//! The promises to a new customer: kept, still open, impossible with a reason, or broken.

use crate::support::{Story, day, id};
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::promise::{Promise, Promises, promises};

/// How the promises stand at the end of a story that begins with a purchase on 2026-12-01 at noon.
#[track_caller]
fn check(tell: impl FnOnce(&mut Story), expected: Option<(Promise, Promise)>) {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    tell(&mut story);
    let found = promises(&story.shop, &story.customer, &story.follow_ups, story.now);
    assert_eq!(found, expected.map(|(thanks, contact)| Promises { thanks, contact }));
}

fn forget_reason(story: &mut Story, step: &str) {
    let follow_up = story.follow_ups.iter_mut().find(|f| f.step == id(step)).unwrap();
    (follow_up.state, follow_up.reason, follow_up.sent_at) = (State::Expired, None, None);
}

#[test]
fn kept_and_open() {
    use Promise::{Kept, Open};
    check(
        |s| {
            s.until("2026-12-01 13:00");
        },
        Some((Open, Open)),
    );
    check(
        |s| {
            s.until("2026-12-02 11:00");
        },
        Some((Kept, Open)),
    );
    check(
        |s| {
            s.until("2027-01-31 00:00");
        },
        Some((Kept, Kept)),
    );
}

#[test]
fn impossible_with_its_reason() {
    let all = |reason| Some((Promise::Impossible(reason), Promise::Impossible(reason)));
    let cancelled = |s: &mut Story| {
        s.cancels("a", "2026-12-01 13:00").until("2027-01-31 00:00");
    };
    check(cancelled, all(Reason::PurchaseUndone));
    let stopped = |s: &mut Story| {
        s.opts_out("2026-12-01 13:00").until("2027-01-31 00:00");
    };
    check(stopped, all(Reason::OptedOut));
}

#[test]
fn broken_where_nothing_says_why() {
    let without_thanks = |s: &mut Story| {
        s.until("2027-01-31 00:00");
        forget_reason(s, "thanks-first");
    };
    check(without_thanks, Some((Promise::Broken, Promise::Kept)));
    let without_contact = |s: &mut Story| {
        s.until("2027-01-31 00:00");
        forget_reason(s, "arrival");
        forget_reason(s, "usage");
    };
    check(without_contact, Some((Promise::Kept, Promise::Broken)));
}

#[test]
fn nothing_is_promised_to_who_bought_before() {
    let mut story = Story::new();
    story.shop.start_date = day("2027-02-01");
    story.buys("a", "2026-12-01 12:00").buys("b", "2027-03-01 12:00").until("2027-04-30 00:00");
    assert_eq!(promises(&story.shop, &story.customer, &story.follow_ups, story.now), None);
}
