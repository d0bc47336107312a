//! Programmes on trial: what nobody would ever get, what keeps it from them, and what is mostly selling.

use crate::channels::told_by;
use crate::dated::{dated, season};
use crate::support::{clock, id, programme, shop, step};
use wasurena_domain::almanac::Greeting;
use wasurena_domain::catalogue::{Catalogue, Product};
use wasurena_domain::channel::{Channel, Channels};
use wasurena_domain::customer::Stage;
use wasurena_domain::programme::{
    Anchor, Cap, Class, Date, Dated, Frequency, Occasions, Programme, Rhythm, Rule, Series, SeriesLetter, Severity,
    Start, Step, check,
};
use wasurena_domain::shop::{Shop, Stages};
use wasurena_domain::trial;

const ONCE: Occasions = Occasions { from: 1, to: Some(1) };

/// The findings of the trial, `warning` before those that are.
fn found_in(shop: &Shop, programme: &Programme) -> Vec<String> {
    assert_eq!(check(programme), [], "the trial is for programmes that pass the check");
    let findings = trial::check(shop, programme).into_iter();
    let mark = |severity| if severity == Severity::Warning { "warning " } else { "" };
    findings.map(|f| format!("{}{}: {}", mark(f.severity), f.rule, f.what)).collect()
}

/// The findings of the sample programme after a change, each by a part of what it says.
#[track_caller]
fn finds(change: impl FnOnce(&mut Programme), expected: &[&str]) {
    let mut programme = programme();
    change(&mut programme);
    let found = found_in(&shop(), &programme);
    assert_eq!(found, expected);
}

fn only(stages: &[Stage]) -> Option<std::collections::BTreeSet<Stage>> {
    Some(stages.iter().copied().collect())
}

fn caps(caps: &[(Stage, u32, u32)]) -> Frequency {
    let caps = caps.iter().map(|(stage, max, days)| (*stage, Cap { max: *max, days: *days })).collect();
    Frequency { caps, ..Frequency::default() }
}

#[test]
fn the_sample_programme_passes() {
    finds(|_| (), &[]);
}

#[test]
fn r8_a_step_that_never_fits_a_cap_is_told_with_what_is_in_its_way() {
    finds(
        |p| p.frequency = caps(&[(Stage::First, 2, 30)]),
        &["warning R8: `arrival` reaches nobody at the stage first: `first = \"2 in 30 days\"` is used up by \
           `thanks-first` and `usage`"],
    );
    finds(|p| p.frequency = caps(&[(Stage::First, 3, 30)]), &[]);
    // Where it is for nobody else, it is for nobody at all.
    finds(
        |p| {
            p.frequency = caps(&[(Stage::First, 2, 30)]);
            p.steps[3].occasions = ONCE;
        },
        &["R8: `arrival` reaches nobody: `first = \"2 in 30 days\"` is used up by `thanks-first` and `usage`"],
    );
    finds(
        |p| p.frequency = caps(&[(Stage::Repeat, 2, 30)]),
        &["warning R8: `arrival` reaches nobody at the stage first: `repeat = \"2 in 30 days\"` is used up by \
           `thanks-first` and `usage`, for what is promised keeps the caps of all stages"],
    );
    // So neither of these alone is the reason.
    finds(
        |p| p.frequency = caps(&[(Stage::First, 2, 30), (Stage::Regular, 2, 30)]),
        &[
            "warning R8: `arrival` reaches nobody at the stage first: the caps of several stages together leave no day of \
             it beside `thanks-first` and `usage`",
            "warning R8: `usage` reaches nobody at the stage regular: `regular = \"2 in 30 days\"` is used up by \
             `letter-3` and `arrival`",
        ],
    );
}

#[test]
fn r8_a_letter_that_never_fits_the_cap_of_letters_is_told() {
    let cards = |max: u32| {
        move |p: &mut Programme| {
            p.steps.push(told_by("card", &[Channel::Letter], (10, 12)));
            p.steps.push(told_by("second-card", &[Channel::Letter], (25, 27)));
            p.frequency.channels.insert(Channel::Letter, Cap { max, days: 365 });
        }
    };
    finds(cards(2), &[]);
    finds(cards(1), &["R8: `second-card` reaches nobody: `letter = \"1 in 365 days\"` is used up by `card`"]);
}

#[test]
fn r8_a_step_that_the_gap_leaves_no_day_is_told() {
    let wedged = |p: &mut Programme| {
        p.frequency.min_gap_days = 5;
        p.steps.push(step("wedged", Class::Survey, Anchor::Purchase, (1, None), (3, 4)));
    };
    finds(
        wedged,
        &["R8: `wedged` reaches nobody: with 5 days from one message to the next, no day of it is left beside \
           `thanks-first` and `arrival`"],
    );
    finds(
        |p| {
            wedged(p);
            p.steps[5].latest_day = 21;
        },
        &[],
    );
}

#[test]
fn r34_what_is_for_a_stage_that_nobody_has_on_its_day_is_told() {
    finds(
        |p| (p.steps[3].occasions, p.steps[3].stages) = (ONCE, only(&[Stage::Dormant])),
        &["R34: `arrival` reaches nobody: it is for customers at the stage dormant, and on its day nobody is"],
    );
    finds(
        |p| p.steps[1].stages = only(&[Stage::First]),
        &["R34: `thanks-second` reaches nobody: it is for customers at the stage first, and on its day nobody is"],
    );
    finds(
        |p| p.series[1].stages = only(&[Stage::Prospect, Stage::First]),
        &["R34: `news` reaches nobody: it is for customers at the stage prospect or first, and on its day nobody is"],
    );
    let loyal = |from, to| Dated {
        occasions: Occasions { from, to },
        stages: only(&[Stage::Loyal]),
        ..dated("winter", season(Greeting::MidWinter), Class::Greeting, 2)
    };
    finds(
        |p| p.dated.push(loyal(1, Some(2))),
        &["R34: `winter` reaches nobody: it is for customers at the stage loyal, and on its day nobody is"],
    );
    finds(|p| p.dated.push(loyal(1, None)), &[]);
    // Time alone leads to the last stage, also years later.
    let dormant =
        Step { stages: only(&[Stage::Dormant]), ..step("gone", Class::Story, Anchor::Purchase, (1, None), (400, 420)) };
    finds(|p| p.steps.push(dormant.clone()), &[]);
    let roofer = Shop { stages: Stages { dormant_after_days: 1500, ..Stages::default() }, ..shop() };
    let mut programme = programme();
    programme.steps.push(dormant);
    assert_eq!(
        found_in(&roofer, &programme),
        ["R34: `gone` reaches nobody: it is for customers at the stage dormant, and on its day nobody is"]
    );
}

#[test]
fn a_date_that_lies_within_the_first_three_weeks_is_told() {
    let date = |on, occasions| Dated { occasions, ..dated("back", on, Class::Greeting, 2) };
    let soon = Shop { stages: Stages { dormant_after_days: 60, ..Stages::default() }, ..shop() };
    let mut programme = programme();
    programme.dated = vec![date(Date::Dormant { days_before: 45 }, ONCE)];
    programme.dated[0].window_days = Some(3);
    let told = "form: `back` reaches nobody: all its days are in the first three weeks after a first purchase, which \
                belong to the thing that was bought, or before it";
    assert_eq!(found_in(&soon, &programme), [told]);
    programme.dated[0].occasions.to = None;
    assert_eq!(found_in(&soon, &programme), [""; 0]);
}

#[test]
fn a_reminder_of_which_nobody_knows_the_day_is_told() {
    let reminder =
        |occasions| Dated { occasions, ..dated("again", Date::Reorder { days_before: 3 }, Class::Greeting, 2) };
    finds(
        |p| p.dated.push(reminder(ONCE)),
        &["form: `again` reaches nobody: after one purchase only the product file can say when somebody will buy \
           again, and no product there has reorder_days"],
    );
    finds(|p| p.dated.push(reminder(Occasions { from: 1, to: None })), &[]);
    let coffee = Product { name: "coffee".into(), reorder_days: Some(30), ..Product::default() };
    let roaster = Shop { products: Catalogue::new(vec![coffee]), ..shop() };
    let mut programme = programme();
    programme.dated.push(reminder(ONCE));
    assert_eq!(found_in(&roaster, &programme), [""; 0]);
}

#[test]
fn what_waits_for_something_late_is_tried_on_something_late() {
    let making = Step { arrives_late: true, ..step("making", Class::Story, Anchor::Purchase, (1, None), (10, 18)) };
    finds(|p| p.steps.push(making.clone()), &[]);
    let never = Step { stages: only(&[Stage::Dormant]), ..making };
    finds(
        |p| p.steps.push(never),
        &["R34: `making` reaches nobody: it is for customers at the stage dormant, and on its day nobody is"],
    );
}

/// The sample programme with a series that sells every so many weeks, and without its four sparse ones.
fn selling_every(weeks: u32, from_occasion: u32) -> Programme {
    let mut programme = programme();
    let letters = (1..=60).map(|n| SeriesLetter { id: id(&format!("sale-{n}")), class: Class::Offer, issued: None });
    programme.series[1] = Series {
        id: id("sales"),
        from_occasion,
        stages: None,
        channels: Channels::default(),
        start: Start::AfterPurchase { days: 30 },
        rhythm: Rhythm::Days { every: weeks * 7, weekday: None },
        target: None,
        window_days: 6,
        at: clock("10:00"),
        letters: letters.collect(),
    };
    programme
}

#[test]
fn r18_a_programme_that_is_mostly_selling_gets_a_warning() {
    let shares = |programme: &Programme| found_in(&shop(), programme);
    assert_eq!(
        shares(&selling_every(2, 2)),
        ["warning R18: the programme is mostly selling: of the 65 messages that somebody gets in the two years after \
          purchase 2 and before the next one, 50 sell, and more than half is too much"]
    );
    assert_eq!(shares(&selling_every(13, 2)), [""; 0]);
    // Whoever is loyal hears what the others do not.
    let found = shares(&selling_every(2, 6));
    assert!(found.len() == 1 && found[0].contains("after purchase 6"), "{found:?}");
    // Where it stands: with the first message that sells.
    let finding = trial::check(&shop(), &selling_every(2, 2)).remove(0);
    assert_eq!((finding.rule, finding.severity), (Rule::R18, Severity::Warning));
    assert_eq!(crate::check::shown(&finding), "R18 letter 1/0 class");
}
