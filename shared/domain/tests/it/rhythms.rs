//! Rhythms: every so many weeks or months, held against a calendar that is counted day by day.

use crate::dated::sent;
use crate::planner::check_planned;
use crate::support::{Story, day, programme, shop};
use chrono::{Datelike, NaiveDate, Weekday};
use proptest::prelude::*;
use wasurena_domain::programme::{MonthDay, Rhythm};

fn any_weekday() -> impl Strategy<Value = Weekday> {
    (0..7_u8).prop_map(|n| Weekday::try_from(n).unwrap())
}

/// Every so many months, on any day.
pub(crate) fn any_months() -> impl Strategy<Value = Rhythm> {
    let weekday = (proptest::option::of(1..=4_u32), any_weekday());
    let on = prop_oneof![
        (1..=31_u32).prop_map(MonthDay::Number),
        weekday.prop_map(|(nth, weekday)| MonthDay::Weekday { nth, weekday }),
    ];
    (1..=3_u32, on).prop_map(|(every, on)| Rhythm::Months { every, on })
}

fn any_rhythm() -> impl Strategy<Value = Rhythm> {
    let days = (1..60_u32).prop_map(|every| Rhythm::Days { every, weekday: None });
    let weeks = (1..9_u32, any_weekday());
    let weeks = weeks.prop_map(|(weeks, weekday)| Rhythm::Days { every: weeks * 7, weekday: Some(weekday) });
    prop_oneof![1 => days, 1 => weeks, 2 => any_months()]
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..5000_u64).prop_map(|n| day("2026-01-01") + chrono::Days::new(n))
}

/// Whether a day is one on which such a rhythm may come, by its own month alone.
fn may_have(rhythm: Rhythm, day: NaiveDate) -> bool {
    let month = || day.with_day(1).unwrap().iter_days().take_while(|other| other.month() == day.month());
    match rhythm {
        Rhythm::Days { weekday, .. } => weekday.is_none_or(|weekday| day.weekday() == weekday),
        Rhythm::Months { on: MonthDay::Number(number), .. } => {
            day.day() == number || (day.day() < number && month().last() == Some(day))
        }
        Rhythm::Months { on: MonthDay::Weekday { nth, weekday }, .. } => {
            let its: Vec<NaiveDate> = month().filter(|other| other.weekday() == weekday).collect();
            let own = nth.map_or(its.last(), |nth| its.get(usize::try_from(nth).unwrap() - 1));
            own == Some(&day)
        }
    }
}

/// Months between two days, by their names alone.
fn months_between(from: NaiveDate, to: NaiveDate) -> i32 {
    (to.year() - from.year()) * 12 + to.month().cast_signed() - from.month().cast_signed()
}

proptest! {
    #[test]
    fn a_rhythm_goes_on_as_it_began(rhythm in any_rhythm(), from in any_day()) {
        let start = rhythm.begins(from);
        let before = from.iter_days().take_while(|day| *day < start).find(|day| may_have(rhythm, *day));
        prop_assert_eq!(before, None, "it could have begun sooner");
        let days: Vec<NaiveDate> = std::iter::successors(Some(start), |day| Some(rhythm.next(*day))).take(40).collect();
        for pair in days.windows(2) {
            let (one, other) = (pair[0], pair[1]);
            prop_assert!(one < other, "{one} {other}");
            prop_assert!(may_have(rhythm, other), "{other}");
            prop_assert!((other - one).num_days() >= i64::from(rhythm.shortest_days()));
            prop_assert_eq!(rhythm.previous(other), one);
            match rhythm {
                Rhythm::Days { every, .. } => prop_assert_eq!((other - one).num_days(), i64::from(every)),
                Rhythm::Months { every, .. } => prop_assert_eq!(months_between(one, other), every.cast_signed()),
            }
        }
    }

    #[test]
    fn any_day_has_a_next_one_of_the_rhythm(rhythm in any_rhythm(), from in any_day(), later in 0..900_u64) {
        let start = rhythm.begins(from);
        let asked = from + chrono::Days::new(later);
        let days = std::iter::successors(Some(start), |day| Some(rhythm.next(*day)));
        let expected = days.clone().find(|day| *day >= asked).unwrap();
        prop_assert_eq!(rhythm.on_or_after(start, asked), expected);
        prop_assert_eq!(rhythm.has(start, asked), expected == asked);
    }
}

#[test]
fn months_are_as_long_as_they_are() {
    let days = |rhythm: Rhythm, from: &str| {
        let start = rhythm.begins(day(from));
        let days = std::iter::successors(Some(start), |day| Some(rhythm.next(*day)));
        days.take(3).map(|day| day.to_string()).collect::<Vec<_>>()
    };
    let monthly = |on| Rhythm::Months { every: 1, on };
    assert_eq!(days(monthly(MonthDay::Number(31)), "2028-01-31"), ["2028-01-31", "2028-02-29", "2028-03-31"]);
    assert_eq!(days(monthly(MonthDay::Number(10)), "2026-12-11"), ["2027-01-10", "2027-02-10", "2027-03-10"]);
    let second = MonthDay::Weekday { nth: Some(2), weekday: Weekday::Tue };
    assert_eq!(days(monthly(second), "2026-12-01"), ["2026-12-08", "2027-01-12", "2027-02-09"]);
    let last = MonthDay::Weekday { nth: None, weekday: Weekday::Fri };
    assert_eq!(days(Rhythm::Months { every: 2, on: last }, "2026-11-28"), ["2026-12-25", "2027-02-26", "2027-04-30"]);
    // The ends of the calendar are no trap.
    let _ = monthly(last).next(NaiveDate::MAX);
}

#[test]
fn r4_a_letter_comes_on_its_day_of_each_month() {
    let mut programme = programme();
    programme.series.truncate(1);
    programme.series[0].rhythm = Rhythm::Months { every: 1, on: MonthDay::Number(31) };
    let mut story = Story::of(shop(), programme);
    // Usage on the 15th, and 28 days after it are the 12th of January.
    story.buys("a", "2026-12-01 12:00").until("2027-04-01 12:00");
    let days: Vec<String> = sent(&story, "letter").into_iter().map(|(_, day)| day.to_string()).collect();
    assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31"]);
    check_planned(&story, &["letter-4 2027-04-30 10:00"]);
    // A month that was slept through is left out, and the day stays.
    story.sleeps_until("2027-05-20 12:00").plan_now().until("2027-07-01 12:00");
    let days: Vec<String> = sent(&story, "letter").into_iter().skip(3).map(|(_, day)| day.to_string()).collect();
    assert_eq!(days, ["2027-05-31", "2027-06-30"], "{:?}", story.diary());
}
