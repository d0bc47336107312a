//! What a programme must keep before it may be published. The same rules hold again at the moment of sending.

mod channels;
mod dated;
mod frequency;
mod listening;
mod promises;
mod severity;

pub use severity::Severity;

use super::{Anchor, Class, Programme, Rhythm, Series, Start, Step};
use crate::almanac::Region;
use crate::calendar::is_quarter_hour;
use crate::customer::Stage;
use crate::ids::StepId;
use chrono::NaiveTime;
use std::collections::BTreeSet;
use std::fmt;

/// The last civil day on which a thank-you may go out (R2).
pub const THANKS_LATEST_DAY: u32 = 3;
/// The last civil day on which a new customer hears from the shop after the thank-you (R1).
pub const PROMISE_LATEST_DAY: u32 = 21;
/// Purchases before anything is promoted (R14).
pub const SELLING_FROM_OCCASION: u32 = 2;
/// Longest span a programme may name, in days: ten years (R5).
const DAYS_MAX: u32 = 3660;

/// The rule a finding breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Every new customer hears from the shop after the thank-you within 21 days.
    R1,
    /// A thank-you goes out within 3 days of the first purchase.
    R2,
    /// A birthday is greeted shortly before it.
    R6,
    /// A season's greeting comes in its season, and fits a house in mourning.
    R7,
    /// Too much drives people away.
    R8,
    /// The thank-you only thanks.
    R12,
    /// No product is promoted before the second purchase.
    R14,
    /// Every message recalls the purchase.
    R16,
    /// Sender and subject say at a glance who this is.
    R17,
    /// A programme that is mostly selling gets a warning.
    R18,
    /// Every message lets the customer reach the shop.
    R19,
    /// It is easy to hand the shop on.
    R20,
    /// Every channel there is.
    R22,
    /// Calls and visits are no selling.
    R23,
    /// What follows a letter refers to one.
    R25,
    /// A remedy is approved by a person.
    R28,
    /// Whoever is not happy can say so.
    R29,
    /// The stage of the relationship decides for whom a message is.
    R34,
    /// The programme's own form: what it needs to be carried out at all.
    Form,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::R1 => "R1",
            Self::R2 => "R2",
            Self::R6 => "R6",
            Self::R7 => "R7",
            Self::R8 => "R8",
            Self::R12 => "R12",
            Self::R14 => "R14",
            Self::R16 => "R16",
            Self::R17 => "R17",
            Self::R18 => "R18",
            Self::R19 => "R19",
            Self::R20 => "R20",
            Self::R22 => "R22",
            Self::R23 => "R23",
            Self::R25 => "R25",
            Self::R28 => "R28",
            Self::R29 => "R29",
            Self::R34 => "R34",
            Self::Form => "form",
        })
    }
}

/// Which part of a programme a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// The programme as a whole.
    Programme,
    /// A key of a step, by the step's place in the programme.
    Step {
        /// Which of the steps, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of a series, by the series' place in the programme.
    Series {
        /// Which of the series, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of the frequency: `min_gap_days`, or the stage or the channel of a cap.
    Frequency {
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of a message on a date, by its place in the programme.
    Dated {
        /// Which of them, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of a text of a message on a date.
    DatedLetter {
        /// Which of the messages on dates, from 0.
        dated: usize,
        /// Which of its texts, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of an answer to a survey.
    Answer {
        /// Which of the steps, from 0.
        step: usize,
        /// Which of its answers, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of a letter that makes good.
    Remedy {
        /// Which of them, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
    /// A key of a message of a series.
    Letter {
        /// Which of the series, from 0.
        series: usize,
        /// Which of its messages, from 0.
        index: usize,
        /// The key, as TOML names it.
        key: &'static str,
    },
}

/// Something a programme must not do, or should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it keeps the programme from being published.
    pub severity: Severity,
    /// Where.
    pub site: Site,
    /// The rule it breaks.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// Everything in the programme that breaks a rule; empty where it may be published.
#[must_use]
pub fn check(programme: &Programme) -> Vec<Finding> {
    check_in(programme, Region::default())
}

/// The same, where customs are kept as in a region.
#[must_use]
pub fn check_in(programme: &Programme, region: Region) -> Vec<Finding> {
    let steps = programme.steps.iter().enumerate().flat_map(|(index, step)| check_step(step, index));
    let series = programme.series.iter().enumerate();
    let mut findings: Vec<Finding> =
        steps.chain(series.flat_map(|(index, series)| check_series(programme, series, index))).collect();
    findings.extend(dated::check_dated(programme, region));
    findings.extend(channels::check_channels(programme));
    findings.extend(listening::check_listening(programme));
    findings.extend(check_stages(programme));
    findings.extend(check_ids(programme));
    findings.extend(promises::check_promises(programme));
    findings.extend(frequency::check_frequency(programme));
    findings
}

/// One row of a table of rules: whether it is broken, the key at fault, the rule, what is wrong, how to mend it.
type Row<'a> = (bool, &'static str, Rule, String, &'a str);

/// The row of a time of day.
fn time_of_day(id: &StepId, at: NaiveTime) -> Row<'static> {
    let what = format!("`{id}` goes out at a time that is no quarter hour");
    (!is_quarter_hour(at), "at", Rule::Form, what, "set at to :00, :15, :30 or :45")
}

fn finding(site: Site, rule: Rule, what: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding { severity: Severity::Problem, site, rule, what: what.into(), mend: mend.into() }
}

fn broken<'a>(rows: impl IntoIterator<Item = Row<'a>>, site: impl Fn(&'static str) -> Site) -> Vec<Finding> {
    let broken = rows.into_iter().filter(|(is_broken, ..)| *is_broken);
    broken.map(|(_, key, rule, what, mend)| finding(site(key), rule, what, mend)).collect()
}

fn check_step(step: &Step, index: usize) -> Vec<Finding> {
    let Step { id, occasions, .. } = step;
    let thanks = step.class == Class::Thanks;
    let waits_too_long = |days: u32| (days > DAYS_MAX, format!("`{id}` waits longer than ten years"));
    let unknown_day = match &step.anchor {
        Anchor::Arrival { unknown_day } => *unknown_day,
        Anchor::Purchase | Anchor::Letter { .. } => 0,
    };
    let (too_late, late_what) = waits_too_long(step.latest_day);
    let (unknown_too_late, unknown_what) = waits_too_long(unknown_day);
    let rows: [Row<'_>; 10] = [
        (
            step.class == Class::Survey && !step.texts.is_empty(),
            "id",
            Rule::Form,
            format!("`{id}` asks, and would ask in several texts"),
            "take its [[step.text]]s out: a question about another thing is another question",
        ),
        (
            step.latest_day < step.day,
            "latest_day",
            Rule::Form,
            format!("the window of `{id}` ends before it begins"),
            "set latest_day to day or later",
        ),
        (too_late, "latest_day", Rule::Form, late_what, "set latest_day to 3660 at most"),
        (unknown_too_late, "unknown_day", Rule::Form, unknown_what, "set unknown_day to 3660 at most"),
        time_of_day(id, step.at),
        (
            occasions.from == 0 || occasions.to.is_some_and(|to| to < occasions.from),
            "occasions",
            Rule::Form,
            format!("`{id}` is for no occasion"),
            "count occasions from 1, the first before the last",
        ),
        (
            step.class.is_selling() && occasions.from < SELLING_FROM_OCCASION,
            "class",
            Rule::R14,
            format!("`{id}` promotes before the second purchase"),
            "set occasions from 2, or choose a class that does not sell",
        ),
        (
            thanks && occasions.contains(1) && step.latest_day > THANKS_LATEST_DAY,
            "latest_day",
            Rule::R2,
            format!("`{id}` may thank later than day {THANKS_LATEST_DAY}"),
            "set latest_day to 3 at most",
        ),
        (
            thanks && occasions.contains(1) && step.latest_day == 0,
            "latest_day",
            Rule::R2,
            format!("`{id}` misses whoever buys after closing time"),
            "set latest_day to 1 or later",
        ),
        (
            thanks && step.anchor != Anchor::Purchase,
            "anchor",
            Rule::R2,
            format!("`{id}` thanks only after arrival"),
            "set anchor to purchase",
        ),
    ];
    broken(rows, |key| Site::Step { index, key })
}

fn check_series(programme: &Programme, series: &Series, index: usize) -> Vec<Finding> {
    let Series { id, start, rhythm, .. } = series;
    let (Start::AfterStep { days, .. } | Start::AfterPurchase { days }) = start;
    let comes = |step: &StepId| {
        let mut steps = programme.steps.iter().filter(|s| !s.arrives_late);
        steps.any(|s| s.id == *step && s.occasions.contains(series.from_occasion))
    };
    let missing = match start {
        Start::AfterStep { step, .. } if !comes(step) => Some(step.as_str()),
        _ => None,
    };
    let rows: [Row<'_>; 8] = [
        time_of_day(id, series.at),
        (
            !(1..=DAYS_MAX).contains(&rhythm.shortest_days()),
            "rhythm",
            Rule::Form,
            format!("`{id}` has no rhythm"),
            "set every_weeks or every_months to 1 or more, ten years at most",
        ),
        (
            matches!(rhythm, Rhythm::Days { every, weekday: Some(_) } if !every.is_multiple_of(7)),
            "rhythm",
            Rule::Form,
            format!("`{id}` has a weekday but no whole weeks"),
            "use every_weeks",
        ),
        (
            series.window_days >= rhythm.shortest_days(),
            "window_days",
            Rule::Form,
            format!("a late message of `{id}` would meet the next"),
            "set window_days below the rhythm",
        ),
        (
            series.from_occasion == 0,
            "from_occasion",
            Rule::Form,
            format!("`{id}` begins before any purchase"),
            "set from_occasion to 1 or more",
        ),
        (series.letters.is_empty(), "letters", Rule::Form, format!("`{id}` has no letters"), "add a [[series.letter]]"),
        (
            missing.is_some(),
            "start",
            Rule::Form,
            format!("`{id}` begins after `{}`, which does not come", missing.unwrap_or_default()),
            "name a [[step]] that comes on that occasion",
        ),
        (
            *days > DAYS_MAX,
            "start",
            Rule::Form,
            format!("`{id}` waits longer than ten years"),
            "begin within 3660 days",
        ),
    ];
    let mut findings = broken(rows, |key| Site::Series { index, key });
    findings.extend(check_letters(series, index));
    findings.extend(check_issues(series, index));
    findings
}

fn check_letters(series: &Series, index: usize) -> impl Iterator<Item = Finding> {
    let too_early = series.from_occasion < SELLING_FROM_OCCASION;
    let selling = series.letters.iter().enumerate().filter(move |(_, letter)| too_early && letter.class.is_selling());
    selling.map(move |(letter, message)| {
        let site = Site::Letter { series: index, index: letter, key: "class" };
        let mend = "move it to a series with from_occasion = 2, or choose a class that does not sell";
        finding(site, Rule::R14, format!("`{}` promotes before the second purchase", message.id), mend)
    })
}

/// Of what is written as it goes each letter has its day: without one nobody knows when it is old.
fn check_issues(series: &Series, index: usize) -> impl Iterator<Item = Finding> {
    let is_written_as_it_goes = series.letters.iter().any(|letter| letter.issued.is_some());
    let letters = series.letters.iter().enumerate();
    letters.filter(move |(_, letter)| is_written_as_it_goes && letter.issued.is_none()).map(move |(letter, message)| {
        let site = Site::Letter { series: index, index: letter, key: "issued" };
        let what = format!("`{}` has no day, and other letters of `{}` have one", message.id, series.id);
        finding(site, Rule::Form, what, "give each its `issued = 2026-12-01`, or none")
    })
}

/// Whatever names stages names one at which somebody can get it: nothing goes to whoever has not bought yet.
fn check_stages(programme: &Programme) -> Vec<Finding> {
    let steps = programme.steps.iter().enumerate();
    let steps = steps.map(|(index, s)| (Site::Step { index, key: "stages" }, &s.id, &s.stages));
    let series = programme.series.iter().enumerate();
    let series = series.map(|(index, s)| (Site::Series { index, key: "stages" }, &s.id, &s.stages));
    let is_for_nobody =
        |stages: &Option<BTreeSet<Stage>>| stages.as_ref().is_some_and(|s| s.iter().all(|s| *s == Stage::Prospect));
    let dated = programme.dated.iter().enumerate();
    let dated = dated.map(|(index, d)| (Site::Dated { index, key: "stages" }, &d.id, &d.stages));
    let found = steps.chain(series).chain(dated).filter(|(_, _, stages)| is_for_nobody(stages));
    let mend = "name first, repeat, regular, loyal or dormant, or take stages out";
    found.map(|(site, id, _)| finding(site, Rule::Form, format!("`{id}` is for nobody who has bought"), mend)).collect()
}

fn check_ids(programme: &Programme) -> Vec<Finding> {
    let mut seen: BTreeSet<&StepId> = BTreeSet::new();
    let steps = programme.steps.iter().enumerate();
    let steps = steps.flat_map(|(index, s)| s.all_texts().map(move |id| (Site::Step { index, key: "id" }, id)));
    let letters = programme.series.iter().enumerate().flat_map(|(series, s)| {
        s.letters.iter().enumerate().map(move |(index, l)| (Site::Letter { series, index, key: "id" }, &l.id))
    });
    let texts = programme.dated.iter().enumerate().flat_map(|(dated, d)| {
        let letters = d.letters.iter().enumerate();
        letters.map(move |(index, l)| (Site::DatedLetter { dated, index, key: "id" }, &l.id))
    });
    let dated = programme.dated.iter().enumerate().map(|(index, d)| (Site::Dated { index, key: "id" }, &d.id));
    let remedies = programme.listening.remedies.iter().enumerate();
    let remedies = remedies.map(|(index, id)| (Site::Remedy { index, key: "id" }, id));
    let mut names = BTreeSet::new();
    let series = programme.series.iter().enumerate().map(|(index, s)| (Site::Series { index, key: "id" }, &s.id));
    let same_name = series.chain(dated).filter(|(_, id)| !names.insert(*id));
    let again = steps.chain(letters).chain(texts).chain(remedies).filter(|(_, id)| !seen.insert(id)).chain(same_name);
    let mend = "give each step, series and date an id of its own; an id is for ever";
    again.map(|(site, id)| finding(site, Rule::Form, format!("the id `{id}` stands twice"), mend)).collect()
}
