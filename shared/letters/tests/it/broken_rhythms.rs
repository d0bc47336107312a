//! Broken rhythms, targets and campaigns, one for each thing that can be wrong: found in the right file and line, by the
//! right rule.

use crate::Folder;
use wasurena_domain::programme::{MonthDay, Rhythm};

/// Changes the small programme's one file, and holds every problem found against what is expected.
#[track_caller]
fn edit(from: &str, to: &str, site: &str, what: &str) {
    let mut folder = Folder::small();
    folder.edit("programme.toml", from, to);
    check(&folder, site, what);
}

#[track_caller]
fn check(folder: &Folder, site: &str, what: &str) {
    let problems = folder.load().unwrap_err();
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let fits = found.len() == 1 && found[0].starts_with(&format!("{site}: ")) && found[0].contains(what);
    assert!(fits, "found:\n{}", found.join("\n"));
    assert!(problems.iter().all(|p| !p.what.is_empty() && !p.mend.is_empty()), "{found:?}");
}

/// Gives the small programme's series, on lines 24 and 25, another rhythm.
#[track_caller]
fn rhythm(lines: &str, line: usize, what: &str) {
    let site = format!("programme.toml:{line}: form");
    edit("weekday = \"tuesday\"\nevery_weeks = 4", lines, &site, what);
}

#[test]
fn rhythms() {
    rhythm("weekday = \"tuesday\"", 19, "`every_weeks` is missing in [[series]], and `every_months` too");
    rhythm("every_weeks = 4\nevery_months = 1\nday_of_month = 10", 25, "weeks or months, not both");
    rhythm("every_weeks = 4\nday_of_month = 10", 25, "a rhythm of weeks has no day of the month");
    rhythm("every_weeks = 4\nnth_weekday = \"last friday\"", 25, "a rhythm of weeks has no day of the month");
    rhythm("weekday = \"tuesday\"\nevery_months = 1", 24, "nothing says which one it is");
    rhythm("every_months = 1", 24, "nothing says on which day of the month");
    rhythm("every_months = 1\nday_of_month = 1\nnth_weekday = \"last friday\"", 26, "one day of the month is enough");
    rhythm("every_months = 0\nday_of_month = 10", 24, "a whole number from 1 to 120");
    rhythm("every_months = 1\nday_of_month = 32", 25, "a whole number from 1 to 31");
    rhythm("every_months = 1\nnth_weekday = \"fifth friday\"", 25, "first, second, third, fourth or last");
    edit(
        "weekday = \"tuesday\"\nevery_weeks = 4\nwindow_days = 6",
        "every_months = 1\nday_of_month = 31\nwindow_days = 28",
        "programme.toml:26: form",
        "would meet the next",
    );
}

#[test]
fn a_rhythm_of_months_is_read() {
    let read = |lines: &str| {
        let mut folder = Folder::small();
        folder.edit("programme.toml", "weekday = \"tuesday\"\nevery_weeks = 4", lines);
        folder.book().programme.series[0].rhythm
    };
    let monthly = |on| Rhythm::Months { every: 1, on };
    assert_eq!(read("every_months = 1\nday_of_month = 31"), monthly(MonthDay::Number(31)));
    let second = MonthDay::Weekday { nth: Some(2), weekday: chrono::Weekday::Tue };
    assert_eq!(read("every_months = 1\nnth_weekday = \"second tuesday\""), monthly(second));
    let last = MonthDay::Weekday { nth: None, weekday: chrono::Weekday::Fri };
    assert_eq!(read("every_months = 3\nnth_weekday = \"last friday\""), Rhythm::Months { every: 3, on: last });
}
