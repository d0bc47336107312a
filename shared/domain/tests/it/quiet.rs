//! Quiet days: 祝日, 年末年始 and お盆, on which nothing goes out where there is another day.

use crate::dated::{dated, season, sent, with};
use crate::support::{Story, day, programme, shop};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use wasurena_domain::almanac::{Greeting, holiday_on, is_holiday};
use wasurena_domain::programme::Class;
use wasurena_domain::shop::{Quiet, Shop};

/// The sample shop as one that has said nothing of quiet days.
fn usual() -> Shop {
    Shop { quiet: Quiet::usual(), ..shop() }
}

/// The day on which the first message of whoever buys on a day is planned.
fn first_of(shop: &Shop, bought: NaiveDate) -> NaiveDate {
    let mut story = Story::of(shop.clone(), programme());
    story.buys("a", &format!("{bought} 12:00"));
    day(story.planned()[0].split(' ').nth(1).unwrap())
}

#[test]
fn the_kinds_of_quiet_days_are_those_of_the_almanac() {
    let on = |kind: Quiet, text: &str| Shop { quiet: BTreeSet::from([kind]), ..shop() }.is_quiet(day(text));
    for (kind, first, last) in [
        (Quiet::Holidays, "2027-05-03", "2027-05-05"),
        (Quiet::NewYear, "2026-12-29", "2027-01-03"),
        (Quiet::Obon, "2027-08-13", "2027-08-16"),
    ] {
        let (first, last) = (day(first), day(last));
        let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
        assert!(days.iter().all(|day| on(kind, &day.to_string())), "{kind:?}");
        assert!(!on(kind, &first.pred_opt().unwrap().to_string()), "{kind:?} begins");
        assert!(!on(kind, &last.succ_opt().unwrap().to_string()), "{kind:?} ends");
    }
    assert!(!on(Quiet::Holidays, "2026-12-31") && !on(Quiet::NewYear, "2027-01-11"));
    assert!(!shop().is_quiet(day("2027-01-01")), "a shop may have none");
}

#[test]
fn what_is_kept_of_a_year_is_what_the_law_says_of_each_day() {
    let days = day("2019-01-01").iter_days().take_while(|day| *day < self::day("2085-01-01"));
    for day in days {
        assert_eq!(is_holiday(day), holiday_on(day).is_some(), "{day}");
    }
    for day in [NaiveDate::MIN, NaiveDate::MAX] {
        assert_eq!(is_holiday(day), holiday_on(day).is_some(), "{day}");
    }
}

#[test]
fn r2_is_kept_on_a_quiet_day_only_where_there_is_no_other() {
    let shop = usual();
    for bought in day("2026-12-01").iter_days().take(400) {
        let days: Vec<NaiveDate> = bought.iter_days().skip(1).take(3).collect();
        let expected = days.iter().find(|day| !shop.is_quiet(**day)).unwrap_or(&days[0]);
        assert_eq!(first_of(&shop, bought), *expected, "bought on {bought}");
    }
    // 29 to 31 December are all there is.
    assert_eq!(first_of(&shop, day("2026-12-28")), day("2026-12-29"));
    assert_eq!(first_of(&Shop { quiet: BTreeSet::new(), ..shop }, day("2027-04-28")), day("2027-04-29"));
}

#[test]
fn r4_a_weekday_that_is_quiet_gives_way_and_the_rhythm_stays() {
    let mut story = Story::of(usual(), programme());
    story.buys("a", "2027-03-23 12:00").until("2027-06-02 12:00");
    let letters = story.sent.iter().filter(|(_, step, _)| step.as_str().starts_with("letter"));
    let days: Vec<String> = letters.map(|(_, _, at)| at.format("%F %a").to_string()).collect();
    // Tuesday 4 May is みどりの日, and Wednesday こどもの日.
    assert_eq!(days, ["2027-05-06 Thu", "2027-06-01 Tue"], "{:?}", story.diary());
}

#[test]
fn r7_cards_for_the_new_year_come_on_its_first_day() {
    let sent_on = |greeting| {
        let mut story = Story::of(usual(), with(vec![dated("greeting", season(greeting), Class::Greeting, 1)]));
        story.buys("a", "2026-11-01 12:00").until("2027-02-20 12:00");
        sent(&story, "greeting").into_iter().map(|(_, day)| day.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(sent_on(Greeting::NewYear), ["2027-01-01"]);
    // What is for no quiet day keeps away from them: 立春 is 4 February, and 8 January is no holiday.
    assert_eq!(sent_on(Greeting::LateWinter), ["2027-02-04"]);
    assert_eq!(sent_on(Greeting::MidWinter), ["2027-01-08"]);
}
