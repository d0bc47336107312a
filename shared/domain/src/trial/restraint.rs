//! What can keep a message from everybody: each restraint of a programme, the programme without it, and how it is told.

use super::{Need, Part, Trial};
use crate::calendar::{day_of, days_after, days_before};
use crate::channel::Channel;
use crate::customer::Stage;
use crate::follow_up::{FollowUp, Reason};
use crate::ids::StepId;
use crate::programme::{Cap, Date, Finding, Frequency, Programme, Rule, Severity, Site};
use std::collections::BTreeSet;

/// The most messages that are named as being in the way.
const NAMED_MAX: usize = 4;

/// Something in a programme that can keep a message from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restraint {
    /// The stages that the message is for.
    Stages,
    /// How long before its date it comes.
    DaysBefore,
    /// The cap of a stage.
    Cap(Stage),
    /// The cap of a channel.
    OfChannel(Channel),
    /// All caps: what is promised keeps those of all stages.
    Caps,
    /// The gap between two messages.
    Gap,
    /// Gap and caps, of which each alone would leave room.
    Frequency,
}

impl Restraint {
    /// All that a part of a programme is held by.
    pub(super) fn all(programme: &Programme, part: Part) -> Vec<Self> {
        let mut all = Vec::new();
        all.extend(stages_of(programme, part).is_some().then_some(Self::Stages));
        all.extend(matches!(part, Part::Dated(_)).then_some(Self::DaysBefore));
        all.extend(programme.frequency.caps.keys().copied().map(Self::Cap));
        all.extend(programme.frequency.channels.keys().copied().map(Self::OfChannel));
        all.extend([Self::Gap, Self::Caps, Self::Frequency]);
        all
    }

    /// The programme without it.
    pub(super) fn lifted(self, programme: &Programme, part: Part) -> Programme {
        let mut lifted = programme.clone();
        match (self, part) {
            (Self::Stages, Part::Step(index)) => lifted.steps[index].stages = None,
            (Self::Stages, Part::Series(index)) => lifted.series[index].stages = None,
            (Self::Stages, Part::Dated(index)) => lifted.dated[index].stages = None,
            (Self::DaysBefore, Part::Dated(index)) => lifted.dated[index].on = at_the_last_moment(programme, index),
            (Self::DaysBefore, Part::Step(_) | Part::Series(_)) => {}
            (Self::Cap(stage), _) => drop(lifted.frequency.caps.remove(&stage)),
            (Self::OfChannel(channel), _) => drop(lifted.frequency.channels.remove(&channel)),
            (Self::Caps, _) => lifted.frequency.caps.clear(),
            (Self::Gap, _) => lifted.frequency.min_gap_days = 1,
            (Self::Frequency, _) => {
                lifted.frequency = Frequency::default();
            }
        }
        lifted
    }

    /// The finding: what it keeps from whom, and by what that was seen.
    pub(super) fn told(self, trial: &Trial<'_>, need: Need, for_nobody: bool) -> Finding {
        let (site, id) = named(trial.programme, need.part);
        let whom = match need.stage.filter(|_| !for_nobody) {
            Some(stage) => format!("nobody at the stage {}", stage.name()),
            None => "nobody".to_owned(),
        };
        let (rule, why, mend) = self.why(trial, need);
        let severity = if for_nobody { Severity::Problem } else { Severity::Warning };
        Finding { severity, site, rule, what: format!("`{id}` reaches {whom}: {why}"), mend: mend.to_owned() }
    }

    fn why(self, trial: &Trial<'_>, need: Need) -> (Rule, String, &'static str) {
        let part = need.part;
        let frequency = &trial.programme.frequency;
        let gap = frequency.min_gap_days;
        match self {
            Self::Stages => {
                let why = format!(
                    "it is for customers at the stage {}, and on its day nobody is",
                    names(trial.programme, part)
                );
                (Rule::R34, why, "name the stage that they are at, take stages out, or let it follow other purchases")
            }
            Self::DaysBefore => {
                let why = "all its days are in the first three weeks after a first purchase, which belong to the thing \
                           that was bought, or before it";
                (Rule::Form, why.to_owned(), "set days_before lower, or take it out")
            }
            Self::Cap(stage) => {
                let Cap { max, days } = frequency.caps.get(&stage).copied().unwrap_or(Cap { max: 0, days: 0 });
                let others = in_the_way(trial, part, days.max(gap), None);
                let is_other = need.stage.is_some_and(|own| own != stage);
                let also = if is_other { ", for what is promised keeps the caps of all stages" } else { "" };
                let why = format!("`{} = \"{max} in {days} days\"` is used up by {others}{also}", stage.name());
                (Rule::R8, why, "allow more in [frequency.caps], move it further from them, or take it out")
            }
            Self::OfChannel(channel) => {
                let Cap { max, days } = frequency.channels.get(&channel).copied().unwrap_or(Cap { max: 0, days: 0 });
                let others = in_the_way(trial, part, days, Some(channel));
                let why = format!("`{} = \"{max} in {days} days\"` is used up by {others}", channel.name());
                (Rule::R8, why, "allow more in [frequency.channels], name another channel first, or take it out")
            }
            Self::Gap => {
                let others = in_the_way(trial, part, gap, None);
                let why = format!("with {gap} days from one message to the next, no day of it is left beside {others}");
                (Rule::R8, why, "give it more days by latest_day, set min_gap_days lower, or take it out")
            }
            Self::Caps | Self::Frequency => {
                let days = frequency.longest_span().unwrap_or(gap);
                let others = in_the_way(trial, part, days.max(gap), None);
                let what = if self == Self::Caps { "the caps of several stages" } else { "gap and caps" };
                let why = format!("{what} together leave no day of it beside {others}");
                (Rule::R8, why, "allow more in [frequency], move it further from them, or take it out")
            }
        }
    }
}

/// The same date, with its message as late as it may come.
fn at_the_last_moment(programme: &Programme, index: usize) -> Date {
    match programme.dated[index].on {
        Date::FirstPurchase { .. } => Date::FirstPurchase { days_before: 0 },
        Date::Birthday { .. } => Date::Birthday { days_before: 0 },
        Date::Reorder { .. } => Date::Reorder { days_before: 0 },
        Date::Dormant { .. } => Date::Dormant { days_before: 1 },
        of_the_calendar @ (Date::Season { .. } | Date::Once { .. }) => of_the_calendar,
    }
}

fn stages_of(programme: &Programme, part: Part) -> Option<&BTreeSet<Stage>> {
    match part {
        Part::Step(index) => programme.steps[index].stages.as_ref(),
        Part::Series(index) => programme.series[index].stages.as_ref(),
        Part::Dated(index) => programme.dated[index].stages.as_ref(),
    }
}

/// The stages it is for, in words.
fn names(programme: &Programme, part: Part) -> String {
    let stages = stages_of(programme, part).into_iter().flatten().map(|stage| stage.name().to_owned());
    listed(&stages.collect::<Vec<_>>(), "or")
}

/// Where a part stands, and its name.
fn named(programme: &Programme, part: Part) -> (Site, &StepId) {
    match part {
        Part::Step(index) => (Site::Step { index, key: "id" }, &programme.steps[index].id),
        Part::Series(index) => (Site::Series { index, key: "id" }, &programme.series[index].id),
        Part::Dated(index) => (Site::Dated { index, key: "id" }, &programme.dated[index].id),
    }
}

/// What went out, by any or by one channel, within so many days of the days that a message had, in the first life in which it
/// found none.
fn in_the_way(trial: &Trial<'_>, part: Part, within: u32, by: Option<Channel>) -> String {
    let (_, id) = named(trial.programme, part);
    let is_it = |f: &FollowUp| f.step == *id || f.series.as_ref() == Some(id);
    let found_none = |f: &&FollowUp| is_it(f) && f.reason == Some(Reason::TooOften);
    let lives = trial.lives.values().find_map(|life| Some((life, life.follow_ups().iter().find(found_none)?)));
    let others = lives.map(|(life, own)| {
        let first = days_before(life.day(own), within.saturating_sub(1));
        let last = days_after(day_of(own.deadline, trial.shop.zone), within.saturating_sub(1));
        // Letters make way for the messages of a purchase: those that went out later were not in the way.
        let latest = day_of(own.deadline, trial.shop.zone);
        let chose_before = |f: &&FollowUp| f.series.is_none() || life.day(f) <= latest;
        let mut near: Vec<_> = life
            .sent()
            .filter(chose_before)
            .filter(|f| by.is_none_or(|channel| f.channel == channel))
            .filter(|f| (first..=last).contains(&life.day(f)))
            .collect();
        near.sort_by_key(|f| f.slot);
        let mut ids: Vec<String> = near.into_iter().map(|f| format!("`{}`", f.step)).collect();
        ids.dedup();
        ids
    });
    match others {
        Some(others) if !others.is_empty() => listed(&others[..others.len().min(NAMED_MAX)], "and"),
        _ => "the other messages".to_owned(),
    }
}

/// `a, b and c`
fn listed(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} {word} {last}", others.join(", ")),
    }
}
