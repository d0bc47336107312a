//! Listening: what an answer does to the plan, how a case goes on, how a remedy goes out, and what a product's pause holds back.

use crate::check::shown;
use crate::story::Story;
use crate::support::{at, id, key, order, paid, programme};
use wasurena_domain::case::{Case, CaseState, Cause, HISTORY_MAX, What};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{FollowUp, Reason};
use wasurena_domain::ids::AnswerId;
use wasurena_domain::ledger::Said;
use wasurena_domain::listening::{Answer, Choice, Means, Question, WORDS_MAX, remedy};
use wasurena_domain::planner::why::{Because, Ground, Verdict, why};
use wasurena_domain::programme::{Class, Programme, check};
use wasurena_domain::purchase::{Moments, Report};

fn answer_id(text: &str) -> AnswerId {
    AnswerId::parse(text).unwrap()
}

fn choice(name: &str, means: Means) -> Choice {
    Choice { id: answer_id(name), says: format!("{name}です"), says_gift: None, means }
}

fn question() -> Question {
    let answers =
        vec![choice("liked", Means::Happy), choice("differs", Means::Unhappy), choice("broken", Means::Broken)];
    Question { answers, reward: None }
}

/// The sample programme that asks after arrival, and can make good.
fn listening() -> Programme {
    let mut programme = programme();
    programme.listening.questions.insert(id("arrival"), question());
    programme.listening.remedies = vec![id("sorry")];
    programme
}

fn story() -> Story {
    Story::of(crate::support::shop(), listening())
}

fn asked(story: &Story) -> FollowUp {
    story.follow_ups.iter().find(|f| f.step == id("arrival")).unwrap().clone()
}

impl Story {
    /// The customer answers the question after arrival.
    fn answers(&mut self, name: &str, wall: &str) -> Answer {
        self.until(wall);
        let choice = question().choice(&answer_id(name)).unwrap().clone();
        let answer = Answer::new(&asked(self), &self.customer, &choice, None, self.now);
        if answer.means.is_unhappy() {
            assert!(self.customer.take_in_unhappy(answer.purchase.as_ref().unwrap(), answer.at));
        }
        self.plan_now();
        answer
    }

    /// The owner approves a remedy for the open case.
    fn makes_good(&mut self, wall: &str) -> FollowUp {
        self.until(wall);
        let bought = self.customer.open_case().unwrap();
        let case = Case::of(bought, None, true, Cause::Unhappy).unwrap();
        let follow_up = remedy(&self.shop, (&self.customer, &self.follow_ups), &case, &id("sorry"), self.now);
        if !self.follow_ups.iter().any(|f| f.id == follow_up.id) {
            self.follow_ups.push(follow_up.clone());
        }
        self.plan_now();
        follow_up
    }
}

#[test]
fn r29_an_unhappy_answer_stops_cheer_until_a_person_has_settled_it() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("differs", "2026-12-08 20:00");
    assert_eq!(story.planned(), Vec::<String>::new());
    assert!(story.diary().contains(&"usage 2026-12-15 10:00 cancelled case_open".to_owned()), "{:?}", story.diary());
    assert!(story.tasks.iter().any(|task| task.starts_with("settle_case#") && task.ends_with("standard/a")));
    // Whatever the cart says of the order later, it stays so.
    story.arrives("a", "2026-12-09 12:00");
    assert!(story.customer.has_open_case(&key("a")));
    story.settles("2026-12-10 12:00");
    assert_eq!(story.planned()[0], "usage 2026-12-15 10:00");
}

#[test]
fn a_glad_answer_changes_nothing_of_what_is_planned() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").until("2026-12-08 19:00");
    let before = story.diary();
    let answer = story.answers("liked", "2026-12-08 20:00");
    assert_eq!((story.diary(), answer.means), (before, Means::Happy));
}

#[test]
fn an_answer_after_the_case_was_settled_opens_it_again_and_an_older_one_does_not() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("differs", "2026-12-08 20:00");
    story.settles("2026-12-09 12:00");
    assert!(!story.customer.take_in_unhappy(&key("a"), at("2026-12-08 20:00")), "known already");
    assert!(!story.customer.has_open_case(&key("a")));
    assert!(story.customer.take_in_unhappy(&key("a"), at("2026-12-10 08:00")));
    assert!(story.customer.has_open_case(&key("a")));
}

#[test]
fn what_an_answer_keeps_is_bounded_and_one_line() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00");
    let long = format!("一行目\r\n二行目{}", "あ".repeat(WORDS_MAX));
    let answer = |words| Answer::new(&asked(&story), &story.customer, &choice("liked", Means::Happy), words, story.now);
    let kept = answer(Some(&long)).words.unwrap();
    assert!(kept.starts_with("一行目  二行目") && kept.chars().count() == WORDS_MAX);
    assert_eq!(answer(Some("  \n ")).words, None);
    assert_eq!((answer(None).product.as_deref(), answer(None).purchase), (Some("cup"), Some(key("a"))));
    assert!(answer(None).says_the_same(&Answer { at: at("2027-01-01 12:00"), ..answer(None) }));
    assert!(!answer(None).says_the_same(&answer(Some("よい器です"))));
}

#[test]
fn r28_a_remedy_that_a_person_approved_goes_out_while_the_case_is_open_and_once() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 20:00");
    let first = story.makes_good("2026-12-09 18:58");
    assert_eq!(first.slot.to_string(), "2026-12-09T10:15Z", "the next quarter hour for which an alarm can be set");
    story.until("2026-12-31 12:00");
    assert_eq!(story.sent_steps(), ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-09 19:15 sorry"]);
}

#[test]
fn a_remedy_is_approved_by_making_good_and_waits_for_no_second_word() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 20:00");
    story.shop.apprenticeship = true;
    let planned = story.makes_good("2026-12-09 12:00");
    assert_eq!(planned.approved_at, Some(at("2026-12-09 12:00")));
    story.until("2026-12-09 13:00");
    assert_eq!(story.sent_steps().last().unwrap(), "12-09 12:15 sorry");
    // Nothing else of an apprentice goes out that nobody has approved.
    story.settles("2026-12-10 12:00");
    story.until("2026-12-31 12:00");
    assert_eq!(story.sent_steps().last().unwrap(), "12-09 12:15 sorry");
}

#[test]
fn why_tells_what_waits_for_a_persons_word_and_of_a_remedy_whose_it_is() {
    let told = |story: &Story, step: &str| {
        let accounts = why(&story.situation(), &story.until_told());
        let account = accounts.into_iter().find(|account| account.step == id(step)).unwrap();
        let waits = account.grounds.iter().filter_map(|ground| match ground {
            Ground::Waits(reason) => Some(*reason),
            _ => None,
        });
        (waits.collect::<Vec<Reason>>(), account)
    };
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").until("2026-12-10 12:00");
    assert_eq!(told(&story, "usage").0, []);
    assert_eq!(told(&story, "sorry").1.verdict, Verdict::Not(Because::ByHand));
    story.paused = vec!["cup".to_owned()];
    story.shop.apprenticeship = true;
    let (waits, usage) = told(&story, "usage");
    assert_eq!(waits, [Reason::NotApproved, Reason::ProductPaused]);
    assert!(matches!(usage.verdict, Verdict::Comes { .. }) && usage.rules().contains(&31), "{usage:?}");
    story.answers("broken", "2026-12-10 13:00");
    story.makes_good("2026-12-10 14:00");
    let (waits, sorry) = told(&story, "sorry");
    assert_eq!((waits, sorry.rules()), (vec![], vec![28]));
    assert!(matches!(sorry.verdict, Verdict::Comes { .. }), "{sorry:?}");
    crate::why::answers(&story);
}

#[test]
fn a_remedy_waits_for_the_next_day_where_something_was_heard_today_and_for_no_gap() {
    let mut story = story();
    story.programme.frequency.min_gap_days = 5;
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 10:30");
    assert_eq!(story.makes_good("2026-12-08 11:00").slot.to_string(), "2026-12-09T02:15Z");
    story.arrives("a", "2026-12-08 12:00").until("2026-12-31 12:00");
    assert_eq!(story.sent_steps().last().unwrap(), "12-09 11:15 sorry");
}

#[test]
fn the_same_remedy_for_the_same_case_is_the_same_follow_up() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 20:00");
    let first = story.makes_good("2026-12-09 12:00");
    assert_eq!(story.makes_good("2026-12-10 12:00").id, first.id);
    assert_eq!(story.follow_ups.iter().filter(|f| f.class == Class::Remedy).count(), 1);
}

#[test]
fn a_remedy_goes_out_though_the_purchase_was_undone_but_not_after_a_stop() {
    // Handed over, then refunded whole: a case, and no purchase any more.
    let returned = Moments {
        shipped_at: Some(at("2026-12-02 12:00")),
        returned_at: Some(at("2026-12-09 12:00")),
        refunded_at: Some(at("2026-12-09 12:00")),
        ..Moments::default()
    };
    for stops in [false, true] {
        let mut story = story();
        story.buys("a", "2026-12-01 12:00").until("2026-12-09 12:00");
        story.hears(Report::new(key("a"), None, returned));
        story.makes_good("2026-12-09 22:00");
        assert_eq!(story.planned(), ["sorry 2026-12-10 09:00"]);
        if stops {
            story.opts_out("2026-12-09 23:00");
            assert!(story.diary().contains(&"sorry 2026-12-10 09:00 cancelled opted_out".to_owned()));
        }
        story.until("2026-12-20 12:00");
        assert_eq!(story.sent_steps().iter().any(|line| line == "12-10 09:00 sorry"), !stops, "{:?}", story.diary());
    }
}

#[test]
fn a_remedy_that_cannot_be_sent_is_a_persons() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 20:00");
    story.makes_good("2026-12-09 12:00").id.to_string();
    story.post_says(Said::Bounced);
    assert!(
        story.diary().contains(&"sorry 2026-12-09 12:15 cancelled address_bounced".to_owned()),
        "{:?}",
        story.diary()
    );
    assert!(story.tasks.iter().any(|task| task.starts_with("write_postcard#")), "{:?}", story.tasks);
}

#[test]
fn a_remedy_whose_letter_is_gone_does_not_go_out() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00").answers("broken", "2026-12-08 20:00");
    story.makes_good("2026-12-09 12:00");
    story.programme.listening.remedies.clear();
    story.plan_now();
    assert!(story.diary().contains(&"sorry 2026-12-09 12:15 cancelled step_gone".to_owned()), "{:?}", story.diary());
}

#[test]
fn r31_while_a_product_is_paused_its_cheer_waits_and_what_was_promised_is_a_persons() {
    let mut story = story();
    story.paused = vec!["cup".to_owned()];
    story.buys("a", "2026-12-01 12:00").until("2026-12-18 12:00");
    // Thanks and question go out; the usage waits from day to day.
    assert_eq!(story.sent_steps(), ["12-02 10:00 thanks-first", "12-08 10:00 arrival"]);
    assert_eq!(story.planned()[0], "usage 2026-12-19 10:00");
    let looked = {
        let mut looked = story.clone();
        looked.paused.clear();
        looked.until("2026-12-20 12:00").sent_steps()
    };
    assert_eq!(looked.last().unwrap(), "12-19 10:00 usage");
    story.until("2027-01-20 12:00");
    assert!(story.diary().contains(&"usage 2026-12-22 20:00 skipped product_paused".to_owned()), "{:?}", story.diary());
    // R1 was kept by the question after arrival: so nobody has to make it good.
    assert!(!story.tasks.iter().any(|task| task.starts_with("keep_promise#")), "{:?}", story.tasks);
    // What is not about that purchase goes on.
    assert!(story.sent_steps().iter().any(|line| line.ends_with("letter-1")), "{:?}", story.sent_steps());
}

#[test]
fn a_promise_that_a_pause_has_cost_is_on_the_owners_list() {
    let mut story = story();
    story.programme.steps.retain(|step| step.id != id("arrival"));
    story.paused = vec!["cup".to_owned()];
    story.buys("a", "2026-12-01 12:00").until("2026-12-31 12:00");
    assert_eq!(story.sent_steps(), ["12-02 10:00 thanks-first"]);
    assert!(story.tasks.iter().any(|task| task.starts_with("keep_promise#")), "{:?}", story.tasks);
}

#[test]
fn a_pause_holds_back_nothing_about_other_products() {
    let mut story = story();
    story.paused = vec!["plate".to_owned()];
    story.buys("a", "2026-12-01 12:00").until("2026-12-16 12:00");
    assert_eq!(story.sent_steps().last().unwrap(), "12-15 10:00 usage");
}

/// The case of a cup that came back, as the record has it.
fn returned() -> (Story, Case) {
    let mut story = story();
    let came_back = Moments { returned_at: Some(at("2026-12-10 12:00")), ..Moments::default() };
    story.hears(paid("a", order(at("2026-12-01 12:00")))).until("2026-12-10 12:00");
    story.hears(Report::new(key("a"), None, came_back));
    let cause = Cause::of(&story.purchases[&key("a")].0);
    let case = Case::of(story.customer.bought(&key("a")).unwrap(), None, true, cause).unwrap();
    (story, case)
}

#[test]
fn a_case_goes_from_hand_to_hand_until_it_is_settled() {
    let (_, case) = returned();
    assert_eq!((case.cause, case.state, case.since), (Cause::Returned, CaseState::Open, at("2026-12-10 12:00")));
    let case = case.noted(None, "電話した", at("2026-12-10 13:00"));
    assert_eq!(case.state, CaseState::Open, "a note takes nothing into anybody's hand");
    let case = case.taken("佐藤", at("2026-12-10 14:00"));
    assert_eq!((case.state, case.owner.as_deref()), (CaseState::InHand, Some("佐藤")));
    let sent = case.remedied(None, "sorry", at("2026-12-10 15:00"));
    assert_eq!(sent.state, CaseState::RemedySent);
    assert_eq!(sent.clone().remedied(None, "sorry", at("2026-12-10 16:00")), sent, "approved twice is approved once");
    let settled =
        sent.taken("鈴木", at("2026-12-11 12:00")).settled(None, Some("お取り替えした"), at("2026-12-12 12:00"));
    assert_eq!(settled.state, CaseState::Settled);
    assert_eq!(settled.clone().settled(None, None, at("2026-12-13 12:00")), settled);
    let story: Vec<String> = settled
        .history
        .iter()
        .map(|n| format!("{} {} {}", n.what.name(), n.who.as_deref().unwrap_or("-"), n.words.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        story,
        [
            "opened - returned",
            "noted - 電話した",
            "taken 佐藤 -",
            "remedy_approved 佐藤 sorry",
            "taken 鈴木 -",
            "settled 鈴木 お取り替えした"
        ]
    );
}

#[test]
fn what_happens_after_a_case_was_settled_opens_it_again() {
    let (story, case) = returned();
    let settled = case.settled(Some("佐藤"), None, at("2026-12-11 12:00"));
    let mut bought = story.customer.bought(&key("a")).unwrap().clone();
    let same = Case::of(&bought, Some(settled.clone()), false, Cause::Returned);
    assert_eq!(same, Some(settled.clone()));
    bought.case_at = Some(at("2026-12-20 12:00"));
    let again = Case::of(&bought, Some(settled), true, Cause::RefundedInPart).unwrap();
    assert_eq!(
        (again.state, again.cause, again.since),
        (CaseState::Open, Cause::RefundedInPart, at("2026-12-20 12:00"))
    );
    assert_eq!(again.history.len(), 3);
}

#[test]
fn an_answer_is_written_into_the_case_once() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00");
    let answer = story.answers("broken", "2026-12-08 20:00");
    let case = Case::of_answer(&key("a"), None, &answer, Cause::Broken);
    assert_eq!((case.state, case.cause, case.history.len()), (CaseState::Open, Cause::Broken, 1));
    // The browser asks again, because the answer to the first time was lost.
    let later = Answer { at: at("2026-12-08 20:01"), ..answer.clone() };
    assert_eq!(Case::of_answer(&key("a"), Some(case.clone()), &later, Cause::Broken), case);
    let other = Answer { words: Some("縁が欠けています".to_owned()), ..later };
    let told = Case::of_answer(&key("a"), Some(case), &other, Cause::Broken);
    assert_eq!(told.history.last().unwrap().words.as_deref(), Some("brokenです / 縁が欠けています"));
    let settled = told.settled(None, None, at("2026-12-09 12:00"));
    let again =
        Case::of_answer(&key("a"), Some(settled), &Answer { at: at("2026-12-10 12:00"), ..other }, Cause::Broken);
    assert_eq!((again.state, again.since), (CaseState::Open, at("2026-12-10 12:00")));
}

#[test]
fn a_history_keeps_its_beginning_and_its_newest() {
    let (_, mut case) = returned();
    for n in 0..100 {
        case = case.noted(Some("佐藤"), &n.to_string(), at("2026-12-11 12:00"));
    }
    assert_eq!(case.history.len(), HISTORY_MAX);
    assert_eq!((case.history[0].what, case.history[HISTORY_MAX - 1].words.as_deref()), (What::Opened, Some("99")));
    let note = case.noted(Some(&"名".repeat(100)), &"あ".repeat(1000), at("2026-12-11 12:00")).history.pop().unwrap();
    assert_eq!((note.who.unwrap().chars().count(), note.words.unwrap().chars().count()), (40, 400));
}

#[test]
fn an_answer_about_a_purchase_that_is_forgotten_is_about_the_newest() {
    let mut story = story();
    story.buys("a", "2026-12-01 12:00");
    let asked = FollowUp { purchase: Some(key("long-ago")), ..asked(&story) };
    let subject = |customer: &Customer| Answer::new(&asked, customer, &choice("liked", Means::Happy), None, story.now);
    assert_eq!(subject(&story.customer).purchase, Some(key("a")));
    assert_eq!(subject(&crate::support::nobody()).purchase, None);
}

#[test]
fn what_a_programme_asks_leaves_room_for_everybody() {
    let checked = |change: &dyn Fn(&mut Programme)| {
        let mut programme = listening();
        change(&mut programme);
        check(&programme).iter().map(shown).collect::<Vec<_>>()
    };
    let answers = |p: &mut Programme, answers: Vec<Choice>| {
        p.listening.questions.insert(id("arrival"), Question { answers, reward: None });
    };
    assert_eq!(checked(&|_| ()), [""; 0]);
    let twice = vec![choice("a", Means::Happy), choice("a", Means::Broken)];
    assert_eq!(checked(&|p| answers(p, twice.clone())), ["form answer 3/1 id"]);
    let cheerful = vec![choice("a", Means::Happy), choice("b", Means::Neutral)];
    assert_eq!(checked(&|p| answers(p, cheerful.clone())), ["R29 step 3 answer"]);
    let many: Vec<Choice> = (0..9).map(|n| choice(&format!("a{n}"), Means::Unhappy)).collect();
    assert_eq!(checked(&|p| answers(p, many.clone())), ["form step 3 answer"]);
    assert_eq!(checked(&|p| p.steps[3].class = Class::Story), ["form step 3 class"]);
    assert_eq!(checked(&|p| p.listening.remedies.push(id("usage"))), ["form remedy 1 id"]);
    assert_eq!(checked(&|p| p.series[0].letters[0].class = Class::Remedy), ["R28 letter 0/0 class"]);
}
