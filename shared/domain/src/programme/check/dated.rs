//! What the messages on dates must keep: each has days on which it can come, and no date has two for the same people.

use super::{Finding, Row, Rule, SELLING_FROM_OCCASION, Site, broken, finding, time_of_day};
use crate::almanac::{Greeting, Region};
use crate::programme::{Date, Dated, Programme};

/// The years over which a season's days are counted: its shortest counts.
const YEARS: std::ops::RangeInclusive<i32> = 2026..=2060;
/// Longest window of a date, in days: one coming is over before the next.
const WINDOW_DAYS_MAX: u32 = 180;

/// What is wrong with the messages on dates.
pub(super) fn check_dated(programme: &Programme, region: Region) -> Vec<Finding> {
    let each = programme.dated.iter().enumerate();
    let mut findings: Vec<Finding> = each.clone().flat_map(|(index, dated)| check_one(dated, index, region)).collect();
    for (index, dated) in each {
        findings.extend(check_letters(dated, index));
        let earlier = programme.dated[..index].iter().find(|other| other.on.is_same_as(dated.on) && meet(other, dated));
        findings.extend(earlier.map(|other| {
            let what = format!("`{}` and `{}` are for the same people on the same date", other.id, dated.id);
            let mend = "give them other `occasions`, `stages` or `groups`, or make one of them";
            finding(Site::Dated { index, key: "on" }, Rule::R8, what, mend)
        }));
    }
    findings
}

fn check_one(dated: &Dated, index: usize, region: Region) -> Vec<Finding> {
    let Dated { id, occasions, .. } = dated;
    let is_birthday = matches!(dated.on, Date::Birthday { .. });
    let rows: [Row<'_>; 8] = [
        time_of_day(id, dated.at),
        (
            occasions.from == 0 || occasions.to.is_some_and(|to| to < occasions.from),
            "occasions",
            Rule::Form,
            format!("`{id}` is for nobody who has bought"),
            "count occasions from 1, the first before the last",
        ),
        (dated.letters.is_empty(), "letters", Rule::Form, format!("`{id}` has no texts"), "add a [[date.letter]]"),
        (
            is_over(dated.on, region),
            "after_days",
            Rule::R7,
            format!("`{id}` would come when its days are over"),
            "set after_days within the days of the greeting, as docs/programme.md lists them",
        ),
        (
            dated.window_days.is_some_and(|days| days > WINDOW_DAYS_MAX),
            "window_days",
            Rule::Form,
            format!("`{id}` may be later than half a year"),
            "set window_days to 180 at most",
        ),
        (
            dated.on.days_before() > WINDOW_DAYS_MAX,
            "days_before",
            Rule::Form,
            format!("`{id}` comes more than half a year before its date"),
            "set days_before to 180 at most",
        ),
        (
            is_birthday && dated.window_days.is_some_and(|days| days > dated.on.days_before()),
            "window_days",
            Rule::R6,
            format!("`{id}` may come when the birthday is over"),
            "set window_days to days_before at most, or take it out",
        ),
        (
            matches!(dated.on, Date::Dormant { days_before: 0 }),
            "days_before",
            Rule::Form,
            format!("`{id}` comes when they are dormant already"),
            "set days_before to 1 or more; what is for the dormant says so by its own `stages`",
        ),
    ];
    broken(rows, |key| Site::Dated { index, key })
}

/// Whether a season may be over before the message comes: in any year, for its days move.
fn is_over(on: Date, region: Region) -> bool {
    match on {
        Date::Season { greeting, after_days } => {
            YEARS.into_iter().any(|year| days_of(greeting, year, region) <= after_days)
        }
        _ => false,
    }
}

/// How many days a greeting has in a year.
fn days_of(greeting: Greeting, year: i32, region: Region) -> u32 {
    let window = greeting.window_in(year, region);
    u32::try_from((*window.end() - *window.start()).num_days() + 1).unwrap_or(0)
}

fn check_letters(dated: &Dated, index: usize) -> impl Iterator<Item = Finding> {
    let too_early = dated.occasions.from < SELLING_FROM_OCCASION;
    let selling = dated.letters.iter().enumerate().filter(move |(_, letter)| too_early && letter.class.is_selling());
    selling.map(move |(letter, message)| {
        let site = Site::DatedLetter { dated: index, index: letter, key: "class" };
        let mend = "set occasions from 2 (\"2+\"), or choose a class that does not sell";
        finding(site, Rule::R14, format!("`{}` promotes before the second purchase", message.id), mend)
    })
}

/// Whether somebody may be meant by both.
fn meet(a: &Dated, b: &Dated) -> bool {
    let begins_before = |x: &Dated, y: &Dated| y.occasions.to.is_none_or(|to| x.occasions.from <= to);
    let stages = match (&a.stages, &b.stages) {
        (Some(a), Some(b)) => a.intersection(b).next().is_some(),
        _ => true,
    };
    // Where somebody has bought what each asks for, the planner takes the first of them.
    begins_before(a, b) && begins_before(b, a) && stages && a.target == b.target
}
