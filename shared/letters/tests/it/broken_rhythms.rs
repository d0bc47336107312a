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

#[test]
fn targets() {
    let usage = |lines: &str, line: usize, rule: &str, what: &str| {
        let mut folder = Folder::small();
        folder.write("products.toml", "[[product]]\nname = \"粉引の飯碗\"\ngroup = \"碗\"\ntags = \"贈り物\"\n");
        folder.edit("shop.toml", "zone =", "products = \"products.toml\"\nzone =");
        folder.edit("programme.toml", "day = 14", &format!("{lines}\nday = 14"));
        check(&folder, &format!("programme.toml:{line}: {rule}"), what);
    };
    usage("groups = \"碗\"", 15, "form", "`groups` in [[step]] must be a list of names");
    usage("groups = []", 15, "form", "must be a list of names");
    usage("except_groups = [\"皿\"]\ngroups = [\"皿\"]", 15, "form", "`皿` is named and excepted at once");
    usage("groups = [\"碗\"]", 15, "R1", "whoever buys something that is not of `碗` is left out by `usage`");
    usage("except_products = [\"cup\"]", 15, "R1", "whoever buys something of `cup` is left out by `usage`");
    let mut folder = Folder::small();
    folder.edit("programme.toml", "every_weeks = 4", "every_weeks = 4\ngroups = [\"皿\"]");
    check(&folder, "programme.toml:26: form", "`letters` names the group `皿`, and no product of the shop is in it");
}

/// The small programme with a campaign, which begins on its line 33.
fn with_campaign(lines: &str) -> Folder {
    let mut folder = Folder::small();
    let programme = format!("{}\n[[campaign]]\n{lines}\n", crate::SMALL);
    folder.write("programme.toml", &programme);
    folder.write("letters/spring.txt", "件名: 春の器\n\n{{ addressee }}\n\n春になりました。\n");
    folder
}

#[test]
fn campaigns() {
    const SPRING: &str = "id = \"spring\"\nclass = \"story\"\non = 2027-03-20\nwindow_days = 5\nat = \"10:00\"";
    let campaign = with_campaign(SPRING).book().programme.dated.remove(0);
    assert_eq!((campaign.id.as_str(), campaign.window_days, campaign.letters.len()), ("spring", Some(5), 1));
    let broken = |from: &str, to: &str, line: usize, rule: &str, what: &str| {
        check(&with_campaign(&SPRING.replacen(from, to, 1)), &format!("programme.toml:{line}: {rule}"), what);
    };
    broken("2027-03-20", "\"春\"", 36, "form", "`on` in [[campaign]] must be a date like 2026-12-01");
    broken("\"story\"", "\"offer\"", 35, "R14", "`spring` promotes before the second purchase");
    broken("window_days = 5", "window_days = 200", 37, "form", "may be later than half a year");
    broken("at =", "days_before = 3\nat =", 38, "form", "`days_before` is no key in [[campaign]]");
    broken("10:00", "10:05", 38, "form", "no quarter hour");
}

#[test]
fn issues_of_a_newsletter_each_have_a_day() {
    let mut folder = Folder::small();
    folder.edit("programme.toml", "class = \"greeting\"", "class = \"newsletter\"\nissued = \"December\"");
    check(&folder, "programme.toml:32: form", "`issued` in [[series.letter]] must be a date");
    let mut folder = Folder::small();
    let more =
        "class = \"newsletter\"\nissued = 2026-12-01\n\n[[series.letter]]\nid = \"spring\"\nclass = \"newsletter\"";
    folder.edit("programme.toml", "class = \"greeting\"", more);
    folder.write("letters/spring.txt", "件名: 春の器\n\n{{ addressee }}\n\n春になりました。\n");
    check(&folder, "programme.toml:34: form", "`spring` has no day, and other letters of `letters` have one");
}

#[test]
fn of_a_programme_that_is_read_in_part_nothing_is_said_of_who_is_left_out() {
    let mut folder = Folder::small();
    // The step for the rest is there, and cannot be read for its day.
    let rest = "[[step]]\nid = \"usage-rest\"\nclass = \"usage\"\nanchor = \"purchase\"\noccasions = \"every\"\n\
                except_products = [\"cup\"]\nday = \"two weeks\"\nlatest_day = 21\nat = \"10:00\"\n\n[[series]]";
    folder.edit("programme.toml", "day = 14", "products = [\"cup\"]\nday = 14");
    folder.edit("programme.toml", "[[series]]", rest);
    check(&folder, "programme.toml:26: form", "`day` in [[step]] must be a whole number");
}
