//! Listening: what a customer is asked with one tap (R27), what an answer means, and which letters make good (R28, R29).
//!
//! A message of class survey declares its answers. One of them that says "not happy" stops everything cheerful, opens a
//! case for a person, and counts against the product (R31). A remedy is a letter that goes out only when a person has
//! approved it for a case.

use crate::calendar::{Slot, day_of, days_after};
use crate::case::Case;
use crate::channel::Channel;
use crate::customer::{Bought, Customer};
use crate::follow_up::{FollowUp, State};
use crate::ids::{AnswerId, FollowUpId, PurchaseKey, StepId};
use crate::planner::{NOTICE_MINUTES, end_of, next_in_hours, next_slot_of_day_after};
use crate::policy::may_be_heard_on;
use crate::programme::Class;
use crate::shop::Shop;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Longest line that a customer may add to an answer, in characters.
pub const WORDS_MAX: usize = 300;
/// A remedy that was approved goes out within so many days, or a person hears of it.
const REMEDY_WITHIN_DAYS: u32 = 14;

/// What an answer means to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// They are glad.
    Happy,
    /// Neither glad nor sorry: not used yet, not heard yet.
    Neutral,
    /// They are not happy.
    Unhappy,
    /// Something is broken.
    Broken,
}

impl Means {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Happy, Self::Neutral, Self::Unhappy, Self::Broken];

    /// What it means by its name in programmes and in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Happy => "happy",
            Self::Neutral => "neutral",
            Self::Unhappy => "unhappy",
            Self::Broken => "broken",
        }
    }

    /// Whether a person has to see to it.
    #[must_use]
    pub fn is_unhappy(self) -> bool {
        matches!(self, Self::Unhappy | Self::Broken)
    }
}

/// An answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its permanent name.
    pub id: AnswerId,
    /// What the customer taps.
    pub says: String,
    /// The same where the thing was a gift to somebody else; `None` where it says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says_gift: Option<String>,
    /// What it means.
    pub means: Means,
}

impl Choice {
    /// What the customer taps.
    #[must_use]
    pub fn words(&self, gift: bool) -> &str {
        self.says_gift.as_deref().filter(|_| gift).unwrap_or(&self.says)
    }
}

/// What a survey asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The answers, in their order.
    pub answers: Vec<Choice>,
    /// What is shown after any answer: a small thank-you (R27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<String>,
}

impl Question {
    /// One of its answers.
    #[must_use]
    pub fn choice(&self, id: &AnswerId) -> Option<&Choice> {
        self.answers.iter().find(|choice| choice.id == *id)
    }
}

/// How a programme listens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// What its surveys ask, by their messages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub questions: BTreeMap<StepId, Question>,
    /// Its letters that make good: each goes out only when a person has approved it for a case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<StepId>,
}

impl Listening {
    /// Whether the programme neither asks nor makes good.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a message is a letter that makes good.
    #[must_use]
    pub fn is_remedy(&self, step: &StepId) -> bool {
        self.remedies.contains(step)
    }
}

/// What a customer answered. The newest answer to a message counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The message that asked.
    pub follow_up: FollowUpId,
    /// The step that it carried out.
    pub step: StepId,
    /// The purchase that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase: Option<PurchaseKey>,
    /// The product that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Which of the answers.
    pub answer: AnswerId,
    /// What was tapped, as it was shown.
    pub says: String,
    /// What it means.
    pub means: Means,
    /// What the customer added in words of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Answer {
    /// An answer to a message, as it stands; `words` are kept within bounds, on one line.
    #[must_use]
    pub fn new(
        follow_up: &FollowUp,
        customer: &Customer,
        choice: &Choice,
        words: Option<&str>,
        at: DateTime<Utc>,
    ) -> Self {
        let bought = subject(follow_up, customer);
        Self {
            follow_up: follow_up.id.clone(),
            step: follow_up.step.clone(),
            purchase: bought.map(|b| b.key.clone()),
            product: bought.and_then(|b| b.product.clone()),
            answer: choice.id.clone(),
            says: choice.words(bought.is_some_and(|b| customer.is_gift(b))).to_owned(),
            means: choice.means,
            words: words.map(|text| one_line(text, WORDS_MAX)).filter(|text| !text.is_empty()),
            at,
        }
    }

    /// Whether it says the same as another, whenever that was said.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.answer, &self.words, self.means) == (&other.answer, &other.words, other.means)
    }

    /// What was said, in one line.
    #[must_use]
    pub fn in_words(&self) -> String {
        match &self.words {
            None => self.says.clone(),
            Some(words) => format!("{} / {words}", self.says),
        }
    }
}

/// The purchase that a message is about: the one it is bound to, else the newest that counts.
#[must_use]
pub fn subject<'a>(follow_up: &FollowUp, customer: &'a Customer) -> Option<&'a Bought> {
    let bound = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
    bound.or_else(|| customer.purchases.iter().rfind(|b| b.counts())).or_else(|| customer.purchases.last())
}

/// A text on one line, within bounds.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(max).collect();
    clean.trim().to_owned()
}

/// The follow-up by which an approved remedy goes out: in the next hours of the shop, or the next day where the customer has
/// heard from it today. The same letter for the same case is the same follow-up, so it goes out once.
#[must_use]
pub fn remedy(
    shop: &Shop,
    (customer, follow_ups): (&Customer, &[FollowUp]),
    case: &Case,
    letter: &StepId,
    now: DateTime<Utc>,
) -> FollowUp {
    let occurrence = format!("case:{}@{}", case.purchase, case.since.timestamp());
    let soon = next_in_hours(shop, Slot::at_or_after(now + Duration::minutes(NOTICE_MINUTES)));
    let day = day_of(soon.start(), shop.zone);
    let is_heard = follow_ups.iter().any(|f| may_be_heard_on(f, day, shop));
    let slot = if is_heard { next_slot_of_day_after(shop, soon, day) } else { soon };
    FollowUp {
        id: FollowUpId::derive(&customer.id, letter, &occurrence),
        customer: customer.id.clone(),
        step: letter.clone(),
        text: None,
        series: None,
        class: Class::Remedy,
        purchase: Some(case.purchase.clone()),
        channel: Channel::Mail,
        tried: BTreeSet::new(),
        shard: customer.shard(shop),
        slot,
        deadline: end_of(days_after(day_of(slot.start(), shop.zone), REMEDY_WITHIN_DAYS), shop),
        state: State::Planned,
        reason: None,
        generation: 0,
        attempts: 0,
        attempt: None,
        until: None,
        message: None,
        sent_at: None,
        soft_bounces: 0,
        // The person who makes it good has approved it.
        approved_at: Some(now),
        note: None,
        ended: false,
    }
}
