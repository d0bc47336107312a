//! Messages on a date: greetings of the season (R7), the day on which somebody first bought, their birthday (R6), the day
//! on which they would usually buy again, the day from which they are dormant (R34). Each comes once for its date, and every
//! time with another text. A campaign is the same with a date that comes once, and one text.

use super::{Class, Occasions, SeriesLetter, Target};
use crate::almanac::Greeting;
use crate::channel::Channels;
use crate::customer::Stage;
use crate::ids::StepId;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A message on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// Its permanent name.
    pub id: StepId,
    /// The date.
    pub on: Date,
    /// For whom it is, by how often they have bought when the date comes.
    pub occasions: Occasions,
    /// The stages of the relationship it is for; `None` for all (R34, R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<BTreeSet<Stage>>,
    /// What must have been bought for it; `None` for anything (R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The channels by which it may reach somebody, the first to be tried first (R22, R26).
    #[serde(default, skip_serializing_if = "Channels::are_usual")]
    pub channels: Channels,
    /// How many days it may be late; `None` for as long as its season lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// The shop's wall-clock time at which it goes out: a quarter hour.
    pub at: NaiveTime,
    /// Its texts, in their order: each goes to a customer once, so each date takes the next.
    pub letters: Vec<SeriesLetter>,
}

/// A date that comes again, or one of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Date {
    /// The days on which a greeting of the season should arrive: the almanac knows them.
    Season {
        /// Which greeting.
        greeting: Greeting,
        /// Whole days after the first of its days.
        after_days: u32,
    },
    /// The day on which they first bought.
    FirstPurchase {
        /// Whole days before it.
        days_before: u32,
    },
    /// Their birthday, where they have told it.
    Birthday {
        /// Whole days before it.
        days_before: u32,
    },
    /// The day on which they would usually buy again: by their own gaps, or by what they bought.
    Reorder {
        /// Whole days before it.
        days_before: u32,
    },
    /// The day from which they are dormant, if they buy nothing more.
    Dormant {
        /// Whole days before it.
        days_before: u32,
    },
    /// A day that comes once, and is the same for all: a campaign's.
    Once {
        /// The day.
        on: NaiveDate,
    },
}

impl Date {
    /// Its name in programmes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Season { greeting, .. } => greeting.slug(),
            Self::FirstPurchase { .. } => "first_purchase",
            Self::Birthday { .. } => "birthday",
            Self::Reorder { .. } => "reorder",
            Self::Dormant { .. } => "dormant",
            Self::Once { .. } => "campaign",
        }
    }

    /// Whole days before it; none of a season, which has days of its own.
    pub(crate) fn days_before(self) -> u32 {
        match self {
            Self::Season { .. } | Self::Once { .. } => 0,
            Self::FirstPurchase { days_before }
            | Self::Birthday { days_before }
            | Self::Reorder { days_before }
            | Self::Dormant { days_before } => days_before,
        }
    }

    /// Whether its own days may be among those that are quiet otherwise: cards for the New Year come on its first days, and
    /// the day of a campaign is the owner's word.
    pub(crate) fn is_for_quiet_days(self) -> bool {
        matches!(self, Self::Season { greeting: Greeting::NewYear, .. } | Self::Once { .. })
    }

    /// Whether it comes once a year. Else it comes once after each purchase, and each purchase puts it off; or once at all.
    pub(crate) fn is_yearly(self) -> bool {
        !matches!(self, Self::Reorder { .. } | Self::Dormant { .. } | Self::Once { .. })
    }

    /// Whether two dates are one and the same for the customer, however many days before or after it a message goes out.
    #[must_use]
    pub fn is_same_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Once { on }, Self::Once { on: other }) => on == other,
            _ => self.name() == other.name(),
        }
    }
}

impl Dated {
    /// Its messages: each step id and class.
    pub(super) fn messages(&self) -> impl Iterator<Item = (&StepId, Class)> {
        self.letters.iter().map(|letter| (&letter.id, letter.class))
    }
}
