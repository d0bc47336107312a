//! What may be published: each finding by its rule and its place.

use crate::dated::{dated, season};
use crate::support::{clock, id, programme, step};
use chrono::Weekday;
use wasurena_domain::almanac::Greeting;
use wasurena_domain::customer::Stage;
use wasurena_domain::programme::{
    Anchor, Class, Date, Dated, Finding, Occasions, Programme, Rhythm, Site, Start, check,
};

/// The findings of the sample programme after a change, as `rule place key`.
#[track_caller]
pub(crate) fn check_finds(change: impl FnOnce(&mut Programme), expected: &[&str]) {
    let mut programme = programme();
    change(&mut programme);
    let findings = check(&programme);
    let shown: Vec<String> = findings.iter().map(shown).collect();
    assert_eq!(shown, expected);
    assert!(findings.iter().all(|f| !f.what.is_empty() && !f.mend.is_empty()));
}

fn every(every: u32) -> Rhythm {
    Rhythm::Days { every, weekday: None }
}

fn on_tuesdays(every: u32) -> Rhythm {
    Rhythm::Days { every, weekday: Some(Weekday::Tue) }
}

pub(crate) fn shown(finding: &Finding) -> String {
    let place = match &finding.site {
        Site::Programme => "programme".to_owned(),
        Site::Step { index, key } => format!("step {index} {key}"),
        Site::Series { index, key } => format!("series {index} {key}"),
        Site::Frequency { key } => format!("frequency {key}"),
        Site::Dated { index, key } => format!("date {index} {key}"),
        Site::DatedLetter { dated, index, key } => format!("date letter {dated}/{index} {key}"),
        Site::Answer { step, index, key } => format!("answer {step}/{index} {key}"),
        Site::Remedy { index, key } => format!("remedy {index} {key}"),
        Site::Letter { series, index, key } => format!("letter {series}/{index} {key}"),
    };
    format!("{} {place}", finding.rule)
}

const THANKS: usize = 0;
const USAGE: usize = 4;

#[test]
fn the_sample_programme_is_clean() {
    check_finds(|_| (), &[]);
}

#[test]
fn r1_somebody_must_follow_the_thanks_within_21_days() {
    check_finds(|p| p.steps[USAGE].latest_day = 22, &["R1 programme"]);
    check_finds(|p| p.steps[USAGE].latest_day = 14, &[]);
    check_finds(|p| p.steps[USAGE].occasions.from = 2, &["form series 0 start", "R1 programme"]);
    check_finds(|p| p.steps[USAGE].anchor = Anchor::Arrival { unknown_day: 14 }, &["R1 programme"]);
    check_finds(|p| p.steps[USAGE].class = Class::Thanks, &["R2 step 4 latest_day", "R1 programme"]);
    // A remedy waits for a person; what goes out before the thanks is not after them.
    check_finds(|p| p.steps[USAGE].class = Class::Remedy, &["R28 step 4 class", "R1 programme"]);
    check_finds(|p| p.steps[USAGE].day = 1, &["R1 programme"]);
}

#[test]
fn r2_thanks_come_within_three_days() {
    check_finds(|p| p.steps[THANKS].latest_day = 4, &["R2 step 0 latest_day", "R2 programme"]);
    check_finds(|p| drop(p.steps.remove(THANKS)), &["R2 programme"]);
    check_finds(|p| p.steps[THANKS].anchor = Anchor::Arrival { unknown_day: 1 }, &["R2 step 0 anchor"]);
    check_finds(|p| p.steps[THANKS].occasions = Occasions { from: 2, to: None }, &["R2 programme"]);
    check_finds(
        |p| (p.steps[THANKS].day, p.steps[THANKS].latest_day) = (0, 0),
        &["R2 step 0 latest_day", "R2 programme"],
    );
    // The thanks for a second purchase may take longer.
    check_finds(|p| p.steps[1].latest_day = 5, &[]);
}

#[test]
fn r14_nothing_is_promoted_before_the_second_purchase() {
    for class in [Class::Promotion, Class::Offer] {
        let promoting = step("sale", class, Anchor::Purchase, (1, None), (5, 9));
        check_finds(|p| p.steps.push(promoting.clone()), &["R14 step 5 class"]);
        check_finds(|p| p.steps.push(step("sale", class, Anchor::Purchase, (2, None), (5, 9))), &[]);
        check_finds(|p| p.series[0].letters[3].class = class, &["R14 letter 0/3 class"]);
    }
    let every_letter: Vec<String> = (0..4).map(|n| format!("R14 letter 1/{n} class")).collect();
    check_finds(|p| p.series[1].from_occasion = 1, &every_letter.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn what_is_for_some_stages_promises_nothing_to_all() {
    let only = |stages: &[Stage]| Some(stages.iter().copied().collect());
    check_finds(|p| p.steps[THANKS].stages = only(&[Stage::First]), &["R2 programme"]);
    // Whoever buys again within three weeks is not at the first stage any more.
    check_finds(|p| p.steps[USAGE].stages = only(&[Stage::First, Stage::Repeat]), &["R1 programme"]);
    check_finds(|p| p.steps[USAGE].stages = only(&Stage::BUYING), &[]);
    check_finds(|p| p.steps[3].stages = only(&[Stage::Prospect]), &["form step 3 stages"]);
    check_finds(|p| p.series[1].stages = only(&[]), &["form series 1 stages"]);
    check_finds(|p| p.series[1].stages = only(&[Stage::Prospect, Stage::Dormant]), &[]);
}

#[test]
fn steps_must_be_possible() {
    check_finds(|p| p.steps[3].latest_day = 3, &["form step 3 latest_day"]);
    check_finds(|p| p.steps[3].latest_day = 3661, &["form step 3 latest_day"]);
    check_finds(|p| p.steps[3].anchor = Anchor::Arrival { unknown_day: 3661 }, &["form step 3 unknown_day"]);
    check_finds(|p| p.steps[3].at = clock("10:10"), &["form step 3 at"]);
    check_finds(|p| p.steps[3].occasions.from = 0, &["form step 3 occasions"]);
    check_finds(|p| p.steps[3].occasions = Occasions { from: 3, to: Some(2) }, &["form step 3 occasions"]);
    check_finds(|p| p.steps[3].id = id("usage"), &["form step 4 id"]);
}

#[test]
fn series_must_be_possible() {
    check_finds(|p| p.series[0].at = clock("10:01"), &["form series 0 at"]);
    check_finds(|p| p.series[1].rhythm = every(0), &["form series 1 rhythm", "form series 1 window_days"]);
    check_finds(|p| p.series[1].rhythm = every(3661), &["form series 1 rhythm"]);
    check_finds(|p| p.series[0].rhythm = on_tuesdays(30), &["form series 0 rhythm"]);
    check_finds(|p| p.series[1].rhythm = every(30), &[]);
    check_finds(|p| p.series[0].window_days = 28, &["form series 0 window_days"]);
    check_finds(|p| p.series[0].from_occasion = 0, &["form series 0 from_occasion", "form series 0 start"]);
    check_finds(|p| p.series[0].letters.clear(), &["form series 0 letters"]);
    check_finds(|p| p.series[0].start = Start::AfterStep { step: id("no-such"), days: 1 }, &["form series 0 start"]);
    check_finds(|p| p.series[0].start = Start::AfterPurchase { days: 3661 }, &["form series 0 start"]);
    check_finds(|p| p.series[0].letters[2].id = id("letter-1"), &["form letter 0/2 id"]);
    check_finds(|p| p.series[1].letters[0].id = id("arrival"), &["form letter 1/0 id"]);
    check_finds(|p| p.series[1].id = id("letters"), &["form series 1 id"]);
}

#[test]
fn r7_dates_must_be_possible_and_for_somebody() {
    let winter = || dated("winter", season(Greeting::MidWinter), Class::Greeting, 2);
    let finds = |change: &dyn Fn(&mut Dated), expected: &[&str]| {
        let mut one = winter();
        change(&mut one);
        check_finds(|p| p.dated.push(one), expected);
    };
    finds(&|_| (), &[]);
    finds(&|d| d.at = clock("10:01"), &["form date 0 at"]);
    finds(&|d| d.letters.clear(), &["form date 0 letters"]);
    finds(&|d| d.occasions = Occasions { from: 2, to: Some(1) }, &["form date 0 occasions"]);
    finds(&|d| d.occasions.from = 0, &["form date 0 occasions"]);
    finds(&|d| d.stages = Some([Stage::Prospect].into()), &["form date 0 stages"]);
    finds(&|d| d.window_days = Some(181), &["form date 0 window_days"]);
    // From the 8th to the eve of 立春: 26 days where that is on the 3rd, 27 on the 4th.
    finds(&|d| d.on = Date::Season { greeting: Greeting::MidWinter, after_days: 25 }, &[]);
    finds(&|d| d.on = Date::Season { greeting: Greeting::MidWinter, after_days: 26 }, &["R7 date 0 after_days"]);
    finds(&|d| d.on = Date::FirstPurchase { days_before: 181 }, &["form date 0 days_before"]);
    finds(&|d| d.on = Date::Birthday { days_before: 181 }, &["form date 0 days_before"]);
    finds(&|d| (d.on, d.window_days) = (Date::Birthday { days_before: 7 }, Some(7)), &[]);
    finds(&|d| (d.on, d.window_days) = (Date::Birthday { days_before: 7 }, Some(8)), &["R6 date 0 window_days"]);
    finds(&|d| d.on = Date::Dormant { days_before: 1 }, &[]);
    finds(&|d| d.on = Date::Dormant { days_before: 0 }, &["form date 0 days_before"]);
    finds(&|d| d.on = Date::Reorder { days_before: 181 }, &["form date 0 days_before"]);
    finds(&|d| d.letters[1].class = Class::Offer, &["R14 date letter 0/1 class"]);
    finds(&|d| (d.letters[1].class, d.occasions.from) = (Class::Offer, 2), &[]);
    finds(&|d| d.letters[1].id = id("arrival"), &["form date letter 0/1 id"]);
    finds(&|d| d.id = id("letters"), &["form date 0 id"]);
}

#[test]
fn r8_one_date_has_one_message_for_everybody() {
    let winter = || dated("winter", season(Greeting::MidWinter), Class::Greeting, 2);
    let both = |change: &dyn Fn(&mut Dated, &mut Dated), expected: &[&str]| {
        let mut other = dated("cold", season(Greeting::MidWinter), Class::Greeting, 2);
        let mut one = winter();
        change(&mut one, &mut other);
        check_finds(|p| p.dated = vec![one, other], expected);
    };
    both(&|_, _| (), &["R8 date 1 on"]);
    both(&|_, other| other.on = Date::Season { greeting: Greeting::MidWinter, after_days: 3 }, &["R8 date 1 on"]);
    both(&|_, other| other.on = season(Greeting::LateWinter), &[]);
    both(&|one, other| (one.occasions.to, other.occasions.from) = (Some(1), 2), &[]);
    both(&|one, other| (one.occasions.to, other.occasions.from) = (Some(2), 2), &["R8 date 1 on"]);
    both(&|one, _| one.stages = Some([Stage::Dormant].into()), &["R8 date 1 on"]);
    both(&|one, other| (one.stages, other.stages) = (Some([Stage::Dormant].into()), Some(Stage::BUYING.into())), &[]);
}
