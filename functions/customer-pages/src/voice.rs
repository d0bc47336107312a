//! How a page speaks: for which shop, and in which language.

use wasurena_domain::shop::Shop;
use wasurena_letters::{Language, Published};

/// A shop's voice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'a> {
    /// The shop.
    pub(crate) shop: &'a Shop,
    /// The language of its programme.
    pub(crate) language: Language,
}

impl<'a> Voice<'a> {
    /// The voice of a published programme.
    pub(crate) fn of(book: &'a Published) -> Self {
        Self { shop: &book.shop, language: book.language }
    }

    /// What it says, in its language.
    pub(crate) fn say<T>(&self, japanese: T, english: T) -> T {
        match self.language {
            Language::Japanese => japanese,
            Language::English => english,
        }
    }

    /// Who answers: 「店主の佐藤」, "Sato, the owner".
    pub(crate) fn who(&self) -> String {
        let staff = &self.shop.staff;
        self.say(format!("{}の{}", staff.role, staff.name), format!("{}, {}", staff.name, staff.role))
    }
}
