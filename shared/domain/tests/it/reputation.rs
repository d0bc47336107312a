//! What bounces and complaints do to a shop's mails.

use crate::story::Story;
use crate::support::{programme, shop};
use wasurena_domain::follow_up::Reason;
use wasurena_domain::planner::why::{Ground, why};
use wasurena_domain::reputation::{Standing, Tally, Trouble, warm_up_limit};

fn of(sent: u64, bounced: u64, complained: u64) -> Standing {
    Tally { sent, bounced, complained }.standing()
}

#[test]
fn one_alone_proves_nothing_and_from_two_on_the_rate_decides() {
    for (tally, standing) in [
        ((0, 0, 0), Standing::Good),
        ((10, 1, 1), Standing::Good),
        ((2_001, 0, 2), Standing::Good),
        ((2_000, 0, 2), Standing::Watched(Trouble::Complaints)),
        ((667, 0, 2), Standing::Watched(Trouble::Complaints)),
        ((666, 0, 2), Standing::AtRisk(Trouble::Complaints)),
        ((67, 2, 0), Standing::Good),
        ((66, 2, 0), Standing::Watched(Trouble::Bounces)),
        ((40, 2, 0), Standing::AtRisk(Trouble::Bounces)),
        // Of two troubles the worse one, whichever it is.
        ((66, 2, 2), Standing::AtRisk(Trouble::Complaints)),
        ((1_900, 100, 2), Standing::AtRisk(Trouble::Bounces)),
        // What was sent is older than what is counted of it.
        ((0, 0, 2), Standing::AtRisk(Trouble::Complaints)),
    ] {
        let (sent, bounced, complained) = tally;
        assert_eq!(of(sent, bounced, complained), standing, "{tally:?}");
    }
}

#[test]
fn a_new_domain_begins_with_fifty_mails_and_is_free_after_a_month() {
    assert_eq!(warm_up_limit(1), Some(50));
    assert_eq!(warm_up_limit(2), Some(50));
    assert_eq!(warm_up_limit(3), Some(75));
    assert!((1..30).all(|day| warm_up_limit(day) <= warm_up_limit(day + 1)));
    assert!(warm_up_limit(30).is_some());
    assert_eq!(warm_up_limit(31), None);
}

fn at_risk() -> Story {
    let mut story = Story::of(shop(), programme());
    story.is_at_risk = true;
    story
}

#[test]
fn at_risk_only_what_is_owed_goes_out() {
    let mut story = at_risk();
    story.buys("a", "2026-12-01 12:00").until("2027-03-20 12:00");
    // The thanks are owed (R2), and one message within 21 days (R1). The question waits until the other has its day, and no letter of a
    // series goes out.
    assert_eq!(story.sent_steps(), ["12-02 10:00 thanks-first", "12-15 10:00 usage"]);
    let diary = story.diary();
    assert!(diary.contains(&"arrival 2026-12-15 20:00 cancelled too_often".to_owned()), "{diary:?}");
}

#[test]
fn what_waited_goes_out_when_the_name_is_better_and_why_says_so_meanwhile() {
    let mut story = at_risk();
    story.buys("a", "2026-12-01 12:00").until("2026-12-10 12:00");
    let accounts = why(&story.situation(), &story.until_told());
    let arrival = accounts.iter().find(|account| account.step.as_str() == "arrival").unwrap();
    assert!(arrival.grounds.contains(&Ground::Waits(Reason::ReputationAtRisk)), "{arrival:?}");
    story.is_at_risk = false;
    story.until("2026-12-12 12:00");
    assert_eq!(story.sent_steps().last().unwrap(), "12-11 10:00 arrival");
}
