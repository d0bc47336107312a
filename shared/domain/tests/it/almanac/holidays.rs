//! Holidays against what others have computed.

use super::{YEARS, day, days_of};
use chrono::{Datelike, NaiveDate, Weekday};
use proptest::prelude::*;
use wasurena_domain::almanac::{Holiday, PUBLISHED_TO_YEAR, holiday_on, holidays};

/// Computed by the libraries jpholiday 1.0.3 and holidays 0.109, which agree on every day from 2026 to 2040.
const TABLE: &str = "
2026
  01/01 元日  01/12 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/20 春分の日  04/29 昭和の日
  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  05/06 振替休日  07/20 海の日  08/11 山の日
  09/21 敬老の日  09/22 国民の休日  09/23 秋分の日  10/12 スポーツの日  11/03 文化の日
  11/23 勤労感謝の日
2027
  01/01 元日  01/11 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/21 春分の日  03/22 振替休日
  04/29 昭和の日  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  07/19 海の日  08/11 山の日
  09/20 敬老の日  09/23 秋分の日  10/11 スポーツの日  11/03 文化の日  11/23 勤労感謝の日
2028
  01/01 元日  01/10 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/20 春分の日  04/29 昭和の日
  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  07/17 海の日  08/11 山の日  09/18 敬老の日
  09/22 秋分の日  10/09 スポーツの日  11/03 文化の日  11/23 勤労感謝の日
2032
  01/01 元日  01/12 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/20 春分の日  04/29 昭和の日
  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  07/19 海の日  08/11 山の日  09/20 敬老の日
  09/21 国民の休日  09/22 秋分の日  10/11 スポーツの日  11/03 文化の日  11/23 勤労感謝の日
2033
  01/01 元日  01/10 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/20 春分の日  03/21 振替休日
  04/29 昭和の日  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  07/18 海の日  08/11 山の日
  09/19 敬老の日  09/23 秋分の日  10/10 スポーツの日  11/03 文化の日  11/23 勤労感謝の日
2037
  01/01 元日  01/12 成人の日  02/11 建国記念の日  02/23 天皇誕生日  03/20 春分の日  04/29 昭和の日
  05/03 憲法記念日  05/04 みどりの日  05/05 こどもの日  05/06 振替休日  07/20 海の日  08/11 山の日
  09/21 敬老の日  09/22 国民の休日  09/23 秋分の日  10/12 スポーツの日  11/03 文化の日
  11/23 勤労感謝の日
";

/// How many holidays each year has, from 2026 on, by the same libraries.
const COUNTS: [usize; 15] = [18, 17, 16, 19, 19, 19, 17, 17, 17, 19, 18, 18, 16, 16, 18];

#[test]
fn holidays_are_those_of_the_calendars() {
    let mut expected: Vec<(NaiveDate, &str)> = Vec::new();
    let mut year = "";
    let mut words = TABLE.split_whitespace();
    while let Some(word) = words.next() {
        let Some((month, of_month)) = word.split_once('/') else {
            year = word;
            continue;
        };
        expected.push((day(&format!("{year}-{month}-{of_month}")), words.next().unwrap()));
    }
    let mut years: Vec<i32> = expected.iter().map(|(day, _)| day.year()).collect();
    years.dedup();
    assert_eq!(years, [2026, 2027, 2028, 2032, 2033, 2037]);
    let ours: Vec<_> = years.into_iter().flat_map(holidays).map(|holiday| (holiday.day, holiday.name)).collect();
    assert_eq!(ours, expected);
}

#[test]
fn no_year_has_a_holiday_more_or_less() {
    assert_eq!(YEARS.map(|year| holidays(year).len()).collect::<Vec<_>>(), COUNTS);
}

#[test]
fn what_hangs_on_an_equinox_is_a_forecast_until_it_is_published() {
    let forecasts: Vec<String> = (2026..=2033)
        .flat_map(holidays)
        .filter(|holiday| holiday.is_forecast)
        .map(|holiday| format!("{} {}", holiday.day, holiday.name))
        .collect();
    assert_eq!(PUBLISHED_TO_YEAR, 2027);
    assert_eq!(
        forecasts,
        [
            "2028-03-20 春分の日",
            "2028-09-22 秋分の日",
            "2029-03-20 春分の日",
            "2029-09-23 秋分の日",
            "2029-09-24 振替休日",
            "2030-03-20 春分の日",
            "2030-09-23 秋分の日",
            "2031-03-21 春分の日",
            "2031-09-23 秋分の日",
            "2032-03-20 春分の日",
            "2032-09-21 国民の休日",
            "2032-09-22 秋分の日",
            "2033-03-20 春分の日",
            "2033-03-21 振替休日",
            "2033-09-23 秋分の日",
        ]
    );
}

#[test]
fn the_rest_of_may_follows_its_sunday() {
    // 3 May is a Sunday, 4 May is, 5 May is: each time the first day after the three is free. On a Saturday nothing is.
    for (free, expected) in [("2026-05-06", true), ("2025-05-06", true), ("2024-05-06", true), ("2027-05-06", false)] {
        let name = holiday_on(day(free)).map(|holiday| holiday.name);
        assert_eq!(name, expected.then_some("振替休日"), "{free}");
    }
}

#[test]
fn every_sunday_is_made_up_for() {
    for holiday in YEARS.flat_map(holidays).filter(|holiday| holiday.day.weekday() == Weekday::Sun) {
        let next = holiday.day.iter_days().skip(1).find(|day| holiday_on(*day).is_none_or(|it| it.name == "振替休日"));
        assert_eq!(next.and_then(holiday_on).map(|it| it.name), Some("振替休日"), "{holiday:?}");
    }
}

#[test]
fn a_years_list_is_its_days() {
    let by_day: Vec<Holiday> = days_of(YEARS).filter_map(holiday_on).collect();
    assert_eq!(YEARS.flat_map(holidays).collect::<Vec<_>>(), by_day);
}

#[test]
fn the_ends_of_the_calendar_are_no_trap() {
    let _ = (holiday_on(NaiveDate::MIN), holiday_on(NaiveDate::MAX));
    assert_eq!(holidays(i32::MAX), []);
    assert_eq!(holidays(i32::MIN), []);
}

proptest! {
    #[test]
    fn every_year_has_the_sixteen_and_few_more(year in 2022..2100_i32) {
        let of_year = holidays(year);
        let added = of_year.iter().filter(|holiday| matches!(holiday.name, "振替休日" | "国民の休日")).count();
        prop_assert_eq!(of_year.len() - added, 16);
        prop_assert!(added <= 5, "{} added", added);
        prop_assert!(of_year.is_sorted() && of_year.iter().all(|holiday| holiday.day.year() == year));
    }
}
