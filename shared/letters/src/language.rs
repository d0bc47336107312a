//! The language of a programme: how it addresses people, and what it says where something is not known.

use crate::toml_reader::text;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use toml::de::DeValue;

/// The key of `programme.toml` that names the language.
pub(crate) const LANGUAGE_KEY: &str = "language";
/// The key of `programme.toml` that says what the trade calls what was bought, where its name is not known.
pub(crate) const UNNAMED_KEY: &str = "unnamed";
/// Longest such word, in characters.
const UNNAMED_MAX: usize = 24;

/// How a programme's letters speak.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speech<'a> {
    pub(crate) language: Language,
    /// What its trade calls what was bought, where the name is not known; the language's own word for `None`.
    pub(crate) unnamed: Option<&'a str>,
}

impl Speech<'_> {
    /// What a product without a name is called.
    pub(crate) fn productless(&self) -> &str {
        self.unnamed.unwrap_or_else(|| self.language.productless())
    }
}

/// A language that letters are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// 「山田 花子様」
    #[default]
    #[serde(rename = "ja")]
    Japanese,
    /// "Dear Hanako Yamada": the name as it is given, and no honorific, which nobody could guess.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// All languages.
    pub(crate) const ALL: [Self; 2] = [Self::Japanese, Self::English];

    /// Its code, as `programme.toml` has it, and `lang` attributes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }

    /// How somebody is addressed. A [`PersonName`](wasurena_domain::contact::PersonName) holds no honorific, so there are
    /// never two.
    pub(crate) fn addressee(self, name: Option<String>) -> String {
        match (self, name) {
            (Self::Japanese, Some(name)) => format!("{name}様"),
            (Self::Japanese, None) => "お客様".to_owned(),
            (Self::English, Some(name)) => name,
            (Self::English, None) => "customer".to_owned(),
        }
    }

    /// What a product without a name is called, where the trade has no word of its own.
    fn productless(self) -> &'static str {
        match self {
            Self::Japanese => "お品",
            Self::English => "order",
        }
    }

    /// 「12月1日」, or "1 December".
    pub(crate) fn month_and_day(self, day: NaiveDate) -> String {
        match self {
            Self::Japanese => format!("{}月{}日", day.month(), day.day()),
            Self::English => day.format("%-d %B").to_string(),
        }
    }
}

/// Reads a language.
pub(crate) fn language(value: &DeValue<'_>) -> Result<Language, String> {
    let code = text(value).unwrap_or_default();
    let mut all = [Language::Japanese, Language::English].into_iter();
    all.find(|language| language.code() == code).ok_or_else(|| "\"ja\" or \"en\"".to_owned())
}

/// Reads what a trade calls what was bought.
pub(crate) fn unnamed(value: &DeValue<'_>) -> Result<String, String> {
    let word = text(value).ok().filter(|word| word.chars().count() <= UNNAMED_MAX);
    word.ok_or_else(|| format!("a word of {UNNAMED_MAX} characters at most"))
}

/// The language that a `programme.toml` names; Japanese where it names none, or cannot be read.
pub(crate) fn language_of(programme: &str) -> Language {
    let table = toml::from_str::<toml::Table>(programme).unwrap_or_default();
    match table.get(LANGUAGE_KEY).and_then(toml::Value::as_str) {
        Some("en") => Language::English,
        _ => Language::Japanese,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_addresses_people_in_its_own_way() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        for (language, named, nameless, on) in [
            (Language::Japanese, "山田 花子様", "お客様", "12月1日"),
            (Language::English, "山田 花子", "customer", "1 December"),
        ] {
            assert_eq!(language.addressee(Some("山田 花子".to_owned())), named);
            assert_eq!(language.addressee(None), nameless);
            assert_eq!(language.month_and_day(day), on);
        }
    }

    #[test]
    fn a_programme_that_names_no_language_is_japanese() {
        assert_eq!(language_of("language = \"en\"\n"), Language::English);
        assert_eq!(language_of(""), Language::Japanese);
        assert_eq!(language_of("= ="), Language::Japanese);
    }
}
