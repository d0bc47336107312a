//! What a programme asks must leave room for whoever is not happy (R29), and what makes good goes out by a person's hand
//! alone (R28).

use super::{Finding, Rule, Site, finding};
use crate::listening::Question;
use crate::programme::{Class, Programme, Step};
use std::collections::BTreeSet;

/// Fewest answers to choose from.
const ANSWERS_MIN: usize = 2;
/// Most answers to choose from: what a phone shows at once.
const ANSWERS_MAX: usize = 8;

/// Everything that is wrong with questions and remedies.
pub(super) fn check_listening(programme: &Programme) -> Vec<Finding> {
    let steps = programme.steps.iter().enumerate();
    let asked = steps.filter_map(|(index, step)| Some((index, step, programme.listening.questions.get(&step.id)?)));
    let mut findings: Vec<Finding> =
        asked.flat_map(|(index, step, question)| check_question(index, step, question)).collect();
    findings.extend(unapproved(programme));
    findings
}

fn check_question(index: usize, step: &Step, question: &Question) -> Vec<Finding> {
    let Step { id, class, .. } = step;
    let mut findings = Vec::new();
    let site = |key| Site::Step { index, key };
    if *class != Class::Survey {
        let what = format!("`{id}` has answers to choose from, and is of class {}", class.name());
        findings.push(finding(site("class"), Rule::Form, what, "give it the class survey, or take its answers out"));
    }
    let count = question.answers.len();
    if !(ANSWERS_MIN..=ANSWERS_MAX).contains(&count) {
        let what = format!("`{id}` has {count} answers to choose from");
        let mend = format!("give it {ANSWERS_MIN} to {ANSWERS_MAX}: what a phone shows at once");
        findings.push(finding(site("answer"), Rule::Form, what, mend));
    }
    if !question.answers.iter().any(|choice| choice.means.is_unhappy()) {
        let what = format!("`{id}` leaves nobody a way to say that they are not happy");
        let mend = "add a [[step.answer]] with means = \"unhappy\" or \"broken\"";
        findings.push(finding(site("answer"), Rule::R29, what, mend));
    }
    let mut seen = BTreeSet::new();
    for (answer, choice) in question.answers.iter().enumerate().filter(|(_, choice)| !seen.insert(&choice.id)) {
        let what = format!("the answer `{}` stands twice in `{id}`", choice.id);
        let mend = "give each answer an id of its own; an id is for ever";
        findings.push(finding(Site::Answer { step: index, index: answer, key: "id" }, Rule::Form, what, mend));
    }
    findings
}

/// Messages of class remedy that would go out by themselves.
fn unapproved(programme: &Programme) -> Vec<Finding> {
    let steps = programme.steps.iter().enumerate();
    let steps = steps.map(|(index, s)| (Site::Step { index, key: "class" }, &s.id, s.class));
    let letters = programme.series.iter().enumerate().flat_map(|(series, s)| {
        let letters = s.letters.iter().enumerate();
        letters.map(move |(index, l)| (Site::Letter { series, index, key: "class" }, &l.id, l.class))
    });
    let texts = programme.dated.iter().enumerate().flat_map(|(dated, d)| {
        let letters = d.letters.iter().enumerate();
        letters.map(move |(index, l)| (Site::DatedLetter { dated, index, key: "class" }, &l.id, l.class))
    });
    let found = steps.chain(letters).chain(texts).filter(|(_, _, class)| *class == Class::Remedy);
    let mend = "make it a [[remedy]]: it goes out when a person has approved it for a case";
    found.map(|(site, id, _)| finding(site, Rule::R28, format!("`{id}` makes good with nobody asked"), mend)).collect()
}
