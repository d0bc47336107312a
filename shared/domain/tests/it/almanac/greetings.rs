//! The seasons of greetings, and the days on which people are away.

use super::{YEARS, day, days_of};
use chrono::Datelike;
use proptest::prelude::*;
use wasurena_domain::almanac::{Greeting, Region, is_obon, is_year_end, matsu_no_uchi, obon, year_end};

/// A greeting, its name, its first and last day in 2026, 2028 and 2029.
type Row<'a> = (Greeting, &'a str, [(&'a str, &'a str); 3]);

#[test]
fn greetings_arrive_in_their_season() {
    let rows: [Row<'_>; 9] = [
        (
            Greeting::NewYear,
            "年賀状",
            [("2026-01-01", "2026-01-07"), ("2028-01-01", "2028-01-07"), ("2029-01-01", "2029-01-07")],
        ),
        (
            Greeting::MidWinter,
            "寒中見舞い",
            [("2026-01-08", "2026-02-03"), ("2028-01-08", "2028-02-03"), ("2029-01-08", "2029-02-02")],
        ),
        (
            Greeting::LateWinter,
            "余寒見舞い",
            [("2026-02-04", "2026-02-28"), ("2028-02-04", "2028-02-29"), ("2029-02-03", "2029-02-28")],
        ),
        (
            Greeting::RainySeason,
            "梅雨見舞い",
            [("2026-06-06", "2026-07-06"), ("2028-06-05", "2028-07-05"), ("2029-06-05", "2029-07-06")],
        ),
        (
            Greeting::MidSummer,
            "暑中見舞い",
            [("2026-07-23", "2026-08-06"), ("2028-07-22", "2028-08-06"), ("2029-07-22", "2029-08-06")],
        ),
        (
            Greeting::LateSummer,
            "残暑見舞い",
            [("2026-08-07", "2026-08-31"), ("2028-08-07", "2028-08-31"), ("2029-08-07", "2029-08-31")],
        ),
        (
            Greeting::Halloween,
            "ハロウィン",
            [("2026-10-25", "2026-10-31"), ("2028-10-25", "2028-10-31"), ("2029-10-25", "2029-10-31")],
        ),
        (
            Greeting::FirstCold,
            "初冬のごあいさつ",
            [("2026-11-07", "2026-11-21"), ("2028-11-07", "2028-11-21"), ("2029-11-07", "2029-11-21")],
        ),
        (
            Greeting::Christmas,
            "クリスマス",
            [("2026-12-18", "2026-12-25"), ("2028-12-18", "2028-12-25"), ("2029-12-18", "2029-12-25")],
        ),
    ];
    assert_eq!(rows.map(|(greeting, ..)| greeting), Greeting::ALL);
    for (greeting, name, windows) in rows {
        assert_eq!(greeting.name(), name);
        for (year, (first, last)) in [2026, 2028, 2029].into_iter().zip(windows) {
            assert_eq!(greeting.window(year), day(first)..=day(last), "{name} {year}");
        }
    }
}

#[test]
fn kansai_keeps_the_new_year_longer() {
    assert_eq!(matsu_no_uchi(2027, Region::Most), day("2027-01-01")..=day("2027-01-07"));
    assert_eq!(matsu_no_uchi(2027, Region::Kansai), day("2027-01-01")..=day("2027-01-15"));
    assert_eq!(Greeting::NewYear.window_in(2027, Region::Kansai), day("2027-01-01")..=day("2027-01-15"));
    assert_eq!(Greeting::MidWinter.window_in(2027, Region::Kansai), day("2027-01-16")..=day("2027-02-03"));
    assert_eq!(Greeting::MidSummer.window_in(2027, Region::Kansai), Greeting::MidSummer.window(2027));
}

#[test]
fn only_summers_greeting_may_come_before_its_window() {
    assert_eq!(Greeting::MidSummer.earliest(2026, Region::Most), day("2026-07-07"));
    assert_eq!(Greeting::MidSummer.earliest(2028, Region::Most), day("2028-07-06"));
    assert_eq!(Greeting::MidWinter.earliest(2027, Region::Kansai), day("2027-01-16"));
    assert_eq!(Greeting::LateSummer.earliest(2026, Region::Most), day("2026-08-07"));
}

#[test]
fn people_are_away_in_august_and_at_the_turn_of_the_year() {
    assert_eq!(obon(2026), day("2026-08-13")..=day("2026-08-16"));
    assert_eq!(year_end(2026), day("2026-12-29")..=day("2027-01-03"));
    let rows = [
        ("2026-08-12", false, false),
        ("2026-08-13", true, false),
        ("2026-08-16", true, false),
        ("2026-08-17", false, false),
        ("2026-12-28", false, false),
        ("2026-12-29", false, true),
        ("2026-12-31", false, true),
        ("2027-01-01", false, true),
        ("2027-01-03", false, true),
        ("2027-01-04", false, false),
    ];
    for (of, in_obon, at_year_end) in rows {
        assert_eq!((is_obon(day(of)), is_year_end(day(of))), (in_obon, at_year_end), "{of}");
    }
    assert_eq!(days_of(YEARS).filter(|day| is_obon(*day)).count(), 4 * YEARS.count());
    assert_eq!(days_of(YEARS).filter(|day| is_year_end(*day)).count(), 6 * YEARS.count());
}

proptest! {
    #[test]
    fn every_window_is_open_in_its_year_and_none_overlap(year in 1900..2200_i32, kansai: bool) {
        let region = if kansai { Region::Kansai } else { Region::Most };
        let windows = Greeting::ALL.map(|greeting| greeting.window_in(year, region));
        for (greeting, window) in Greeting::ALL.into_iter().zip(&windows) {
            prop_assert!(!window.is_empty() && window.start().year() == year && window.end().year() == year);
            prop_assert!((*window.end() - *window.start()).num_days() >= 6, "{} {}", greeting.name(), year);
            prop_assert!(greeting.earliest(year, region) <= *window.start());
        }
        for pair in windows.windows(2) {
            prop_assert!(pair[0].end() < pair[1].start());
        }
        // Winter's three follow each other without a gap, and so do summer's two.
        for n in [0, 1, 4] {
            prop_assert_eq!(windows[n].end().succ_opt(), Some(*windows[n + 1].start()));
        }
    }

    #[test]
    fn no_year_is_too_far(
        year in prop_oneof![any::<i32>(), -262_150..-262_130, 262_130..262_150],
        n in 0..Greeting::ALL.len(),
    ) {
        let _ = (Greeting::ALL[n].window(year), obon(year), year_end(year));
    }
}
