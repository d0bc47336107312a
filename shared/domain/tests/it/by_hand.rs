//! What a person carries out (R22), where other things look at it too: apprenticeship asks for mails only, `why` says by whose
//! hands, and model customers can be called.

use crate::channels::{buys_with_a_phone, channels, story_with, told_by};
use crate::support::{Story, at, id, programme, shop, step};
use crate::why::says;
use wasurena_domain::apprenticeship::{Approvals, tasks};
use wasurena_domain::channel::Channel;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ledger::Said;
use wasurena_domain::planner::Change;
use wasurena_domain::policy::{Decision, decide};
use wasurena_domain::programme::{Anchor, Class};
use wasurena_domain::trial;

fn apprentice_with_a_card() -> Story {
    let mut story = story_with(told_by("card", &[Channel::Letter, Channel::Mail], (9, 9)));
    story.shop.apprenticeship = true;
    story.buys("a", "2026-12-01 12:00");
    story
}

fn card(story: &Story) -> FollowUp {
    story.follow_ups.iter().find(|f| f.step == id("card")).unwrap().clone()
}

/// The steps for which the owner is asked to approve what a plan changes.
fn asked(story: &Story, changes: &[Change]) -> Vec<String> {
    tasks(&story.shop, &Approvals::none(), changes).into_iter().map(|task| task.about).collect()
}

#[test]
fn what_is_handed_to_a_person_needs_no_approval() {
    let mut story = apprentice_with_a_card();
    assert_eq!(asked(&story, &story.plan.changes), ["arrival", "thanks-first", "usage"]);
    story.until("2026-12-10 12:00");
    assert_eq!((card(&story).state, card(&story).approved_at), (State::HandedOver, None));
    assert!(story.sent.is_empty(), "the mails wait: {:?}", story.sent);
}

#[test]
fn a_letter_that_goes_by_mail_after_all_is_read_first() {
    let mut story = apprentice_with_a_card();
    story.sleeps_until("2026-12-10 10:00");
    let claimed = FollowUp { state: State::Claimed, ..card(&story) };
    assert_eq!(decide(&claimed, &story.moment()), Decision::HandOver);
    let by_mail = FollowUp { channel: Channel::Mail, ..claimed };
    assert!(matches!(decide(&by_mail, &story.moment()), Decision::Move(_)), "nobody has approved it");
    let approved = FollowUp { approved_at: Some(at("2026-12-09 20:00")), ..by_mail };
    assert_eq!(decide(&approved, &story.moment()), Decision::Send);
    // A plan that turns it into a mail asks for it.
    let from = Box::new(card(&story));
    let replanned =
        |channel| [Change::Replan { slot: from.slot, deadline: from.deadline, channel, from: from.clone() }];
    assert_eq!(asked(&story, &replanned(Channel::Mail)), ["card"]);
    assert_eq!(asked(&story, &replanned(Channel::Letter)), [""; 0]);
}

#[test]
fn r22_why_says_that_a_person_carries_it_out() {
    let mut story = story_with(told_by("call", &[Channel::Phone, Channel::Mail], (10, 12)));
    buys_with_a_phone(&mut story);
    let counted = "Purchase { bought_on: 2026-12-01 } 2026-12-11";
    says(&story, "call", &format!("comes 2026-12-11; {counted};"));
    story.says(Channel::Phone, Said::Granted, None);
    says(&story, "call", &format!("comes 2026-12-11; {counted}; ByHand(Phone); R22 R23"));
    story.until("2026-12-12 00:00");
    says(&story, "call", &format!("went 2026-12-11; {counted}; ByHand(Phone); R22 R23"));
}

#[test]
fn r23_r26_why_a_channel_does_not_reach_them() {
    let mut call = story_with(told_by("call", &[Channel::Phone], (10, 12)));
    buys_with_a_phone(&mut call);
    let counted = "Purchase { bought_on: 2026-12-01 } 2026-12-11; ByHand(Phone)";
    says(&call, "call", &format!("not: Reason(NoPermission); {counted}; R23"));
    let mut letters = Story::new();
    letters.programme.series[0].channels = channels(&[Channel::Letter]);
    letters.buys("a", "2026-12-01 12:00").says(Channel::Letter, Said::Bounced, None);
    says(&letters, "letter-1", "not: Reason(NoPostalAddress); R26");
}

#[test]
fn r25_why_a_mail_follows_a_letter_or_does_not() {
    let mut story = story_with(told_by("card", &[Channel::Letter, Channel::Mail], (9, 9)));
    let after = Anchor::Letter { step: id("card") };
    story.programme.steps.push(step("after-card", Class::Story, after, (1, None), (5, 9)));
    story.buys("a", "2026-12-01 12:00");
    says(&story, "after-card", "not: NoLetter; Occasion { day: 2026-12-01 }; R25");
    story.until("2026-12-10 12:00");
    says(&story, "after-card", "comes 2026-12-18; Letter { there_on: 2026-12-13 } 2026-12-18; R25");
}

#[test]
fn model_customers_can_be_written_to_called_and_visited() {
    let mut programme = programme();
    for (name, by, day) in [("card", Channel::Letter, 9), ("call", Channel::Phone, 25), ("visit", Channel::Visit, 40)] {
        programme.steps.push(told_by(name, &[by], (day, day + 5)));
    }
    let after = Anchor::Letter { step: id("card") };
    programme.steps.push(step("after-card", Class::Story, after, (1, None), (18, 25)));
    assert_eq!(trial::check(&shop(), &programme), [], "nothing of it reaches nobody");
}
