//! Greetings that a house in mourning may read too (R7): whether somebody has died there is rarely known.
//!
//! おめでとう and the words of a New Year's card belong to the New Year's card alone. A programme that sends one says so by
//! its date; every other greeting of the season fits everybody, and so does whatever else happens to come in January.

use crate::compile::letter_file;
use crate::files::Files;
use crate::problem::Problem;
use std::collections::BTreeSet;
use wasurena_domain::almanac::Greeting;
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::{Date, Programme, Rule};

/// What no greeting of the season says but the New Year's card.
const CONGRATULATIONS: [&str; 3] = ["おめでと", "お目出度", "慶び"];
/// What no letter at all says but the New Year's card.
const NEW_YEARS_WORDS: [&str; 9] =
    ["明けまして", "あけまして", "開けまして", "新年おめでと", "謹賀新年", "恭賀新年", "賀正", "迎春", "謹んで新春"];

/// Every letter that says what a house in mourning should not read.
pub(crate) fn check_congratulations(programme: &Programme, files: &Files) -> Vec<Problem> {
    let dated = |is_meant: fn(Greeting) -> bool| -> BTreeSet<&StepId> {
        let meant =
            programme.dated.iter().filter(|d| matches!(d.on, Date::Season { greeting, .. } if is_meant(greeting)));
        meant.flat_map(|d| d.letters.iter().map(|letter| &letter.id)).collect()
    };
    let cards = dated(|greeting| greeting == Greeting::NewYear);
    let seasons = dated(|greeting| greeting != Greeting::NewYear);
    let letters = programme.messages().map(|(id, _)| id).filter(|id| !cards.contains(id));
    let found = letters.filter_map(|id| {
        let file = letter_file(id.as_str());
        let season: &[&str] = if seasons.contains(id) { &CONGRATULATIONS } else { &[] };
        let lines = files.get(&file)?.lines().enumerate();
        let said = |line: &str| NEW_YEARS_WORDS.iter().chain(season).copied().find(|word| line.contains(word));
        let (index, word) = lines.filter_map(|(index, line)| Some((index, said(line)?))).next()?;
        let what = format!("「{word}」 reaches houses in mourning too");
        let mend = "greet without it, or send it on the date \"new_year\"";
        Some(Problem::breaks(Rule::R7, &file, index + 1, what, mend))
    });
    found.collect()
}
