//! A case: something is wrong with a purchase, and a person looks after it until it is settled (R28).
//!
//! That a case is open follows from the customer's record alone, so that opening one costs a webhook nothing. This is what a
//! person adds: who has it, how far it is, and what was said. It is written when it is first needed.

use crate::customer::Bought;
use crate::ids::PurchaseKey;
use crate::listening::{Answer, Means, one_line};
use crate::purchase::{OrderKind, Purchase};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Entries that a history keeps: the first, and the newest.
pub const HISTORY_MAX: usize = 40;
/// Longest words of an entry, in characters.
const NOTE_MAX: usize = 400;
/// Longest name of whoever has a case, in characters.
const NAME_MAX: usize = 40;

/// Why a case was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It came back, or is contested.
    Returned,
    /// A part of its price went back.
    RefundedInPart,
    /// All of its price went back.
    Refunded,
    /// The order replaces what was broken or wrong.
    Replaced,
    /// The customer answered that they are not happy.
    Unhappy,
    /// The customer answered that something is broken.
    Broken,
}

impl Cause {
    /// The cause by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::RefundedInPart => "refunded_in_part",
            Self::Refunded => "refunded",
            Self::Replaced => "replaced",
            Self::Unhappy => "unhappy",
            Self::Broken => "broken",
        }
    }

    /// The cause of a case that follows from a purchase's facts.
    #[must_use]
    pub fn of(purchase: &Purchase) -> Self {
        let is_exchange = purchase.order.as_ref().is_some_and(|order| order.kind == OrderKind::Exchange);
        if purchase.moments.returned_at.is_some() {
            Self::Returned
        } else if is_exchange {
            Self::Replaced
        } else if purchase.is_undone() {
            Self::Refunded
        } else {
            Self::RefundedInPart
        }
    }

    /// The cause of a case that an answer opens; `None` for an answer that opens none.
    #[must_use]
    pub fn of_answer(means: Means) -> Option<Self> {
        match means {
            Means::Unhappy => Some(Self::Unhappy),
            Means::Broken => Some(Self::Broken),
            Means::Happy | Means::Neutral => None,
        }
    }
}

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has it yet.
    Open,
    /// Somebody has it.
    InHand,
    /// A remedy was approved.
    RemedySent,
    /// It is over.
    Settled,
}

impl CaseState {
    /// The state by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InHand => "in_hand",
            Self::RemedySent => "remedy_sent",
            Self::Settled => "settled",
        }
    }
}

/// What happened in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was opened, by the purchase's facts.
    Opened,
    /// The customer answered a survey.
    Answered,
    /// Somebody took it.
    Taken,
    /// Somebody wrote something down.
    Noted,
    /// Somebody approved a remedy: its letter.
    RemedyApproved,
    /// It was settled.
    Settled,
}

impl What {
    /// What happened, by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Answered => "answered",
            Self::Taken => "taken",
            Self::Noted => "noted",
            Self::RemedyApproved => "remedy_approved",
            Self::Settled => "settled",
        }
    }
}

/// An entry of a case's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// Who of the shop; `None` where it was the customer, or followed from facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What.
    pub what: What,
    /// In which words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Note {
    /// An entry whose texts are kept within bounds.
    #[must_use]
    pub fn new(at: DateTime<Utc>, who: Option<&str>, what: What, words: Option<&str>) -> Self {
        let kept = |text: Option<&str>, max| text.map(|t| one_line(t, max)).filter(|t| !t.is_empty());
        Self { at, who: kept(who, NAME_MAX), what, words: kept(words, NOTE_MAX) }
    }
}

/// The entry of an answer.
fn told(answer: &Answer) -> Note {
    Note::new(answer.at, None, What::Answered, Some(&answer.in_words()))
}

/// A case, as the diary keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The purchase with which something is wrong.
    pub purchase: PurchaseKey,
    /// Why it was opened, the last time.
    pub cause: Cause,
    /// Since when, the last time.
    pub since: DateTime<Utc>,
    /// How far it is.
    pub state: CaseState,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What happened, oldest first.
    pub history: Vec<Note>,
    /// Counts its changes: whoever writes has read the last.
    pub revision: u32,
}

impl Case {
    /// The case of a purchase as the customer's record has it, on what is written of it so far. Where the record says that
    /// something happened after it was settled, it is open again. `None` where nothing was ever wrong.
    #[must_use]
    pub fn of(bought: &Bought, written: Option<Self>, is_open: bool, cause: Cause) -> Option<Self> {
        let since = bought.case_at?;
        let is_new = |case: &Self| case.state == CaseState::Settled && is_open && case.since < since;
        Some(match written {
            Some(case) if is_new(&case) => case.opened_again(cause, since),
            Some(case) => case,
            None => Self::new(bought.key.clone(), cause, since, is_open),
        })
    }

    fn new(purchase: PurchaseKey, cause: Cause, since: DateTime<Utc>, is_open: bool) -> Self {
        let state = if is_open { CaseState::Open } else { CaseState::Settled };
        let history = vec![Note::new(since, None, What::Opened, Some(cause.name()))];
        Self { purchase, cause, since, state, owner: None, history, revision: 0 }
    }

    /// A case that an answer opens, or that it is written into.
    #[must_use]
    pub fn of_answer(purchase: &PurchaseKey, written: Option<Self>, answer: &Answer, cause: Cause) -> Self {
        match written {
            Some(case) if case.state != CaseState::Settled => case.heard(answer),
            Some(case) => Self { cause, since: answer.at, state: CaseState::Open, ..case.with(told(answer)) },
            None => Self {
                purchase: purchase.clone(),
                cause,
                since: answer.at,
                state: CaseState::Open,
                owner: None,
                history: vec![told(answer)],
                revision: 0,
            },
        }
    }

    /// The customer answers while it is open. An answer that was cut short before it was kept comes again: it is heard once.
    #[must_use]
    pub fn heard(self, answer: &Answer) -> Self {
        let last = self.history.iter().rfind(|known| known.what == What::Answered);
        let note = told(answer);
        if last.is_some_and(|last| last.words == note.words) { self } else { self.with(note) }
    }

    fn opened_again(self, cause: Cause, since: DateTime<Utc>) -> Self {
        let note = Note::new(since, None, What::Opened, Some(cause.name()));
        Self { cause, since, state: CaseState::Open, ..self.with(note) }
    }

    fn with(mut self, note: Note) -> Self {
        self.history.push(note);
        while self.history.len() > HISTORY_MAX {
            self.history.remove(1);
        }
        self
    }

    /// Somebody takes it.
    #[must_use]
    pub fn taken(self, by: &str, at: DateTime<Utc>) -> Self {
        let state = if self.state == CaseState::Open { CaseState::InHand } else { self.state };
        let note = Note::new(at, Some(by), What::Taken, None);
        Self { owner: note.who.clone(), state, ..self.with(note) }
    }

    /// Somebody writes something down.
    #[must_use]
    pub fn noted(self, by: Option<&str>, words: &str, at: DateTime<Utc>) -> Self {
        let note = Note::new(at, by.or(self.owner.as_deref()), What::Noted, Some(words));
        self.with(note)
    }

    /// Somebody approves a remedy. The same letter twice for one case is once.
    #[must_use]
    pub fn remedied(self, by: Option<&str>, letter: &str, at: DateTime<Utc>) -> Self {
        let mut of_this_time = self.history.iter().rev().take_while(|note| note.what != What::Settled);
        if of_this_time.any(|note| note.what == What::RemedyApproved && note.words.as_deref() == Some(letter)) {
            return self;
        }
        let note = Note::new(at, by.or(self.owner.as_deref()), What::RemedyApproved, Some(letter));
        let state = if self.state == CaseState::Settled { self.state } else { CaseState::RemedySent };
        Self { state, ..self.with(note) }
    }

    /// Somebody settles it. Settled is settled.
    #[must_use]
    pub fn settled(self, by: Option<&str>, words: Option<&str>, at: DateTime<Utc>) -> Self {
        if self.state == CaseState::Settled {
            return self;
        }
        let note = Note::new(at, by.or(self.owner.as_deref()), What::Settled, words);
        Self { state: CaseState::Settled, ..self.with(note) }
    }
}
