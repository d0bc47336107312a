//! Solar terms against an ephemeris, and how near they come to midnight.

use super::{YEARS, day};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Tokyo;
use proptest::prelude::*;
use wasurena_domain::almanac::SolarTerm;

/// The moments in Japan's time at which the sun's apparent longitude is 285°, 300° and so on: day of the month and time,
/// two in each month. Computed by Skyfield 1.55 with JPL's ephemeris DE421, in UTC with the leap seconds known in 2026,
/// plus nine hours. PyEphem 4.2.1, which has another theory and another ΔT, gives the same 360 days.
const EPHEMERIS: &str = "
2026  05 17:23:09  20 10:44:56  04 05:02:07  19 00:51:55  05 22:58:59  20 23:45:57  05 03:39:59  20 10:39:06
      05 20:48:43  21 09:36:44  06 00:48:21  21 17:24:30  07 10:56:57  23 04:13:05  07 20:42:44  23 11:18:48
      07 23:41:17  23 09:05:13  08 15:29:17  23 18:37:56  07 18:52:04  22 16:23:20  07 11:52:31  22 05:50:14
2027  05 23:09:57  20 16:29:50  04 10:46:18  19 06:33:28  06 04:39:31  21 05:24:41  05 09:17:29  20 16:17:37
      06 02:25:11  21 15:18:14  06 06:25:48  21 23:10:50  07 16:37:03  23 10:04:39  08 02:26:46  23 17:14:19
      08 05:28:26  23 15:01:43  08 21:17:04  24 00:32:52  08 00:38:33  22 22:16:13  07 17:37:40  22 11:42:09
2028  06 04:54:38  20 22:21:55  04 16:31:14  19 12:26:01  05 10:24:48  20 11:17:08  04 15:03:05  19 22:09:28
      05 08:12:10  20 21:09:48  05 12:15:59  21 05:02:00  06 22:30:18  22 15:53:58  07 08:21:09  22 23:00:55
      07 11:22:08  22 20:45:18  08 03:08:30  23 06:13:22  07 06:27:15  22 03:54:22  06 23:24:39  21 17:19:39
2029  05 10:41:54  20 04:00:52  03 22:20:46  18 18:07:55  05 16:17:35  20 17:01:58  04 20:58:21  20 03:55:41
      05 14:07:44  21 02:55:52  05 18:09:58  21 10:48:17  07 04:22:24  22 21:42:05  07 14:11:44  23 04:51:36
      07 17:11:53  23 02:38:30  08 08:58:07  23 12:08:07  07 12:16:45  22 09:49:23  07 05:13:47  21 23:14:06
2030  05 16:30:34  20 09:54:23  04 04:08:28  18 23:59:56  05 22:03:18  20 22:52:05  05 02:41:00  20 09:43:34
      05 19:46:18  21 08:41:05  05 23:44:29  21 16:31:18  07 09:55:29  23 03:24:53  07 19:47:19  23 10:36:23
      07 22:52:50  23 08:26:53  08 14:45:16  23 18:00:33  07 18:08:44  22 15:44:36  07 11:07:37  22 05:09:37
2031  05 22:23:08  20 15:47:58  04 09:58:18  19 05:50:55  06 03:51:01  21 04:40:58  05 08:28:22  20 15:31:14
      06 01:35:11  21 14:27:55  06 05:35:41  21 22:17:08  07 15:48:51  23 09:10:28  08 01:42:56  23 16:23:19
      08 04:50:09  23 14:15:18  08 20:42:57  23 23:49:27  08 00:05:40  22 21:32:37  07 17:02:53  22 10:55:33
2032  06 04:16:06  20 21:31:17  04 15:48:57  19 11:32:13  05 09:40:13  20 10:21:53  04 14:17:36  19 21:14:08
      05 07:25:52  20 20:14:59  05 11:27:59  21 04:08:46  06 21:40:54  22 15:04:45  07 07:32:43  22 22:18:20
      07 10:37:54  22 20:10:53  08 02:30:23  23 05:46:14  07 05:54:16  22 03:31:11  06 22:53:20  21 16:55:56
2033  05 10:08:07  20 03:32:47  03 21:41:35  18 17:33:49  05 15:32:20  20 16:22:43  04 20:08:07  20 03:13:07
      05 13:13:46  21 02:10:58  05 17:13:26  21 10:01:08  07 03:24:57  22 20:52:49  07 13:15:45  23 04:01:51
      07 16:20:21  23 01:51:40  08 08:13:56  23 11:27:37  07 11:41:05  22 09:16:10  07 04:44:56  21 22:46:00
2034  05 16:04:31  20 09:27:18  04 03:41:10  18 23:30:12  05 21:32:24  20 22:17:30  05 02:06:15  20 09:03:44
      05 19:09:09  21 07:56:54  05 23:06:41  21 15:44:12  07 09:17:38  23 02:36:21  07 19:09:06  23 09:47:46
      07 22:14:00  23 07:39:35  08 14:07:07  23 17:16:27  07 17:33:40  22 15:04:58  07 10:36:50  22 04:34:00
2035  05 21:55:43  20 15:14:16  04 09:31:34  19 05:16:10  06 03:21:39  21 04:02:44  05 07:53:52  20 14:49:00
      06 00:54:57  21 13:43:28  06 04:50:50  21 21:33:08  07 15:01:10  23 08:28:42  08 00:54:22  23 15:44:11
      08 04:02:30  23 13:38:56  08 19:57:41  23 23:16:10  07 23:23:51  22 21:03:13  07 16:25:31  22 10:30:53
2036  06 03:43:31  20 21:11:03  04 15:19:56  19 11:14:18  05 09:11:50  20 10:02:51  04 13:46:17  19 20:50:30
      05 06:49:24  20 19:44:53  05 10:47:01  21 03:32:14  06 20:57:33  22 14:22:41  07 06:48:56  22 21:32:25
      07 09:54:59  22 19:23:20  08 01:48:58  23 04:58:51  07 05:14:40  22 02:45:19  06 22:16:02  21 16:12:53
2037  05 09:34:04  20 02:53:45  03 21:11:38  18 16:58:56  05 15:06:12  20 15:50:16  04 19:44:03  20 02:40:20
      05 12:49:29  21 01:35:29  05 16:46:52  21 09:22:27  07 02:55:10  22 20:12:37  07 12:43:04  23 03:22:02
      07 15:45:36  23 01:13:06  08 07:37:51  23 10:49:54  07 11:04:06  22 08:38:24  07 04:07:19  21 22:07:45
2038  05 15:26:49  20 08:48:53  04 03:03:49  18 22:52:09  05 20:55:31  20 21:40:39  05 01:29:29  20 08:28:33
      05 18:31:13  21 07:22:43  05 22:25:40  21 15:09:25  07 08:32:33  23 01:59:56  07 18:21:20  23 09:10:10
      07 21:26:19  23 07:02:18  08 13:21:36  23 16:40:43  07 16:50:53  22 14:31:21  07 09:56:24  22 04:02:21
2039  05 21:16:41  20 14:43:42  04 08:52:56  19 04:45:46  06 02:43:04  21 03:32:04  05 07:15:49  20 14:17:49
      06 00:18:10  21 13:10:55  06 04:15:31  21 20:57:27  07 14:26:10  23 07:48:12  08 00:18:08  23 14:58:41
      08 03:24:05  23 12:49:38  08 19:17:19  23 22:25:05  07 22:42:56  22 20:12:13  07 15:45:07  22 09:40:37
2040  06 03:03:38  20 20:21:04  04 14:39:55  19 10:23:51  05 08:31:15  20 09:11:43  04 13:05:33  19 19:59:35
      05 06:09:23  20 18:55:45  05 10:08:04  21 02:46:25  06 20:19:16  22 13:40:52  07 06:10:05  22 20:53:22
      07 09:14:08  22 18:44:57  08 01:05:33  23 04:19:46  07 04:29:20  22 02:05:32  06 21:30:04  21 15:32:53
";

/// How far the moments may be from the ephemeris: our ΔT alone is 15 s ahead by 2040.
const ERROR: TimeDelta = TimeDelta::minutes(1);
/// How near to midnight a term may be on which something depends: several times the error.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// The terms on which a holiday or a greeting depends, or may one day.
const DECIDING: [SolarTerm; 11] = [
    SolarTerm::LesserCold,
    SolarTerm::GreaterCold,
    SolarTerm::SpringBegins,
    SolarTerm::SpringEquinox,
    SolarTerm::SummerBegins,
    SolarTerm::SummerSolstice,
    SolarTerm::LesserHeat,
    SolarTerm::GreaterHeat,
    SolarTerm::AutumnBegins,
    SolarTerm::AutumnEquinox,
    SolarTerm::WinterBegins,
];

/// What the ephemeris says: year, term, moment in Japan's time.
fn ephemeris() -> Vec<(i32, SolarTerm, NaiveDateTime)> {
    let words: Vec<&str> = EPHEMERIS.split_whitespace().collect();
    let of_year = |words: &[&str]| {
        let year: i32 = words[0].parse().unwrap();
        let moment = |(n, term): (usize, SolarTerm)| {
            let text = format!("{year}-{:02}-{}T{}", n / 2 + 1, words[1 + 2 * n], words[2 + 2 * n]);
            (year, term, text.parse().unwrap())
        };
        SolarTerm::ALL.into_iter().enumerate().map(moment).collect::<Vec<_>>()
    };
    words.chunks(49).flat_map(of_year).collect()
}

fn in_japan(moment: DateTime<Utc>) -> NaiveDateTime {
    moment.with_timezone(&Tokyo).naive_local()
}

/// How far a moment is from the nearest midnight.
fn to_midnight(moment: NaiveDateTime) -> TimeDelta {
    let since = moment - moment.date().and_time(NaiveTime::MIN);
    since.min(TimeDelta::days(1) - since)
}

#[test]
fn every_term_is_on_the_day_that_the_ephemeris_gives() {
    let expected = ephemeris();
    assert_eq!(expected.len(), YEARS.count() * SolarTerm::ALL.len());
    for (year, term, moment) in expected {
        assert_eq!(term.day(year), moment.date(), "{} {year}", term.name());
    }
}

#[test]
fn every_moment_is_right_to_a_minute() {
    for (year, term, moment) in ephemeris() {
        let error = (in_japan(term.moment(year)) - moment).abs();
        assert!(error <= ERROR, "{} {year}: {error} from {moment}", term.name());
    }
}

/// So that the days hold although the method errs, and although nobody knows how fast the earth will turn.
#[test]
fn no_term_that_decides_anything_is_near_midnight() {
    let distance = |year, term: SolarTerm| to_midnight(in_japan(term.moment(year)));
    let all = YEARS.flat_map(|year| DECIDING.map(|term| (distance(year, term), year, term)));
    let (nearest, year, term) = all.min().unwrap();
    assert!(nearest > MARGIN, "{} {year} is {nearest} from midnight", term.name());
    assert_eq!((year, term), (2031, SolarTerm::WinterBegins), "the docs name it");
}

#[test]
fn the_days_are_those_of_the_calendars() {
    let rows: [(SolarTerm, [&str; 5]); 4] = [
        (SolarTerm::SpringBegins, ["2026-02-04", "2027-02-04", "2028-02-04", "2029-02-03", "2030-02-04"]),
        (SolarTerm::LesserHeat, ["2026-07-07", "2027-07-07", "2028-07-06", "2029-07-07", "2030-07-07"]),
        (SolarTerm::GreaterHeat, ["2026-07-23", "2027-07-23", "2028-07-22", "2029-07-22", "2030-07-23"]),
        (SolarTerm::AutumnBegins, ["2026-08-07", "2027-08-08", "2028-08-07", "2029-08-07", "2030-08-07"]),
    ];
    for (term, days) in rows {
        for (year, expected) in (2026..).zip(days) {
            assert_eq!(term.day(year), day(expected), "{}", term.name());
        }
    }
}

#[test]
fn years_outside_the_kept_ones_are_computed_too() {
    // By PyEphem 4.2.1, too. 立春 was on the 5th for the last time in 1984; in 2021 it came a minute before midnight.
    for (term, year, expected) in [
        (SolarTerm::SpringBegins, 1984, "1984-02-05"),
        (SolarTerm::SpringEquinox, 1985, "1985-03-21"),
        (SolarTerm::SpringBegins, 2021, "2021-02-03"),
        (SolarTerm::SpringBegins, 2057, "2057-02-03"),
        (SolarTerm::LesserCold, 2083, "2083-01-05"),
        (SolarTerm::LesserCold, 2084, "2084-01-05"),
        (SolarTerm::AutumnEquinox, 2091, "2091-09-23"),
        (SolarTerm::SpringEquinox, 2100, "2100-03-20"),
    ] {
        assert_eq!(term.day(year), day(expected), "{}", term.name());
    }
}

proptest! {
    #[test]
    fn terms_follow_each_other_by_a_fortnight_and_a_day(year in 1900..2200_i32) {
        let next_year = SolarTerm::LesserCold.moment(year + 1);
        let moments: Vec<_> = SolarTerm::ALL.map(|term| term.moment(year)).into_iter().chain([next_year]).collect();
        for pair in moments.windows(2) {
            let hours = (pair[1] - pair[0]).num_hours();
            prop_assert!((14 * 24 + 16..16 * 24).contains(&hours), "{} hours from {}", hours, pair[0]);
        }
        for (n, term) in SolarTerm::ALL.into_iter().enumerate() {
            let day: NaiveDate = term.day(year);
            prop_assert_eq!((day.year(), day.month0() as usize), (year, n / 2), "{}", term.name());
        }
    }

    #[test]
    fn no_year_is_too_far(
        year in prop_oneof![any::<i32>(), -262_150..-262_130, 262_130..262_150],
        n in 0..SolarTerm::ALL.len(),
    ) {
        let _ = SolarTerm::ALL[n].day(year);
    }
}
