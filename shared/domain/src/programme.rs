//! A programme: which messages a customer gets, and when. Data, checked by [`check`] before it is published.

mod check;
mod dated;
mod frequency;
mod rhythm;
mod target;

pub use check::{
    Finding, PROMISE_LATEST_DAY, Rule, SELLING_FROM_OCCASION, Severity, Site, THANKS_LATEST_DAY, check, check_in,
};

pub use dated::{Date, Dated};
pub use frequency::{Cap, Frequency};
pub use rhythm::{MonthDay, Rhythm};
pub use target::Target;

use crate::channel::{Channel, Channels};
use crate::customer::Stage;
use crate::ids::StepId;
use crate::listening::Listening;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a message is about. The class decides what a template may say (R12 to R15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Thanks, and nothing else (R12).
    Thanks,
    /// A question for impressions (R11, R27).
    Survey,
    /// Using the thing: how to, care (R13).
    Usage,
    /// Other customers' voices.
    Voices,
    /// A story from the shop.
    Story,
    /// A greeting of the season or the day (R7).
    Greeting,
    /// A newsletter somebody asked for (R9).
    Newsletter,
    /// An apology or its coupon, approved by a person (R28).
    Remedy,
    /// New or upgraded products (R15).
    Promotion,
    /// A price, a gift, a coupon (R15).
    Offer,
}

impl Class {
    /// Whether it sells: such a message never goes out before the second purchase (R14).
    #[must_use]
    pub fn is_selling(self) -> bool {
        matches!(self, Self::Promotion | Self::Offer)
    }

    /// The class by its name in programmes and in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Thanks => "thanks",
            Self::Survey => "survey",
            Self::Usage => "usage",
            Self::Voices => "voices",
            Self::Story => "story",
            Self::Greeting => "greeting",
            Self::Newsletter => "newsletter",
            Self::Remedy => "remedy",
            Self::Promotion => "promotion",
            Self::Offer => "offer",
        }
    }
}

/// What a step counts its days from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The day the purchase began to count.
    Purchase,
    /// The day the thing arrived (R11); while that is unknown, the step stands on `unknown_day` after the purchase.
    Arrival {
        /// The day after the purchase on which the step stands while arrival is unknown.
        unknown_day: u32,
    },
    /// The day on which a letter of the same purchase was there: some days after a person had it to post (R25). Where that
    /// letter went by another channel, or not at all, nothing follows it.
    Letter {
        /// The step whose letter it is.
        step: StepId,
    },
}

/// Which occasions a step is for: the first, the second, the third and later, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasions {
    /// The first occasion it is for, from 1.
    pub from: u32,
    /// The last occasion it is for; `None` for all later ones too.
    pub to: Option<u32>,
}

impl Occasions {
    /// Whether the `nth` occasion (from 1) is among them.
    #[must_use]
    pub fn contains(self, nth: u32) -> bool {
        self.from <= nth && self.to.is_none_or(|to| nth <= to)
    }
}

/// How often a step comes for one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    /// Once for each occasion.
    Occasion,
    /// Once for each product: nobody is told twice how to use the same thing.
    Product,
}

/// A step bound to a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its permanent name; the letter `letters/{id}.txt` belongs to it.
    pub id: StepId,
    /// What it is about.
    pub class: Class,
    /// What its days count from.
    pub anchor: Anchor,
    /// The occasions it is for.
    pub occasions: Occasions,
    /// Whether it is only for what arrives late: made to order, on pre-order, promised for a day weeks ahead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub arrives_late: bool,
    /// The stages of the relationship it is for; `None` for all (R34, R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<BTreeSet<Stage>>,
    /// What must have been bought for it; `None` for anything (R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The channels by which it may reach somebody, the first to be tried first (R22, R26).
    #[serde(default, skip_serializing_if = "Channels::are_usual")]
    pub channels: Channels,
    /// Its further texts: somebody who has had one gets the next, and nobody gets one twice. Each has a letter of its own,
    /// `letters/{id}.txt`; the first text is the step's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<StepId>,
    /// How often it comes.
    pub once_per: OncePer,
    /// The civil day after the anchor on which it goes out.
    pub day: u32,
    /// The last civil day after the anchor on which it may go out: the window ends with that day.
    pub latest_day: u32,
    /// The shop's wall-clock time at which it goes out: a quarter hour.
    pub at: NaiveTime,
}

impl Step {
    /// Whether it is a message by which the shop brings a purchase back to mind in time (R1).
    #[must_use]
    pub(crate) fn may_keep_promise(&self) -> bool {
        self.is_for_every_buyer()
            && !matches!(self.class, Class::Thanks | Class::Remedy)
            && self.anchor == Anchor::Purchase
            && self.channels.contains(Channel::Mail)
            && self.latest_day <= PROMISE_LATEST_DAY
    }

    /// Whether a message is this step, or one of its texts.
    #[must_use]
    pub fn has(&self, id: &StepId) -> bool {
        self.id == *id || self.texts.contains(id)
    }

    /// Its texts in their order, the step's own first.
    pub fn all_texts(&self) -> impl Iterator<Item = &StepId> {
        std::iter::once(&self.id).chain(&self.texts)
    }

    /// Whether it speaks of the thing itself, and so makes little sense before it is there.
    pub(crate) fn is_about_the_thing(&self) -> bool {
        matches!(self.class, Class::Usage | Class::Survey) && !self.arrives_late
    }

    /// Whether it reaches whoever buys, also who buys again before it goes out: no stage of theirs is left out.
    pub(crate) fn is_for_every_buyer(&self) -> bool {
        Stage::BUYING.into_iter().all(|stage| includes(self.stages.as_ref(), stage))
    }
}

/// Where a series begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// `days` after the day of this step.
    AfterStep {
        /// A step bound to a purchase.
        step: StepId,
        /// Whole days between them, at least.
        days: u32,
    },
    /// `days` after the purchase.
    AfterPurchase {
        /// Whole days between them, at least.
        days: u32,
    },
}

/// Messages in a rhythm: one after the other, each once, until there is no fresh one (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its permanent name.
    pub id: StepId,
    /// How many purchases a customer has made before it begins, from 1.
    pub from_occasion: u32,
    /// The stages of the relationship it is for; `None` for all (R34, R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<BTreeSet<Stage>>,
    /// What must have been bought for it; `None` for anything (R36).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The channels by which it may reach somebody, the first to be tried first (R22, R26).
    #[serde(default, skip_serializing_if = "Channels::are_usual")]
    pub channels: Channels,
    /// Where it begins, counted from that occasion.
    pub start: Start,
    /// The days on which it goes out.
    pub rhythm: Rhythm,
    /// How many days a message may be late before the next takes its place.
    pub window_days: u32,
    /// The shop's wall-clock time at which it goes out: a quarter hour.
    pub at: NaiveTime,
    /// Its messages, in their order.
    pub letters: Vec<SeriesLetter>,
}

/// One message of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesLetter {
    /// Its permanent name; the letter `letters/{id}.txt` belongs to it.
    pub id: StepId,
    /// What it is about.
    pub class: Class,
    /// Of what is written as it goes: from which day on it is the newest. It goes out on the next day of the rhythm, and never
    /// later: nobody gets old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<NaiveDate>,
}

/// A programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// The steps bound to a purchase.
    pub steps: Vec<Step>,
    /// The rhythms.
    pub series: Vec<Series>,
    /// The messages on dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dated: Vec<Dated>,
    /// How often a customer hears from the shop at most.
    #[serde(default, skip_serializing_if = "Frequency::is_usual")]
    pub frequency: Frequency,
    /// What its surveys ask, and its letters that make good.
    #[serde(default, skip_serializing_if = "Listening::is_silent")]
    pub listening: Listening,
}

impl Programme {
    /// Every message of the programme: its step id and class, in the programme's order.
    pub fn messages(&self) -> impl Iterator<Item = (&StepId, Class)> {
        let steps = self.steps.iter().flat_map(|s| s.all_texts().map(|id| (id, s.class)));
        let letters = self.series.iter().flat_map(|s| s.letters.iter().map(|l| (&l.id, l.class)));
        let remedies = self.listening.remedies.iter().map(|id| (id, Class::Remedy));
        steps.chain(letters).chain(self.dated.iter().flat_map(Dated::messages)).chain(remedies)
    }

    /// The steps that thank a new customer in time, whoever it is (R2).
    pub(crate) fn thanks_in_time(&self) -> impl Iterator<Item = &Step> {
        let thanks = self.steps.iter().filter(|s| s.class == Class::Thanks && s.occasions.contains(1));
        thanks
            .filter(|s| !s.arrives_late && s.is_for_every_buyer() && s.channels.contains(Channel::Mail))
            .filter(|s| (1..=THANKS_LATEST_DAY).contains(&s.latest_day))
    }

    /// The steps that bring the shop back to a new customer's mind in time, after the thank-you (R1).
    pub(crate) fn contacts_in_time(&self) -> impl Iterator<Item = &Step> {
        let first = self.steps.iter().filter(|s| s.occasions.contains(1) && s.may_keep_promise());
        first.filter(move |s| self.thanked_on(s).is_none_or(|day| s.day > day))
    }

    /// The first day on which somebody is thanked for whom this step may be too.
    fn thanked_on(&self, step: &Step) -> Option<u32> {
        let thanks = self.steps.iter().filter(|s| s.class == Class::Thanks && s.occasions.contains(1));
        let thanks = thanks.filter(|s| !s.arrives_late && target::meet(s.target.as_ref(), step.target.as_ref()));
        thanks.map(|s| s.day).min()
    }

    /// The steps that may have to keep R2: of those that are for anything the first to end, so that it is settled soonest;
    /// where each is for something, all of them.
    pub(crate) fn thanks(&self) -> Vec<&Step> {
        let for_anything = self.thanks_in_time().filter(|s| s.target.is_none());
        let first = for_anything.min_by_key(|s| (s.latest_day, &s.id));
        first.map_or_else(|| self.thanks_in_time().collect(), |first| vec![first])
    }

    /// The steps that may have to keep R1: of those that are for anything the last to end, which leaves most room; where each
    /// is for something, all of them. Where what was bought arrives late, messages about it may wait for it: then it is
    /// one of the others.
    pub(crate) fn contacts(&self, arrives_late: bool) -> Vec<&Step> {
        let comes = |s: &&Step| if arrives_late { !s.is_about_the_thing() } else { !s.arrives_late };
        let coming = || self.contacts_in_time().filter(comes);
        let last = coming().filter(|s| s.target.is_none()).max_by_key(|s| (s.latest_day, &s.id));
        last.map_or_else(|| coming().collect(), |last| vec![last])
    }

    /// Whether a message is for customers at this stage; `true` where the programme has no such message (any more).
    #[must_use]
    pub fn is_for(&self, id: &StepId, stage: Stage) -> bool {
        let step = self.steps.iter().find(|s| s.has(id)).map(|s| s.stages.as_ref());
        let series = || self.series.iter().find(|s| s.letters.iter().any(|l| l.id == *id)).map(|s| s.stages.as_ref());
        let dated = || self.dated.iter().find(|d| d.messages().any(|(own, _)| own == id)).map(|d| d.stages.as_ref());
        includes(step.or_else(series).or_else(dated).flatten(), stage)
    }

    /// What must have been bought for a message; `None` for anything.
    #[must_use]
    pub fn target_of(&self, id: &StepId) -> Option<&Target> {
        let step = self.steps.iter().find(|s| s.has(id)).map(|s| &s.target);
        let series = || self.series.iter().find(|s| s.letters.iter().any(|l| l.id == *id)).map(|s| &s.target);
        let dated = || self.dated.iter().find(|d| d.messages().any(|(own, _)| own == id)).map(|d| &d.target);
        step.or_else(series).or_else(dated)?.as_ref()
    }

    /// The channels of a message; `None` where the programme has no such message (any more).
    #[must_use]
    pub fn channels_of(&self, id: &StepId) -> Option<&Channels> {
        let step = self.steps.iter().find(|s| s.has(id)).map(|s| &s.channels);
        let series = || self.series.iter().find(|s| s.letters.iter().any(|l| l.id == *id)).map(|s| &s.channels);
        let dated = || self.dated.iter().find(|d| d.messages().any(|(own, _)| own == id)).map(|d| &d.channels);
        step.or_else(series).or_else(dated)
    }

    /// Every channel by which it may reach somebody: mail, and whatever else it names.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<Channel> {
        let named = self.steps.iter().map(|s| &s.channels).chain(self.series.iter().map(|s| &s.channels));
        let named = named.chain(self.dated.iter().map(|d| &d.channels)).flat_map(Channels::iter);
        named.chain([Channel::Mail]).collect()
    }

    /// The class of a message; `None` where the programme has no such step (any more).
    #[must_use]
    pub fn class_of(&self, id: &StepId) -> Option<Class> {
        self.messages().find(|(step, _)| *step == id).map(|(_, class)| class)
    }
}

/// Whether a message for these stages is for this one: where none is named it is for all.
pub(crate) fn includes(stages: Option<&BTreeSet<Stage>>, stage: Stage) -> bool {
    stages.is_none_or(|stages| stages.contains(&stage))
}
