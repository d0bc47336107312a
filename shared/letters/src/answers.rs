//! The answers of a survey in its letter: the word `answers` becomes a line for each, with where a tap on it leads.

use crate::context::Facts;
use crate::problem::Problem;
use crate::programme_file::PROGRAMME_FILE;
use crate::text::words;
use serde::{Deserialize, Serialize};
use wasurena_domain::ids::AnswerId;
use wasurena_domain::listening::Question;
use wasurena_domain::programme::Rule;

/// The word that stands for the answers in a letter.
pub(crate) const ANSWERS: &str = "answers";

/// An answer as its letter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tap {
    id: AnswerId,
    says: String,
    says_gift: Option<String>,
}

/// The answers to a question.
pub(crate) fn taps(question: &Question) -> Vec<Tap> {
    let tap = |choice: &wasurena_domain::listening::Choice| Tap {
        id: choice.id.clone(),
        says: words(&choice.says),
        says_gift: choice.says_gift.as_deref().map(words),
    };
    question.answers.iter().map(tap).collect()
}

/// The answers as paragraphs of a letter, `気に入りました → https://…`. Where nothing says whereto a tap leads, as in a letter that
/// is only shown or goes by post, they are lines to be answered by a reply.
pub(crate) fn paragraphs_of(taps: &[Tap], facts: &Facts<'_>) -> String {
    let line = |tap: &Tap| {
        let says = tap.says_gift.as_deref().filter(|_| facts.gift).unwrap_or(&tap.says);
        facts.answer_url.map_or_else(|| format!("・{says}"), |url| format!("{says} → {url}/{}", tap.id))
    };
    taps.iter().map(line).collect::<Vec<_>>().join("\n\n")
}

/// Whether a line of a letter has the word for the answers, which is more than saying that somebody answers.
fn shows_answers(line: &str) -> bool {
    let tags = line.split("{{").skip(1).filter_map(|rest| rest.split(['|', '}']).next());
    tags.map(|tag| tag.trim_matches([' ', '-'])).any(|word| word == ANSWERS)
}

/// A survey that has answers shows them, and a letter that has none does not ask for any.
pub(crate) fn check_shown(file: &str, source: &str, step_line: usize, question: Option<&Question>) -> Option<Problem> {
    let shown = source.lines().position(shows_answers);
    match (question, shown) {
        (Some(_), None) => {
            let what = "the letter does not show the answers that can be tapped";
            Some(Problem::breaks(Rule::R29, file, 1, what, "write {{ answers }} on a line of its own"))
        }
        (None, Some(index)) => {
            let what = "the letter shows answers, and its step has none";
            let mend =
                format!("add [[step.answer]] in {PROGRAMME_FILE}, line {step_line}, or take {{{{ answers }}}} out");
            Some(Problem::form(file, index + 1, what, mend))
        }
        _ => None,
    }
}
