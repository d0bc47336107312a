//! R18: whether a programme is mostly selling.
//!
//! Before the second purchase nothing sells (R14), so those messages would only flatter the share. What counts is what
//! somebody gets in the two years after the purchase by which they came to their stage, if they buy nothing more: whoever
//! buys on gets thanks and usage besides. "Mostly" is more than half: then whoever sees the shop's name in the inbox will sooner
//! expect to be sold something than to hear something useful.

use super::life::{Way, live};
use super::{PURCHASES_MAX, Trial};
use crate::calendar::days_after;
use crate::programme::{Class, Finding, Programme, Rule, SELLING_FROM_OCCASION, Severity, Site};

/// The span over which messages are counted, in days.
const SPAN_DAYS: u32 = 2 * 365;

/// What somebody gets.
struct Share {
    /// After which purchase.
    nth: u32,
    selling: usize,
    all: usize,
}

impl Share {
    fn is_most(&self) -> bool {
        self.selling * 2 > self.all
    }
}

/// The warning, for the first of those to whom it mostly sells.
pub(super) fn check_selling(trial: &mut Trial<'_>) -> Option<Finding> {
    let site = first_selling(trial.programme)?;
    let stages = &trial.shop.stages;
    let counts = [SELLING_FROM_OCCASION, stages.regular_from, stages.loyal_from];
    let mut shares = counts.into_iter().filter(|nth| *nth <= PURCHASES_MAX).filter_map(|nth| share(trial, nth));
    let Share { nth, selling, all } = shares.find(Share::is_most)?;
    let what = format!(
        "the programme is mostly selling: of the {all} messages that somebody gets in the two years after purchase {nth} \
         and before the next one, {selling} sell, and more than half is too much"
    );
    let mend = "tell more of what is useful, between them: usage, voices, stories, greetings; or sell less often";
    Some(Finding { severity: Severity::Warning, site, rule: Rule::R18, what, mend: mend.to_owned() })
}

/// What is sent to somebody who has bought so often and buys no more.
fn share(trial: &mut Trial<'_>, nth: u32) -> Option<Share> {
    let way = Way { purchases: nth, ..Way::default() };
    let life = trial.lives.entry(way).or_insert_with(|| live(trial.shop, trial.programme, way));
    let from = life.bought_on(nth)?;
    let until = days_after(from, SPAN_DAYS);
    let in_span = life.sent().filter(|f| (from..until).contains(&life.day(f)));
    let classes: Vec<Class> = in_span.map(|f| f.class).collect();
    Some(Share { nth, selling: classes.iter().filter(|class| class.is_selling()).count(), all: classes.len() })
}

/// Where the first message stands that sells; `None` where none does.
fn first_selling(programme: &Programme) -> Option<Site> {
    let steps = programme.steps.iter().enumerate().map(|(index, s)| (s.class, Site::Step { index, key: "class" }));
    let letters = programme.series.iter().enumerate().flat_map(|(series, s)| {
        let letters = s.letters.iter().enumerate();
        letters.map(move |(index, letter)| (letter.class, Site::Letter { series, index, key: "class" }))
    });
    let texts = programme.dated.iter().enumerate().flat_map(|(dated, d)| {
        let letters = d.letters.iter().enumerate();
        letters.map(move |(index, letter)| (letter.class, Site::DatedLetter { dated, index, key: "class" }))
    });
    steps.chain(letters).chain(texts).find(|(class, _)| class.is_selling()).map(|(_, site)| site)
}
