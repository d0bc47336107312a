//! Channels (R22 to R26, R30): who is written to, called or visited, when, and what happens where nobody answers.

use crate::check::check_finds;
use crate::support::{Story, at, day, id, order, paid, shop, step};
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::channel::{Channel, Channels, Reach, after_no_answer};
use wasurena_domain::contact::PhoneNumber;
use wasurena_domain::customer::Closed;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ledger::Said;
use wasurena_domain::policy::{Decision, decide};
use wasurena_domain::programme::{Anchor, Class, Step};
use wasurena_domain::repair::{Repair, repair};

pub(crate) fn channels(channels: &[Channel]) -> Channels {
    Channels::new(channels.to_vec()).unwrap()
}

/// A step of every occasion that tells a story by these channels.
pub(crate) fn told_by(name: &str, by: &[Channel], days: (u32, u32)) -> Step {
    Step { channels: channels(by), ..step(name, Class::Story, Anchor::Purchase, (1, None), days) }
}

/// A shop whose programme has one more step, between the question and the usage.
pub(crate) fn story_with(extra: Step) -> Story {
    let mut story = Story::new();
    story.programme.steps.push(extra);
    story
}

/// Somebody who has told their number buys on 2026-12-01.
pub(crate) fn buys_with_a_phone(story: &mut Story) {
    let mut order = order(at("2026-12-01 12:00"));
    order.buyer.phone = Some(PhoneNumber::parse("090-0000-0000").unwrap());
    story.until("2026-12-01 12:00").hears(paid("a", order));
}

/// The line of the diary of a step.
fn line<'d>(diary: &'d [String], step: &str) -> &'d str {
    diary.iter().find(|line| line.starts_with(step)).unwrap_or_else(|| panic!("no {step}: {diary:?}"))
}

/// The task of a kind, with its day.
fn task_of(story: &Story, kind: &str) -> Option<String> {
    let found = story.tasks.iter().find(|task| task.starts_with(kind))?;
    Some(found.rsplit(' ').next().unwrap_or_default().to_owned())
}

#[test]
fn r22_a_letter_is_a_task_with_its_day_and_no_mail() {
    let mut story = story_with(told_by("card", &[Channel::Letter], (10, 12)));
    story.buys("a", "2026-12-01 12:00").until("2026-12-25 00:00");
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-11 10:00 handed_over");
    assert_eq!(task_of(&story, "send_letter").as_deref(), Some("2026-12-11"));
    assert!(story.sent.iter().all(|(_, step, _)| *step != id("card")), "{:?}", story.sent);
    // Nobody hears twice on the day on which a letter is written.
    let mut days: Vec<_> = story.follow_ups.iter().filter_map(|f| f.sent_at).map(|at| at.date_naive()).collect();
    days.sort_unstable();
    days.dedup();
    assert_eq!(days.len(), 4, "thanks, question, letter, usage: {:?}", story.diary());
}

#[test]
fn r22_who_has_no_mail_address_is_written_to_by_post() {
    let mut story = story_with(told_by("card", &[Channel::Mail, Channel::Letter], (10, 12)));
    let mut order = order(at("2026-12-01 12:00"));
    order.buyer.email = None;
    story.until("2026-12-01 12:00").hears(paid("a", order)).until("2026-12-25 00:00");
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-11 10:00 handed_over");
}

#[test]
fn r23_nobody_is_called_without_permission_or_an_old_acquaintance() {
    for (words, expected) in [
        (&[][..], "skipped no_permission"),
        (&[(Said::Granted, None)][..], "handed_over"),
        (&[(Said::Granted, Some("2026-12-11"))][..], "handed_over"),
        (&[(Said::Granted, Some("2026-12-10"))][..], "skipped no_permission"),
        (&[(Said::Granted, None), (Said::Denied, None)][..], "cancelled no_permission"),
        (&[(Said::Granted, None), (Said::OptedOut, None)][..], "cancelled opted_out"),
    ] {
        let mut story = story_with(told_by("call", &[Channel::Phone], (10, 12)));
        buys_with_a_phone(&mut story);
        for (said, until) in words {
            story.says(Channel::Phone, *said, until.map(day));
        }
        story.until("2026-12-25 00:00");
        assert_eq!(line(&story.diary(), "call"), format!("call 2026-12-11 10:00 {expected}"), "{words:?}");
        assert_eq!(task_of(&story, "make_call").is_some(), expected == "handed_over", "{words:?}");
    }
}

#[test]
fn r23_an_old_acquaintance_may_be_called_until_they_say_no() {
    for (said, expected) in [(None, "handed_over"), (Some(Said::Denied), "skipped no_permission")] {
        let mut call = told_by("call", &[Channel::Phone], (10, 12));
        call.occasions.from = 3;
        let mut story = story_with(call);
        buys_with_a_phone(&mut story);
        if let Some(said) = said {
            story.says(Channel::Phone, said, None);
        }
        story.buys("b", "2027-02-01 12:00").buys("c", "2027-04-01 12:00").until("2027-05-01 00:00");
        assert!(line(&story.diary(), "call").ends_with(expected), "{:?}", story.diary());
    }
}

#[test]
fn r23_nobody_is_called_on_a_sunday_or_a_holiday() {
    let mut story = story_with(told_by("call", &[Channel::Phone], (12, 12)));
    buys_with_a_phone(&mut story);
    story.says(Channel::Phone, Said::Granted, None).until("2026-12-25 00:00");
    assert_eq!(line(&story.diary(), "call"), "call 2026-12-13 10:00 handed_over", "a Sunday");
    assert_eq!(task_of(&story, "make_call").as_deref(), Some("2026-12-14"));
    let mut shop = shop();
    shop.holidays.insert(day("2026-05-07"));
    for (from, expected) in [("2026-12-11", "2026-12-11"), ("2027-01-01", "2027-01-02"), ("2026-05-03", "2026-05-08")] {
        assert_eq!(shop.decent_day_from(day(from)), day(expected), "{from}");
    }
}

#[test]
fn r24_the_channel_follows_the_relationship() {
    for (said, expected) in [(None, Channel::Mail), (Some(Said::Granted), Channel::Phone)] {
        let mut story = story_with(told_by("call", &[Channel::Phone, Channel::Mail], (10, 12)));
        buys_with_a_phone(&mut story);
        if let Some(said) = said {
            story.says(Channel::Phone, said, None);
        }
        story.until("2026-12-25 00:00");
        let call = story.follow_ups.iter().find(|f| f.step == id("call")).unwrap();
        assert_eq!(call.channel, expected);
        assert_eq!(call.state, if expected == Channel::Mail { State::Sent } else { State::HandedOver });
    }
}

/// A letter, and a mail that asks whether it has come.
fn story_with_a_letter_and_its_mail() -> Story {
    let mut story = story_with(told_by("card", &[Channel::Letter, Channel::Mail], (9, 9)));
    let after = Anchor::Letter { step: id("card") };
    story.programme.steps.push(step("after-card", Class::Story, after, (1, None), (5, 9)));
    story
}

#[test]
fn r25_a_mail_follows_the_letter_five_days_after_it_is_there() {
    let mut story = story_with_a_letter_and_its_mail();
    story.buys("a", "2026-12-01 12:00").until("2026-12-10 09:00");
    assert!(!story.diary().iter().any(|line| line.starts_with("after-card")), "not before it is written");
    story.until("2026-12-30 00:00");
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-10 10:00 handed_over");
    assert_eq!(line(&story.diary(), "after-card"), "after-card 2026-12-18 10:00 sent", "3 days of carriage, then 5");
}

#[test]
fn r25_where_the_letter_went_by_mail_nothing_asks_whether_it_came() {
    let mut story = story_with_a_letter_and_its_mail();
    story.buys("a", "2026-12-01 12:00").says(Channel::Letter, Said::OptedOut, None).until("2027-01-30 00:00");
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-10 10:00 sent");
    assert!(!story.diary().iter().any(|line| line.starts_with("after-card")), "{:?}", story.diary());
}

/// What becomes of a call that nobody answers.
fn nobody_answers(story: &Story, name: &str) -> Option<FollowUp> {
    let call = story.follow_ups.iter().find(|f| f.step == id(name)).unwrap();
    let (customer, ledger, shop) = (&story.customer, &story.ledger, &story.shop);
    let reach = Reach { shop, customer, ledger, day: day_of(story.now, shop.zone) };
    after_no_answer(call, story.programme.channels_of(&call.step).unwrap(), &reach, story.now)
}

#[test]
fn r26_where_nobody_answers_the_next_channel_is_tried_once() {
    let mut story = story_with(told_by("call", &[Channel::Phone, Channel::Letter, Channel::Mail], (8, 12)));
    buys_with_a_phone(&mut story);
    story.says(Channel::Phone, Said::Granted, None).until("2026-12-10 18:00");
    let again = nobody_answers(&story, "call").unwrap();
    assert_eq!((again.state, again.channel, again.sent_at), (State::Planned, Channel::Letter, None));
    let place = story.follow_ups.iter().position(|f| f.id == again.id).unwrap();
    story.follow_ups[place] = again;
    story.plan_now().until("2026-12-12 18:00");
    assert_eq!(task_of(&story, "send_letter").as_deref(), Some("2026-12-10"), "the phone is not tried again");
    // It comes back: mail is left.
    story.says(Channel::Letter, Said::Bounced, None);
    let last = nobody_answers(&story, "call").unwrap();
    assert_eq!(last.channel, Channel::Mail);
    assert_eq!(last.tried.into_iter().collect::<Vec<_>>(), [Channel::Letter, Channel::Phone]);
    // When its window has ended nothing is tried any more.
    story.until("2026-12-14 00:00");
    assert_eq!(nobody_answers(&story, "call"), None);
}

#[test]
fn r26_where_the_post_comes_back_the_next_letter_goes_by_mail() {
    let mut story = story_with(told_by("card", &[Channel::Letter, Channel::Mail], (10, 12)));
    story.buys("a", "2026-12-01 12:00").says(Channel::Letter, Said::Bounced, None).until("2026-12-25 00:00");
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-11 10:00 sent");
    story.says(Channel::Letter, Said::Reachable, None).buys("b", "2027-02-01 12:00").until("2027-02-25 00:00");
    assert_eq!(line(&story.diary()[4..], "card 2027-02"), "card 2027-02-11 10:00 handed_over");
}

#[test]
fn r30_a_stop_is_a_stop_of_its_channel() {
    let mut story = story_with(told_by("card", &[Channel::Letter], (10, 12)));
    story.buys("a", "2026-12-01 12:00").opts_out("2026-12-01 13:00").until("2027-06-01 00:00");
    assert!(story.sent.is_empty(), "no mail: {:?}", story.sent);
    assert_eq!(line(&story.diary(), "card"), "card 2026-12-11 10:00 handed_over", "letters were not meant");
    assert_eq!(story.plan.closed, None);
}

#[test]
fn r30_who_stops_everything_or_calls_a_mail_spam_is_left_alone() {
    for everything in [true, false] {
        let mut story = story_with(told_by("card", &[Channel::Letter], (10, 12)));
        story.buys("a", "2026-12-01 12:00");
        if everything {
            story.says(Channel::Letter, Said::OptedOut, None).opts_out("2026-12-01 13:00");
        } else {
            story.post_says(Said::Complained).opts_out("2026-12-01 13:00");
        }
        story.until("2027-06-01 00:00");
        assert_eq!((story.plan.closed, story.sent.len()), (Some(Closed::OptedOut), 0));
        assert_eq!(task_of(&story, "send_letter"), None);
    }
}

#[test]
fn r30_a_stop_after_the_plan_binds_at_the_last_moment() {
    let mut story = story_with(told_by("card", &[Channel::Letter], (10, 12)));
    story.buys("a", "2026-12-01 12:00").until("2026-12-11 09:00");
    let card = |story: &Story| story.follow_ups.iter().find(|f| f.step == id("card")).unwrap().clone();
    let planned = card(&story);
    story.sleeps_until("2026-12-11 10:00");
    assert_eq!(decide(&planned, &story.moment()), Decision::HandOver);
    story.says(Channel::Letter, Said::OptedOut, None);
    assert_eq!(decide(&planned, &story.moment()), Decision::Skip(Reason::OptedOut));
    assert_eq!(card(&story).state, State::Cancelled);
}

#[test]
fn a_letter_whose_sender_died_is_in_no_doubt() {
    let mut story = story_with(told_by("card", &[Channel::Letter], (10, 12)));
    story.buys("a", "2026-12-01 12:00").until("2026-12-11 09:00");
    let card = story.follow_ups.iter().find(|f| f.step == id("card")).unwrap();
    let claimed = FollowUp { state: State::Claimed, until: Some(at("2026-12-11 10:02")), ..card.clone() };
    let later = Repair::Move(Slot::at_or_after(at("2026-12-11 10:30")));
    assert_eq!(repair(&claimed, &story.shop, false, 0, at("2026-12-11 10:06")), Repair::Wait);
    assert_eq!(repair(&claimed, &story.shop, false, 0, at("2026-12-11 10:07")), later);
}

#[test]
fn a_promise_in_a_persons_hands_is_kept_when_they_have_done_it() {
    use wasurena_domain::promise::{Promise, promises};
    let mut story = Story::new();
    story.programme.steps[0].channels = channels(&[Channel::Letter, Channel::Mail]);
    story.buys("a", "2026-12-01 12:00").until("2026-12-10 00:00");
    let thanks = |story: &Story| {
        promises(&story.shop, &story.customer, &story.follow_ups, &story.ledger, story.now).unwrap().thanks
    };
    assert_eq!(thanks(&story), Promise::Impossible(Reason::LeftToPerson));
    let place = story.follow_ups.iter().position(|f| f.step == id("thanks-first")).unwrap();
    story.follow_ups[place].state = State::Delivered;
    assert_eq!(thanks(&story), Promise::Kept);
}

#[test]
fn channels_that_a_programme_may_not_ask_for() {
    use Channel::{Letter, Mail, Phone, Sns, Visit};
    let by = |list: &[Channel]| channels(list);
    check_finds(|p| p.steps[3].channels = by(&[Sns, Mail]), &["R22 step 3 channels"]);
    check_finds(|p| p.series[0].channels = by(&[Sns]), &["R22 series 0 channels"]);
    check_finds(|p| p.series[1].channels = by(&[Phone, Mail]), &["R23 series 1 channels"]);
    check_finds(|p| p.series[1].channels = by(&[Letter, Mail]), &[]);
    check_finds(|p| p.steps[1].channels = by(&[Visit]), &[]);
    // Not everybody has an address for letters, or may be called: what is promised goes by mail too.
    check_finds(|p| p.steps[0].channels = by(&[Letter]), &["R2 step 0 channels", "R2 programme"]);
    check_finds(|p| p.steps[0].channels = by(&[Letter, Mail]), &[]);
    check_finds(|p| p.steps[4].channels = by(&[Letter]), &["R1 programme"]);
    let follow = |p: &mut wasurena_domain::programme::Programme, letter: &str| {
        let anchor = Anchor::Letter { step: id(letter) };
        p.steps.push(step("after", Class::Story, anchor, (1, None), (5, 9)));
    };
    check_finds(|p| follow(p, "usage"), &["R25 step 5 letter"]);
    check_finds(|p| follow(p, "nothing"), &["R25 step 5 letter"]);
    check_finds(|p| follow(p, "after"), &["R25 step 5 letter"]);
    let with_letter = |p: &mut wasurena_domain::programme::Programme| {
        p.steps[4].channels = by(&[Letter, Mail]);
        follow(p, "usage");
    };
    check_finds(with_letter, &[]);
}

#[test]
fn of_channels_each_is_named_once() {
    assert_eq!(Channels::new(Vec::new()), None);
    assert_eq!(Channels::new(vec![Channel::Mail, Channel::Mail]), None);
    assert!(Channels::default().are_usual());
}
