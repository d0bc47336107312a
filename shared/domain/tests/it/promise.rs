//! The promises to a new customer: kept, still open, impossible with a reason, or broken.

use crate::support::{Story, day, id};
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::ledger::Said;
use wasurena_domain::promise::{Promise, Promises, promises};

/// How the promises stand at the end of a story that begins with a purchase on 2026-12-01 at noon.
#[track_caller]
fn check(tell: impl FnOnce(&mut Story), expected: Option<(Promise, Promise)>) {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    tell(&mut story);
    let found = promises(&story.shop, &story.customer, &story.follow_ups, &story.ledger, story.now);
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

/// What the ledger says, where nothing was ever planned that could have a reason of its own.
#[test]
fn impossible_where_only_the_ledger_knows_why() {
    let all = |reason| Some((Promise::Impossible(reason), Promise::Impossible(reason)));
    let check_again = |tell: fn(&mut Story), expected| {
        let again = |s: &mut Story| {
            // The first order is called off; the other is the first purchase now, and nothing is planned for it.
            s.cancels("a", "2026-12-01 13:00");
            tell(s);
            s.buys("b", "2026-12-03 12:00").until("2027-01-31 00:00");
        };
        check(again, expected);
    };
    let stops = |s: &mut Story| {
        s.opts_out("2026-12-02 08:00");
    };
    check_again(stops, all(Reason::OptedOut));
    let complains = |s: &mut Story| {
        s.until("2026-12-02 08:00").post_says(Said::Complained);
    };
    check_again(complains, all(Reason::Complained));
    // Who bounces has the reason on each message that was planned, and says it again where none was.
    let bounces = |s: &mut Story| {
        s.until("2026-12-02 08:00").post_says(Said::Bounced);
    };
    check_again(bounces, all(Reason::AddressBounced));
}

#[test]
fn impossible_where_the_purchase_that_was_followed_up_is_called_off() {
    // Two orders of one week: the messages are those of the first, and it comes back when their time is over.
    let called_off = |s: &mut Story| {
        s.buys("b", "2026-12-04 12:00").cancels("a", "2026-12-30 12:00").until("2027-01-31 00:00");
    };
    let undone = Promise::Impossible(Reason::PurchaseUndone);
    check(called_off, Some((undone, undone)));
}

#[test]
fn a_word_that_came_when_the_time_was_over_explains_nothing() {
    let stops_late = |s: &mut Story| {
        s.until("2027-01-30 00:00");
        for step in ["thanks-first", "arrival", "usage"] {
            forget_reason(s, step);
        }
        s.opts_out("2027-01-30 12:00").post_says(Said::Complained);
    };
    check(stops_late, Some((Promise::Broken, Promise::Broken)));
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
    assert_eq!(promises(&story.shop, &story.customer, &story.follow_ups, &story.ledger, story.now), None);
}
