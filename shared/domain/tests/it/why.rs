//! Why, and why not: for any customer, each message of the programme with what decided, from the code that decides.

use crate::dated::{dated, season};
use crate::support::{Story, at, day, id, key, order, paid, programme, shop, step};
use chrono::Duration;
use wasurena_domain::almanac::Greeting;
use wasurena_domain::calendar::day_of;
use wasurena_domain::customer::Stage;
use wasurena_domain::follow_up::State;
use wasurena_domain::ledger::Said;
use wasurena_domain::planner::HORIZON_DAYS;
use wasurena_domain::planner::why::{Account, Ground, Verdict, why};
use wasurena_domain::programme::{Anchor, Cap, Class, Date, Programme};
use wasurena_domain::purchase::{Consent, Delivery, Moments, Report};

/// What an answer says of a message: the verdict, what led to it, the rules.
fn told(story: &Story, account: &Account) -> String {
    let day = account.day(story.shop.zone).map(|day| format!(" {day}")).unwrap_or_default();
    let verdict = match account.verdict {
        Verdict::Went { .. } => "went".to_owned(),
        Verdict::Unknown { .. } => "unknown".to_owned(),
        Verdict::Comes { .. } => "comes".to_owned(),
        Verdict::Not(because) => format!("not: {because:?}"),
    };
    let grounds: String = account.grounds.iter().map(|ground| format!("; {}", ground_told(ground))).collect();
    let rules: String = account.rules().iter().map(|rule| format!(" R{rule}")).collect();
    format!("{verdict}{day}{grounds};{rules}")
}

fn ground_told(ground: &Ground) -> String {
    match ground {
        Ground::Counted { from, day, .. } => format!("{from:?} {day}"),
        Ground::PassedOver { day, because, by } => {
            let by = by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("not {day} {because:?}{by}")
        }
        other => format!("{other:?}"),
    }
}

/// What is said of a step in a story.
#[track_caller]
pub(crate) fn says(story: &Story, name: &str, expected: &str) {
    let accounts = why(&story.situation(), &story.until_told());
    let of_step: Vec<String> = accounts.iter().filter(|a| a.step == id(name)).map(|a| told(story, a)).collect();
    assert_eq!(of_step.join(" | "), expected, "{name}");
}

/// Somebody who bought a teacup on 2026-12-01 at noon.
fn buyer() -> Story {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    story
}

/// The same, of an order that is not like others.
fn buyer_of(change: impl FnOnce(&mut wasurena_domain::purchase::Order)) -> Story {
    let mut story = Story::new();
    let mut order = order(at("2026-12-01 12:00"));
    change(&mut order);
    story.until("2026-12-01 12:00").hears(paid("a", order));
    story
}

fn with(change: impl FnOnce(&mut Programme)) -> Story {
    let mut programme = programme();
    change(&mut programme);
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00");
    story
}

#[test]
fn why_a_message_comes_on_its_day() {
    let story = buyer();
    says(&story, "thanks-first", "comes 2026-12-02; Purchase { bought_on: 2026-12-01 } 2026-12-02; Promised; R2 R12");
    says(&story, "arrival", "comes 2026-12-08; ArrivalUnknown { bought_on: 2026-12-01 } 2026-12-08; R11 R27");
    says(&story, "usage", "comes 2026-12-15; Purchase { bought_on: 2026-12-01 } 2026-12-15; Promised; R1 R13");
    says(
        &story,
        "letter-1",
        "comes 2027-01-12; Rhythm { began_on: 2027-01-12, last_on: None, rhythm: Days { every: 28, weekday: Some(Tue) } } 2027-01-12; R4",
    );
    says(&story, "letter-2", "not: LaterText; R4");
    let mut story = buyer();
    story.arrives("a", "2026-12-03 15:00");
    says(&story, "thanks-first", "went 2026-12-02; Purchase { bought_on: 2026-12-01 } 2026-12-02; R12");
    says(
        &story,
        "arrival",
        "comes 2026-12-07; Arrival { bought_on: 2026-12-01, arrived_on: 2026-12-03 } 2026-12-07; R11 R27",
    );
    let mut story = with(|p| p.dated = vec![dated("winter", season(Greeting::MidWinter), Class::Greeting, 2)]);
    says(&story, "winter-1", "comes 2027-01-08; Date(Season { greeting: MidWinter, after_days: 0 }) 2027-01-08; R7");
    story.until("2027-02-01 12:00");
    says(&story, "winter-1", "went 2027-01-08;");
    says(
        &story,
        "winter-2",
        "comes 2028-01-08; Date(Season { greeting: MidWinter, after_days: 0 }) 2028-01-08; Missed { day: 2027-01-08, because: GreetedAlready }; R7",
    );
    says(
        &story,
        "letter-2",
        "comes 2027-02-09; Rhythm { began_on: 2027-01-12, last_on: Some(2027-01-12), rhythm: Days { every: 28, weekday: Some(Tue) } } 2027-02-09; R4",
    );
}

#[test]
fn why_a_message_comes_on_another_day_than_its_own() {
    let mut story = with(|p| {
        p.frequency.min_gap_days = 6;
        p.steps.push(step("story", Class::Story, Anchor::Purchase, (1, None), (14, 30)));
    });
    says(&story, "arrival", "comes 2026-12-08; ArrivalUnknown { bought_on: 2026-12-01 } 2026-12-08; R11 R27");
    says(
        &story,
        "story",
        "comes 2026-12-21; Purchase { bought_on: 2026-12-01 } 2026-12-15; not 2026-12-15 Near { other: 2026-12-15, gap_days: 6 } by usage; not 2026-12-16 Near { other: 2026-12-15, gap_days: 6 } by usage; not 2026-12-17 Near { other: 2026-12-15, gap_days: 6 } by usage; not 2026-12-18 Near { other: 2026-12-15, gap_days: 6 } by usage; not 2026-12-19 Near { other: 2026-12-15, gap_days: 6 } by usage; not 2026-12-20 Near { other: 2026-12-15, gap_days: 6 } by usage; R8",
    );
    story.shop.holidays = [day("2026-12-02")].into();
    story.plan_now();
    says(&story, "thanks-first", "comes 2026-12-02; Purchase { bought_on: 2026-12-01 } 2026-12-02; Promised; R2 R12");
    story.follow_ups.clear();
    story.plan_now();
    says(
        &story,
        "thanks-first",
        "comes 2026-12-03; Purchase { bought_on: 2026-12-01 } 2026-12-02; Promised; not 2026-12-02 Holiday; R2 R12",
    );
    let story = with(|p| {
        p.frequency.caps.insert(Stage::First, Cap { max: 2, days: 30 });
        p.steps.push(step("story", Class::Story, Anchor::Purchase, (1, None), (10, 40)));
    });
    says(
        &story,
        "arrival",
        "not: Reason(TooOften); ArrivalUnknown { bought_on: 2026-12-01 } 2026-12-08; not 2026-12-08 Cap(Cap { max: 2, days: 30 }); not 2026-12-09 Cap(Cap { max: 2, days: 30 }); not 2026-12-10 Cap(Cap { max: 2, days: 30 }); not 2026-12-11 Cap(Cap { max: 2, days: 30 }); not 2026-12-12 Cap(Cap { max: 2, days: 30 }); not 2026-12-13 Cap(Cap { max: 2, days: 30 }); not 2026-12-14 Cap(Cap { max: 2, days: 30 }); not 2026-12-15 Near { other: 2026-12-15, gap_days: 1 } by usage; R8",
    );
    let accounts = why(&story.situation(), &story.until_told());
    let story_step = accounts.iter().find(|a| a.step == id("story")).unwrap();
    assert_eq!(story_step.day(story.shop.zone), Some(day("2027-01-01")));
    assert!(story_step.rules().contains(&8));
}

#[test]
fn why_a_message_does_not_come() {
    let story = buyer();
    says(&story, "thanks-second", "not: OtherOccasion { nth: 1 }; R34");
    says(&story, "news-1", "not: NotBegun { from_occasion: 2 }; R34");
    let mut story = buyer();
    story.until("2026-12-02 12:00").opts_out("2026-12-05 12:00");
    says(&story, "thanks-first", "went 2026-12-02; R12");
    says(&story, "usage", "not: Reason(OptedOut); R30");
    says(&story, "letter-1", "not: Reason(OptedOut); R30");
    let mut story = buyer();
    story.post_says(Said::Complained);
    says(&story, "usage", "not: Reason(Complained); R30");
    let mut story = buyer();
    story.post_says(Said::Bounced);
    says(&story, "thanks-first", "not: Reason(AddressBounced); Purchase { bought_on: 2026-12-01 } 2026-12-02; R26");
    says(&story, "letter-1", "not: Reason(AddressBounced); R26");
    says(
        &buyer_of(|o| o.buyer.email = None),
        "thanks-first",
        "not: Reason(NoMailAddress); Purchase { bought_on: 2026-12-01 } 2026-12-02; R26",
    );
    says(&buyer_of(|o| o.consent = Consent::Unknown), "letter-1", "not: Reason(NoConsent); R30");
    says(
        &buyer_of(|o| o.consent = Consent::Unknown),
        "usage",
        "comes 2026-12-15; Purchase { bought_on: 2026-12-01 } 2026-12-15; Promised; R1 R13",
    );
    says(&buyer_of(|o| o.company = true), "thanks-first", "not: Reason(HeldWholesale); R36");
    says(
        &buyer_of(|o| o.marketplace = Some("rakuten".to_owned())),
        "thanks-first",
        "not: Reason(MarketplaceForbids); Purchase { bought_on: 2026-12-01 } 2026-12-02;",
    );
    let mut story = buyer();
    story.cancels("a", "2026-12-01 13:00");
    says(&story, "thanks-first", "not: Reason(PurchaseUndone);");
    says(&story, "letter-1", "not: Reason(PurchaseUndone);");
    let mut story = buyer();
    story.hears(Report::new(
        key("a"),
        None,
        Moments { returned_at: Some(at("2026-12-01 12:00")), ..Moments::default() },
    ));
    says(&story, "usage", "not: Reason(CaseOpen); Purchase { bought_on: 2026-12-01 } 2026-12-15; R28");
    says(&story, "letter-1", "not: Reason(CaseOpen); R28");
}

#[test]
fn why_a_message_does_not_come_again() {
    let mut story = buyer();
    story.until("2027-03-01 12:00").buys("b", "2027-03-01 12:00");
    says(
        &story,
        "usage",
        "went 2026-12-15; Purchase { bought_on: 2026-12-01 } 2026-12-15; R13 | not: Explained; Occasion { day: 2027-03-01 }; R13",
    );
    says(&story, "letter-2", "went 2027-02-09;");
    says(&story, "thanks-first", "went 2026-12-02; Purchase { bought_on: 2026-12-01 } 2026-12-02; R12");
    let mut story = with(|p| {
        p.series.truncate(1);
        p.series[0].letters.truncate(1);
    });
    story.until("2027-02-01 12:00");
    says(&story, "letter-1", "went 2027-01-12;");
    says(&story, "letters", "not: Reason(NoFreshLetter);");
    let mut story = buyer();
    story.programme.steps.retain(|s| s.id != id("arrival"));
    says(&story, "arrival", "not: Reason(StepGone);");
    story.sleeps_until("2026-12-10 12:00");
    story.follow_ups.clear();
    says(
        &story,
        "thanks-first",
        "not: Reason(KnownTooLate); Purchase { bought_on: 2026-12-01 } 2026-12-02; Promised; R2",
    );
}

#[test]
fn what_the_decision_at_the_last_moment_will_have_against_a_message_is_said_before() {
    // Its slot has passed in an outage, this is its last day, and they have heard from the shop today.
    let mut story = buyer();
    story.until("2026-12-14 12:00").sleeps_until("2026-12-22 10:30");
    let now = story.now;
    let arrival = story.follow_ups.iter_mut().find(|f| f.step == id("arrival")).unwrap();
    arrival.sent_at = Some(now);
    let expected = "comes 2026-12-15; Purchase { bought_on: 2026-12-01 } 2026-12-15; LastLook(TooOften); R8 R13";
    says(&story, "usage", expected);
}

#[test]
fn why_a_message_is_not_for_this_customer() {
    let birthday = |p: &mut Programme| {
        p.dated = vec![dated("birthday", Date::Birthday { days_before: 7 }, Class::Greeting, 1)];
    };
    says(&with(birthday), "birthday-1", "not: NoDate;");
    let story = with(|p| {
        p.steps.push(wasurena_domain::programme::Step {
            arrives_late: true,
            ..step("making", Class::Story, Anchor::Purchase, (1, None), (10, 18))
        });
        p.series[0].stages = Some([Stage::Loyal].into());
    });
    says(&story, "making", "not: NothingAwaited; Occasion { day: 2026-12-01 };");
    says(&story, "letter-1", "not: Reason(NotForStage); R34 R36");
    let mut story = Story::new();
    story.shop.start_date = day("2027-02-01");
    story.buys("a", "2026-12-01 12:00");
    says(&story, "thanks-first", "not: History; R33");
    says(&story, "letter-1", "not: History; R33");
    let story = buyer_of(|o| o.delivery = Delivery::MadeToOrder);
    says(&story, "usage", "comes 2026-12-15; Purchase { bought_on: 2026-12-01 } 2026-12-15; Promised; R1 R13");
}

#[test]
fn every_message_of_the_programme_is_answered_for_at_any_time() {
    let mut story = Story::new();
    answers(&story);
    story.buys("a", "2026-12-01 12:00");
    for _ in 0..60 {
        answers(&story);
        let next = story.now + Duration::days(7);
        story.run_to(next);
    }
    answers(&story);
    assert!(story.sent.len() > 10, "{:?}", story.diary());
}

/// The answer never contradicts the plan: what it says comes is planned, or stands beyond the horizon; what is planned it
/// says comes; what has left it says has left; and no message of the programme goes without an answer.
pub(crate) fn answers(story: &Story) {
    let accounts = why(&story.situation(), &story.until_told());
    let horizon = story.now + Duration::days(HORIZON_DAYS);
    let zone = story.shop.zone;
    let open = || story.follow_ups.iter().filter(|f| f.state == State::Planned);
    for account in &accounts {
        let Verdict::Comes { slot, deadline } = account.verdict else { continue };
        let is_planned = open().any(|f| {
            f.step == account.step && f.slot == slot && f.deadline == deadline && f.purchase == account.purchase
        });
        assert!(is_planned || slot.start() > horizon, "{} does not come on {slot}: {:?}", account.step, story.diary());
    }
    let coming =
        accounts.iter().filter(|a| matches!(a.verdict, Verdict::Comes { slot, .. } if slot.start() <= horizon));
    assert_eq!(coming.count(), open().filter(|f| f.slot.start() <= horizon).count(), "{:?}", story.diary());
    for follow_up in open() {
        let says_so =
            |a: &Account| a.step == follow_up.step && a.day(zone) == Some(day_of(follow_up.slot.start(), zone));
        assert!(accounts.iter().any(says_so), "{} is not said to come: {:?}", follow_up.step, story.diary());
    }
    let went = accounts.iter().filter(|a| matches!(a.verdict, Verdict::Went { .. })).count();
    assert_eq!(went, story.follow_ups.iter().filter(|f| f.state.has_left()).count());
    for (step, _) in story.programme.messages() {
        assert!(accounts.iter().any(|account| account.step == *step), "nothing is said of {step}");
    }
}
