//! Whom messages are for by what was bought (R36), campaigns, and what is written as it goes (R9).

use crate::check::shown;
use crate::dated::{dated, season, sent, with};
use crate::planner::check_planned;
use crate::support::{Story, day, id, programme, shop, step};
use proptest::prelude::*;
use wasurena_domain::almanac::{Greeting, Region};
use wasurena_domain::catalogue::{Catalogue, Product};
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::policy::{Decision, decide};
use wasurena_domain::programme::{
    Anchor, Class, Date, Dated, MonthDay, Occasions, OncePer, Programme, Rhythm, SeriesLetter, Step, Target, check,
    check_in,
};
use wasurena_domain::shop::Shop;

fn names(names: &[&str]) -> std::collections::BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn only(groups: &[&str]) -> Option<Target> {
    Some(Target { groups: names(groups), ..Target::default() })
}

fn but(groups: &[&str]) -> Option<Target> {
    Some(Target { except_groups: names(groups), ..Target::default() })
}

/// A shop of cups, plates, and one plate that is a present too.
fn of_groups() -> Shop {
    let product = |id: &str, group: &str, tags: &[&str]| Product {
        ids: vec![id.into()],
        name: id.into(),
        group: Some(group.into()),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..Product::default()
    };
    let products = [product("cup", "cups", &[]), product("plate", "plates", &[]), product("box", "plates", &["gifts"])];
    Shop { products: Catalogue::new(products.into()), ..shop() }
}

/// Usage for plates, and another for everything else.
fn usages() -> Programme {
    let mut programme = programme();
    programme.series.clear();
    let usage = programme.steps.pop().unwrap();
    programme.steps.push(Step { id: id("usage-plates"), target: only(&["plates"]), ..usage.clone() });
    programme.steps.push(Step { id: id("usage-others"), target: but(&["plates"]), ..usage });
    programme
}

#[test]
fn r36_what_was_bought_chooses_the_step_and_who_is_left_out_is_on_record() {
    assert_eq!(check(&usages()), []);
    let mut story = Story::of(of_groups(), usages());
    story.buys_another("a", "plate", "2026-12-01 12:00").until("2027-01-01 12:00");
    assert_eq!(sent(&story, "usage"), [("usage-plates".to_owned(), day("2026-12-15"))]);
    assert!(story.diary().contains(&"usage-others 2026-12-15 10:00 skipped not_for_product".to_owned()));
    assert_eq!(story.tasks, Vec::<String>::new(), "nobody has to see to it");
    // What no product file knows is in no group.
    let mut story = Story::of(of_groups(), usages());
    story.buys_another("a", "lamp", "2026-12-01 12:00").until("2027-01-01 12:00");
    assert_eq!(sent(&story, "usage"), [("usage-others".to_owned(), day("2026-12-15"))]);
}

#[test]
fn r36_of_one_occasion_each_thing_has_its_own_usage_and_one_thanks_for_all() {
    let mut programme = usages();
    let thanks = programme.steps.remove(0);
    programme.steps.push(Step { id: id("thanks-plates"), target: only(&["plates"]), ..thanks.clone() });
    programme.steps.push(Step { id: id("thanks-others"), target: but(&["plates"]), ..thanks });
    assert_eq!(check(&programme), []);
    let mut story = Story::of(of_groups(), programme);
    story.buys("a", "2026-12-01 12:00").buys_another("b", "plate", "2026-12-01 13:00").until("2027-01-01 12:00");
    assert_eq!(sent(&story, "thanks"), [("thanks-others".to_owned(), day("2026-12-02"))]);
    let usage: Vec<String> = sent(&story, "usage").into_iter().map(|(step, _)| step).collect();
    assert_eq!(usage, ["usage-plates", "usage-others"], "{:?}", story.diary());
}

#[test]
fn r36_a_product_that_changes_its_group_is_looked_at_again() {
    let mut story = Story::of(of_groups(), usages());
    story.buys_another("a", "plate", "2026-12-01 12:00").until("2026-12-10 12:00");
    let usage = story.follow_ups.iter().find(|f| f.step == id("usage-plates")).unwrap().clone();
    assert_eq!(decide(&usage, &story.moment()), Decision::Send);
    story.shop.products = Catalogue::default();
    assert_eq!(decide(&usage, &story.moment()), Decision::Skip(Reason::NotForProduct));
    story.plan_now();
    let usage = story.follow_ups.iter().find(|f| f.step == id("usage-plates")).unwrap();
    assert_eq!((usage.state, usage.reason), (State::Cancelled, Some(Reason::NotForProduct)));
    story.until("2027-01-01 12:00");
    assert_eq!(sent(&story, "usage"), [("usage-others".to_owned(), day("2026-12-15"))]);
}

#[test]
fn r36_series_and_dates_are_for_whoever_has_bought_such_things() {
    let mut programme = with(vec![dated("winter", season(Greeting::MidWinter), Class::Greeting, 2)]);
    programme.series = crate::support::programme().series;
    programme.series.truncate(1);
    programme.series[0].target = only(&["gifts"]);
    programme.dated[0].target = but(&["gifts"]);
    assert_eq!(check(&programme), []);
    for (product, letters, winters) in [("plate", 0, 1), ("box", 2, 0)] {
        let mut story = Story::of(of_groups(), programme.clone());
        story.buys_another("a", product, "2026-12-01 12:00").until("2027-02-20 12:00");
        assert_eq!((sent(&story, "letter").len(), sent(&story, "winter").len()), (letters, winters), "{product}");
    }
}

#[test]
fn r36_of_two_for_one_date_the_first_that_fits_comes() {
    let winter = |name, target| Dated { target, ..dated(name, season(Greeting::MidWinter), Class::Greeting, 2) };
    let programme = with(vec![winter("winter-gifts", only(&["gifts"])), winter("winter-plates", only(&["plates"]))]);
    assert_eq!(check(&programme), []);
    for (product, expected) in [("box", vec!["winter-gifts-1"]), ("plate", vec!["winter-plates-1"]), ("cup", vec![])] {
        let mut story = Story::of(of_groups(), programme.clone());
        story.buys_another("a", product, "2026-12-01 12:00").until("2027-02-20 12:00");
        let found: Vec<String> = sent(&story, "winter").into_iter().map(|(step, _)| step).collect();
        assert_eq!(found, expected, "{product}");
    }
}

/// The findings of a programme whose usage steps have these targets.
fn found(targets: &[Option<Target>]) -> Vec<String> {
    let mut programme = usages();
    let usage = programme.steps.pop().unwrap();
    programme.steps.pop();
    for (n, target) in targets.iter().enumerate() {
        programme.steps.push(Step { id: id(&format!("usage-{n}")), target: target.clone(), ..usage.clone() });
    }
    check(&programme).iter().map(|finding| format!("{} {}", shown(finding), finding.what)).collect()
}

#[test]
fn r1_steps_for_some_things_must_be_for_all_of_them_together() {
    let product = |target: Option<Target>, product: &str| {
        let products = names(&[product]);
        Some(Target { products, ..target.unwrap() })
    };
    let whole: [&[Option<Target>]; 5] = [
        &[only(&["a"]), but(&["a"])],
        &[only(&["a"]), only(&["b"]), but(&["a", "b"])],
        &[only(&["a"]), None],
        &[only(&["a", "b"]), but(&["a"])],
        &[product(only(&["a"]), "cup"), but(&["a"])],
    ];
    for targets in whole {
        assert_eq!(found(targets), Vec::<String>::new(), "{targets:?}");
    }
    let gaps: [(&[Option<Target>], &str); 4] = [
        (&[only(&["a"])], "something that is not of `a`"),
        (&[only(&["a"]), but(&["a", "b"])], "something of `b` that is not of `a`"),
        (&[but(&["a"]), but(&["b"])], "something of `a`, `b`"),
        (&[only(&["a"]), only(&["b"])], "something that is not of `a`, `b`"),
    ];
    for (targets, thing) in gaps {
        let found = found(targets);
        assert!(found.len() == 1 && found[0].contains(thing) && found[0].starts_with("R1 step 4 "), "{found:?}");
    }
}

fn any_target() -> impl Strategy<Value = Option<Target>> {
    let some = || proptest::collection::btree_set(proptest::sample::select(vec!["a", "b", "c", "d"]), 0..3);
    (some(), some()).prop_map(|(groups, except)| {
        let owned = |names: std::collections::BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        let target = Target { groups: owned(groups), except_groups: owned(except), ..Target::default() };
        Some(target).filter(|target| !target.is_everything())
    })
}

proptest! {
    #[test]
    fn r1_the_proof_finds_each_thing_that_is_left_out(targets in proptest::collection::vec(any_target(), 1..6)) {
        // A thing bears any of the names, or none: so many are all there are.
        let is_for = |target: &Option<Target>, thing: u32| {
            let bears = |name: &String| thing & (1 << (name.as_bytes()[0] - b'a')) != 0;
            target.as_ref().is_none_or(|target| {
                (target.groups.is_empty() || target.groups.iter().any(bears)) && !target.except_groups.iter().any(bears)
            })
        };
        let is_left_out = (0..16).any(|thing| !targets.iter().any(|target| is_for(target, thing)));
        prop_assert_eq!(found(&targets).is_empty(), !is_left_out);
    }
}

fn campaign(name: &str, on: &str, class: Class) -> Dated {
    let mut campaign = dated(name, Date::Once { on: day(on) }, class, 1);
    campaign.letters[0].id = id(name);
    campaign.window_days = Some(4);
    campaign
}

#[test]
fn a_campaign_goes_once_to_whoever_fits_on_its_day() {
    // 2 January is quiet, and the owner's word all the same.
    let programme = with(vec![campaign("first-sale", "2027-01-02", Class::Story)]);
    assert_eq!(check(&programme), []);
    let mut story = Story::of(Shop { quiet: wasurena_domain::shop::Quiet::usual(), ..shop() }, programme.clone());
    story.buys("a", "2026-11-01 12:00").until("2028-02-01 12:00");
    assert_eq!(sent(&story, "first-sale"), [("first-sale".to_owned(), day("2027-01-02"))]);
    assert_eq!(story.tasks, Vec::<String>::new(), "there is no next text to be written");
    // Who comes too late for it hears nothing of it, nor does who has just bought.
    for bought in ["2027-01-20 12:00", "2026-12-28 12:00"] {
        let mut story = Story::of(shop(), programme.clone());
        story.buys("a", bought).until("2027-03-01 12:00");
        assert_eq!(sent(&story, "first-sale"), [], "{bought}");
    }
}

#[test]
fn a_campaign_makes_way_for_whatever_else_there_is() {
    let mut programme = with(vec![
        campaign("sale", "2027-01-08", Class::Story),
        dated("winter", season(Greeting::MidWinter), Class::Greeting, 1),
    ]);
    programme.frequency.min_gap_days = 3;
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00").until("2027-01-02 12:00");
    check_planned(&story, &["winter-1 2027-01-08 10:00", "sale 2027-01-11 10:00"]);
}

#[test]
fn r14_a_campaign_that_sells_is_for_those_who_have_bought_twice() {
    let mut programme = with(vec![campaign("sale", "2027-01-08", Class::Offer)]);
    let found: Vec<String> = check(&programme).iter().map(shown).collect();
    assert_eq!(found, ["R14 date letter 0/0 class"]);
    programme.dated[0].occasions = Occasions { from: 2, to: None };
    assert_eq!(check(&programme), []);
    programme.dated.push(campaign("other", "2027-01-08", Class::Story));
    let found: Vec<String> = check(&programme).iter().map(shown).collect();
    assert_eq!(found, ["R8 date 1 on"], "two on one day for the same people");
}

/// A monthly newsletter with issues of these days.
fn newsletter(issued: &[&str]) -> Programme {
    let mut programme = programme();
    programme.series.truncate(1);
    programme.series[0].rhythm = Rhythm::Months { every: 1, on: MonthDay::Number(10) };
    let issue =
        |on: &&str| SeriesLetter { id: id(&format!("news-{on}")), class: Class::Newsletter, issued: Some(day(on)) };
    programme.series[0].letters = issued.iter().map(issue).collect();
    programme
}

#[test]
fn r9_of_a_newsletter_come_the_issues_since_somebody_began_and_no_old_ones() {
    let issues = ["2026-12-01", "2027-01-05", "2027-02-01", "2027-02-03", "2027-04-01"];
    let mut story = Story::of(shop(), newsletter(&issues));
    // It begins on 12 January, so the first day of the rhythm is 10 February, and the newest issue since January comes.
    story.buys("a", "2026-12-01 12:00").until("2027-04-20 12:00");
    let expected =
        [("news-2027-02-03".to_owned(), day("2027-02-10")), ("news-2027-04-01".to_owned(), day("2027-04-10"))];
    assert_eq!(sent(&story, "news"), expected, "{:?}", story.diary());
    // The next has not been written: the owner is told 14 days before its day.
    assert_eq!(story.tasks, Vec::<String>::new());
    story.until("2027-04-27 12:00");
    let task = &story.plan.tasks[0];
    assert_eq!((task.kind.name(), task.about.as_str(), task.due), ("write_letter", "letters", day("2027-05-10")));
    // It is written as it goes.
    story.programme.series[0].letters.push(SeriesLetter {
        id: id("news-may"),
        class: Class::Newsletter,
        issued: Some(day("2027-05-01")),
    });
    story.plan_now();
    check_planned(&story, &["news-may 2027-05-10 10:00"]);
}

#[test]
fn r9_only_those_who_want_it_get_a_newsletter() {
    let mut order = crate::support::order(crate::support::at("2026-12-01 12:00"));
    order.consent = wasurena_domain::purchase::Consent::Unknown;
    let mut story = Story::of(shop(), newsletter(&["2027-02-01"]));
    story.until("2026-12-01 12:00").hears(crate::support::paid("a", order)).until("2027-03-01 12:00");
    assert_eq!(sent(&story, "news"), []);
    let mut mixed = newsletter(&["2027-02-01", "2027-03-01"]);
    mixed.series[0].letters[1].issued = None;
    let found: Vec<String> = check(&mixed).iter().map(shown).collect();
    assert_eq!(found, ["form letter 0/1 issued"]);
}

#[test]
fn r7_matsu_no_uchi_is_longer_in_kansai() {
    let programme = with(vec![dated("winter", season(Greeting::MidWinter), Class::Greeting, 1)]);
    let mut story = Story::of(Shop { region: Region::Kansai, ..shop() }, programme.clone());
    story.buys("a", "2026-12-01 12:00").until("2027-02-20 12:00");
    assert_eq!(sent(&story, "winter"), [("winter-1".to_owned(), day("2027-01-16"))]);
    let mut late = programme;
    late.dated[0].on = Date::Season { greeting: Greeting::MidWinter, after_days: 20 };
    assert_eq!(check(&late), []);
    let found: Vec<String> = check_in(&late, Region::Kansai).iter().map(shown).collect();
    assert_eq!(found, ["R7 date 0 after_days"]);
}

#[test]
fn a_product_is_named_by_its_id_or_its_name() {
    let anything = step("extra", Class::Story, Anchor::Purchase, (1, None), (5, 9));
    for (product, is_sent) in [("cup", true), ("湯のみ", true), ("plate", false)] {
        let target = Some(Target { products: names(&[product]), ..Target::default() });
        let mut programme = usages();
        programme.steps.push(Step { target, once_per: OncePer::Product, ..anything.clone() });
        let mut story = Story::of(of_groups(), programme);
        story.buys("a", "2026-12-01 12:00").until("2026-12-12 12:00");
        assert_eq!(sent(&story, "extra").len(), usize::from(is_sent), "{product}");
    }
}
