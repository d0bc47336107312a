//! Which words a template may use, and what it means to use another.
//!
//! Found by reading the template, before any fact is known: a word that the class of a letter does not have is
//! a finding even where an `{% if %}` hides it today.

use crate::answers::ANSWERS;
use crate::problem::Problem;
use minijinja::Template;
use wasurena_domain::programme::{Class, Rule};

/// Words that every letter may use.
const LETTER_WORDS: [&str; 20] = [
    "addressee",
    "greeting",
    "count",
    "gift",
    "made_to_order",
    "bought_on",
    "product.name",
    "product.picture",
    "product.page",
    "product.story",
    "shop.name",
    "shop.url",
    "shop.operator",
    "shop.address",
    "shop.phone",
    "shop.phone_hours",
    "shop.email",
    "staff.name",
    "staff.role",
    "staff.picture",
];
/// Words that lead to buying: neither a thank-you has them, nor what goes into one.
const PAGE_WORDS: [&str; 2] = ["shop.url", "product.page"];
/// Words that letters which sell may use as well.
const SELLING_WORDS: [&str; 1] = ["offer.url"];
/// Words that surveys may use as well.
const SURVEY_WORDS: [&str; 1] = [ANSWERS];
/// Words that frames may use as well.
const FRAME_WORDS: [&str; 11] = [
    "subject",
    "preheader",
    "body",
    "paragraphs",
    "consented",
    "asks_address",
    "stop_url",
    "wishes_url",
    "wrong_url",
    "view_url",
    "card_url",
];

/// What a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A letter of a class.
    Letter(Class),
    /// The greeting, which every letter may use.
    Greeting,
    /// A frame: it holds letters of every class.
    Frame,
}

impl Kind {
    fn words(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Letter(class) if class.is_selling() => &SELLING_WORDS,
            Self::Letter(Class::Survey) => &SURVEY_WORDS,
            Self::Frame => &FRAME_WORDS,
            Self::Letter(_) | Self::Greeting => &[],
        };
        let has = |word: &&str| match self {
            Self::Letter(class) => class != Class::Thanks || !PAGE_WORDS.contains(word),
            Self::Greeting => *word != "greeting" && !PAGE_WORDS.contains(word),
            Self::Frame => *word != "greeting",
        };
        LETTER_WORDS.iter().copied().filter(has).chain(own.iter().copied()).collect()
    }

    /// Which rule a word would break that this template does not have.
    fn rule(self, word: &str) -> Rule {
        let offer = word == "offer" || word.starts_with("offer.");
        match self {
            Self::Letter(Class::Thanks) if offer || PAGE_WORDS.contains(&word) => Rule::R12,
            Self::Greeting if PAGE_WORDS.contains(&word) => Rule::R12,
            Self::Letter(_) | Self::Greeting | Self::Frame if offer => Rule::R14,
            _ => Rule::Form,
        }
    }
}

/// Every word of a template that it does not have.
pub(crate) fn check_words(template: &Template<'_, '_>, file: &str, source: &str, kind: Kind) -> Vec<Problem> {
    let words = kind.words();
    let mut unknown: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    unknown.retain(|word| !words.contains(&word.as_str()));
    unknown.sort();
    unknown.iter().map(|word| problem(file, line_of(source, word), kind, word, &words)).collect()
}

fn problem(file: &str, line: usize, kind: Kind, word: &str, words: &[&str]) -> Problem {
    let prefix = format!("{word}.");
    let parts: Vec<&str> = words.iter().copied().filter(|known| known.starts_with(&prefix)).collect();
    let (what, mend) = match kind.rule(word) {
        Rule::R12 => (
            format!("a thank-you only thanks, and `{word}` leads to buying"),
            format!("take `{word}` out, or put it into a letter of another class"),
        ),
        Rule::R14 => (
            format!("`{word}` sells, and this is not only for those who have bought twice"),
            format!("take `{word}` out, or give the letter the class promotion or offer, from_occasion = 2"),
        ),
        _ if !parts.is_empty() => {
            (format!("`{word}` is not a text but several"), format!("write one of: {}", parts.join(", ")))
        }
        _ => (format!("there is no placeholder `{word}`"), format!("use one of: {}", words.join(", "))),
    };
    Problem::breaks(kind.rule(word), file, line, what, mend)
}

/// The first line in which a word stands inside a tag; else the first line that begins with its first part.
pub(crate) fn line_of(source: &str, word: &str) -> usize {
    let root = word.split('.').next().unwrap_or(word);
    let find = |word: &str| source.lines().position(|line| in_tag(line, word)).map(|index| index + 1);
    find(word).or_else(|| find(root)).unwrap_or(1)
}

fn in_tag(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let whole = !before.ends_with(part) && !after.starts_with(part);
        whole && (before.contains("{{") || before.contains("{%"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_are_used() {
        let source = "offer\n{{ offers }}\n{% if x %}{{ offer.url }}{% endif %}\n{{ shop[\"url\"] }}";
        for (word, line) in [("offer.url", 3), ("offers", 2), ("shop.url", 4), ("nowhere", 1)] {
            assert_eq!(line_of(source, word), line, "{word}");
        }
    }

    #[test]
    fn each_class_has_its_words() {
        assert!(!Kind::Letter(Class::Thanks).words().contains(&"shop.url"));
        assert!(Kind::Letter(Class::Greeting).words().contains(&"shop.url"));
        for class in [Class::Promotion, Class::Offer] {
            assert!(Kind::Letter(class).words().contains(&"offer.url"));
        }
        assert!(!Kind::Letter(Class::Greeting).words().contains(&"offer.url"));
    }
}
