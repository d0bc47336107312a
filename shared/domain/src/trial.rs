//! A programme on trial: model customers live with it, before any real one does.
//!
//! What a programme says can be read, and `programme::check` reads it. What comes of it only shows when somebody lives with
//! it: a message may find no day beside the others, or stand on a day on which nobody is at its stage. So model customers
//! live here, planned for by the planner itself: they buy once, twice, and until they are regular and loyal, on different
//! days of the year, with and without a wish for letters, things that come soon and things that come late. They have no
//! holidays, for a holiday only makes another day the better one.
//!
//! What one of them gets can come: that is certain. What none of them gets is only a suspicion. It becomes a finding where it
//! comes as soon as one restraint of the programme is lifted, and nothing else is changed: that is the proof, and says which
//! restraint it is. So nothing is said of a message that waits for what model customers do not have.

mod life;
mod restraint;
mod selling;

use crate::customer::Stage;
use crate::programme::{Date, Finding, Programme, Rule, Severity, Site, includes};
use crate::shop::Shop;
use chrono::Datelike;
use life::{Life, Way, live};
use restraint::Restraint;
use std::collections::{BTreeMap, BTreeSet};

/// The most purchases that a model customer makes: what is for later ones is not tried.
const PURCHASES_MAX: u32 = 24;
/// The first and the last year in which a trial may begin.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;
/// After so many days the trial begins once more: on other weekdays, in other seasons.
const BEGINNINGS: [u32; 4] = [0, 101, 203, 307];

/// What model customers find out about a programme that `programme::check` has passed: what nobody gets, what those do not
/// get for whom it is meant (R8, R34), and whether it is mostly selling (R18).
#[must_use]
pub fn check(shop: &Shop, programme: &Programme) -> Vec<Finding> {
    if !YEARS.contains(&shop.start_date.year()) {
        return Vec::new();
    }
    let mut trial = Trial { shop, programme, lives: BTreeMap::new() };
    let mut findings = trial.missing();
    findings.extend(selling::check_selling(&mut trial));
    findings
}

/// A programme, and the lives that were lived with it.
struct Trial<'a> {
    shop: &'a Shop,
    programme: &'a Programme,
    lives: BTreeMap<Way, Life>,
}

/// Which part of a programme sends something, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Step(usize),
    Series(usize),
    Dated(usize),
}

/// Something that somebody should get: one letter of a series or a date is enough, for the others follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    part: Part,
    /// Who should: whoever has come to this stage by the purchase that the step is bound to; `None` for anybody.
    stage: Option<Stage>,
}

impl Trial<'_> {
    /// What nobody gets, or not everybody for whom it is meant.
    fn missing(&mut self) -> Vec<Finding> {
        let needs = self.needs();
        let missing: Vec<Need> = needs.iter().copied().filter(|need| !self.comes(*need)).collect();
        let parts: BTreeSet<Part> = missing.iter().map(|need| need.part).collect();
        let told = parts.into_iter().flat_map(|part| {
            let of_part = |needs: &[Need]| needs.iter().copied().filter(|need| need.part == part).collect::<Vec<_>>();
            let (all, missing) = (of_part(&needs), of_part(&missing));
            let for_nobody = all.len() == missing.len();
            let found = missing.iter().filter_map(|need| self.finding(*need, for_nobody));
            // Where nobody gets it, one of those who should stands for all.
            found.take(if for_nobody { 1 } else { missing.len() }).collect::<Vec<_>>()
        });
        told.collect()
    }

    /// What should come, by what the programme says.
    fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        for (index, step) in self.programme.steps.iter().enumerate() {
            let part = Part::Step(index);
            let counted = (1..=PURCHASES_MAX).filter(|nth| step.occasions.contains(*nth));
            let stages = counted.map(|nth| self.shop.stages.reached_by(nth));
            let meant: BTreeSet<Stage> = stages.filter(|stage| includes(step.stages.as_ref(), *stage)).collect();
            if meant.is_empty() || step.arrives_late {
                needs.push(Need { part, stage: None });
            } else {
                needs.extend(meant.into_iter().map(|stage| Need { part, stage: Some(stage) }));
            }
        }
        needs.extend((0..self.programme.series.len()).map(|index| Need { part: Part::Series(index), stage: None }));
        needs.extend((0..self.programme.dated.len()).map(|index| Need { part: Part::Dated(index), stage: None }));
        needs
    }

    /// Whether a model customer gets it.
    fn comes(&mut self, need: Need) -> bool {
        self.ways(need).into_iter().any(|way| {
            let life = self.lives.entry(way).or_insert_with(|| live(self.shop, self.programme, way));
            is_met(self.shop, self.programme, life, need)
        })
    }

    /// The lives in which it may come, those first that are lived anyway.
    fn ways(&self, need: Need) -> Vec<Way> {
        let counts = self.counts(need);
        let (most, late) = (counts.iter().max().copied(), self.is_late(need.part));
        let usual = counts.iter().filter(|n| **n == 1).copied().chain(most);
        let mut ways: Vec<Way> = usual.map(|purchases| Way { purchases, late, ..Way::default() }).collect();
        for begins_after in BEGINNINGS {
            ways.extend(counts.iter().map(|n| Way { purchases: *n, late, begins_after, unasked: false }));
        }
        ways.extend(counts.iter().map(|n| Way { purchases: *n, late, unasked: true, ..Way::default() }));
        ways
    }

    /// How often somebody buys who should get it, and then no more: for each stage, and for what the part itself counts.
    fn counts(&self, need: Need) -> BTreeSet<u32> {
        let stages = &self.shop.stages;
        let by_stage = [1, 2, stages.regular_from, stages.loyal_from];
        let (from, to) = match need.part {
            Part::Step(index) => range(self.programme.steps[index].occasions),
            Part::Series(index) => (self.programme.series[index].from_occasion, None),
            Part::Dated(index) => range(self.programme.dated[index].occasions),
        };
        let own = [from, to.unwrap_or(from)];
        let counts = by_stage.into_iter().chain(own).filter(|n| *n >= from && to.is_none_or(|to| *n <= to));
        let counts = counts.filter(|n| (1..=PURCHASES_MAX).contains(n));
        counts.filter(|n| need.stage.is_none_or(|stage| stages.reached_by(*n) >= stage)).collect()
    }

    fn is_late(&self, part: Part) -> bool {
        matches!(part, Part::Step(index) if self.programme.steps[index].arrives_late)
    }

    /// What stops it, where one restraint alone does.
    fn finding(&mut self, need: Need, for_nobody: bool) -> Option<Finding> {
        let restraint = Restraint::all(self.programme, need.part).into_iter().find(|restraint| {
            let programme = restraint.lifted(self.programme, need.part);
            let mut other = Trial { shop: self.shop, programme: &programme, lives: BTreeMap::new() };
            other.comes(need)
        });
        match restraint {
            Some(restraint) => Some(restraint.told(self, need, for_nobody)),
            None => self.without_reorder_days(need.part),
        }
    }

    /// A reminder to buy again for whoever has bought once: only the product file knows the day.
    fn without_reorder_days(&self, part: Part) -> Option<Finding> {
        let Part::Dated(index) = part else { return None };
        let dated = self.programme.dated.get(index)?;
        let knows = self.shop.products.products().any(|product| product.reorder_days.is_some());
        let is_known = dated.occasions.to != Some(1) || knows;
        if is_known || !matches!(dated.on, Date::Reorder { .. }) {
            return None;
        }
        let what = format!(
            "`{}` reaches nobody: after one purchase only the product file can say when somebody will buy again, and no \
             product there has reorder_days",
            dated.id
        );
        let mend = "write reorder_days into the product file, or set occasions = \"2+\"";
        let site = Site::Dated { index, key: "on" };
        Some(Finding { severity: Severity::Problem, site, rule: Rule::Form, what, mend: mend.to_owned() })
    }
}

fn range(occasions: crate::programme::Occasions) -> (u32, Option<u32>) {
    (occasions.from, occasions.to)
}

/// Whether somebody got in a life what they need.
fn is_met(shop: &Shop, programme: &Programme, life: &Life, need: Need) -> bool {
    life.sent().any(|follow_up| match need.part {
        Part::Step(index) => {
            let nth = || follow_up.purchase.as_ref().and_then(|key| life.nth(key));
            let is_for = |stage| nth().is_some_and(|nth| shop.stages.reached_by(nth) == stage);
            follow_up.step == programme.steps[index].id && need.stage.is_none_or(is_for)
        }
        Part::Series(index) => follow_up.series.as_ref() == Some(&programme.series[index].id),
        Part::Dated(index) => follow_up.series.as_ref() == Some(&programme.dated[index].id),
    })
}
