//! What a customer prefers to hear, by mail's own page (R8, R9, R30): which kinds of messages not, how often, and not until
//! when. It stands in the ledger, like everything that is said about hearing from the shop; the last word counts, as a whole.
//!
//! Thanks for a purchase and what makes good are no kind that can be left out: whoever wants neither says stop.

use crate::calendar::days_after;
use crate::ledger::{Entry, Said};
use crate::programme::Class;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of messages, as customers tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Questions for impressions.
    Questions,
    /// How to use and care for what was bought.
    Tips,
    /// Stories of the shop, and what other customers say.
    Stories,
    /// Greetings of the season and of the day.
    Greetings,
    /// Newsletters.
    News,
    /// New products, and offers.
    Offers,
}

impl Kind {
    /// All kinds, in the order in which people are asked about them.
    pub const ALL: [Self; 6] = [Self::Tips, Self::Questions, Self::Stories, Self::Greetings, Self::News, Self::Offers];

    /// The kind of a class of messages; `None` for one that nobody leaves out alone.
    #[must_use]
    pub fn of(class: Class) -> Option<Self> {
        match class {
            Class::Thanks | Class::Remedy => None,
            Class::Survey => Some(Self::Questions),
            Class::Usage => Some(Self::Tips),
            Class::Voices | Class::Story => Some(Self::Stories),
            Class::Greeting => Some(Self::Greetings),
            Class::Newsletter => Some(Self::News),
            Class::Promotion | Class::Offer => Some(Self::Offers),
        }
    }

    /// The kind by its name in the diary and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Questions => "questions",
            Self::Tips => "tips",
            Self::Stories => "stories",
            Self::Greetings => "greetings",
            Self::News => "news",
            Self::Offers => "offers",
        }
    }
}

/// What a customer prefers. Nothing said is everything, as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Preferences {
    /// The kinds that they do not want.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub without: BTreeSet<Kind>,
    /// The last day of a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<NaiveDate>,
    /// Whether every other message of a rhythm is enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seldom: bool,
}

impl Preferences {
    /// What holds now, by everything that was said: the last word.
    #[must_use]
    pub fn of(ledger: &[Entry]) -> Self {
        let said = ledger.iter().filter(|entry| entry.said == Said::Preferred);
        said.max().and_then(|entry| entry.preferences.clone()).unwrap_or_default()
    }

    /// Whether they want no messages of a class.
    #[must_use]
    pub fn leave_out(&self, class: Class) -> bool {
        Kind::of(class).is_some_and(|kind| self.without.contains(&kind))
    }

    /// Whether they want to hear nothing on a day.
    #[must_use]
    pub fn pause_on(&self, day: NaiveDate) -> bool {
        self.paused_until.is_some_and(|until| day <= until)
    }

    /// The first day from `day` on on which they want to hear from the shop.
    #[must_use]
    pub fn open_from(&self, day: NaiveDate) -> NaiveDate {
        self.paused_until.map_or(day, |until| day.max(days_after(until, 1)))
    }
}
