//! What the programme wants for a customer, as if on an empty sheet.

use super::Situation;
use super::bound::bound_wishes;
use super::dated::next_on_date;
use super::journal::{About, Journal};
use super::series::{Next, Waiting, next_letter};
use super::texts;
use super::why::{Because, Origin};
use crate::calendar::day_of;
use crate::channel::{Channel, Channels};
use crate::customer::Stage;
use crate::follow_up::{FollowUp, Reason};
use crate::ids::{FollowUpId, PurchaseKey, StepId};
use crate::programme::{Class, Rhythm};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeSet;

/// In which order wishes choose their days, the first first. What is promised goes before all; a remedy comes after that
/// only because a promise makes way for it where it has another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Priority {
    /// The thank-you for a first purchase (R2).
    Thanks,
    /// What brings the shop back to a new customer's mind (R1).
    Contact,
    /// An apology.
    Remedy,
    /// Any other message of a purchase.
    Purchase,
    /// A message on a date, which cannot wait for another as a letter can.
    Date,
    /// A letter of a series.
    Letter,
    /// Whatever sells.
    Selling,
    /// A campaign, whether it sells or not.
    Campaign,
}

impl Priority {
    /// The priority of a class, where nothing was promised.
    pub(super) fn of(class: Class, is_bound: bool) -> Self {
        match class {
            Class::Remedy => Self::Remedy,
            class if class.is_selling() => Self::Selling,
            _ if is_bound => Self::Purchase,
            _ => Self::Letter,
        }
    }

    /// Whether a promise hangs on it.
    pub(super) fn is_promise(self) -> bool {
        matches!(self, Self::Thanks | Self::Contact)
    }
}

/// One message that the programme wants for a customer.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) id: FollowUpId,
    pub(super) step: StepId,
    /// Which of the step's texts it has, where that is not the step's own.
    pub(super) text: Option<StepId>,
    pub(super) series: Option<StepId>,
    pub(super) class: Class,
    pub(super) priority: Priority,
    pub(super) purchase: Option<PurchaseKey>,
    /// How it is to reach them.
    pub(super) channel: Channel,
    /// The day it should go out.
    pub(super) day: NaiveDate,
    /// The last day it may go out.
    pub(super) latest: NaiveDate,
    /// Days from one possible day to the next: 7 where a weekday is fixed.
    pub(super) stride: u32,
    pub(super) at: NaiveTime,
    /// Whether it keeps away from the shop's quiet days. What is for such a day does not.
    pub(super) keeps_quiet: bool,
    /// The beat of a rhythm that it is: where one day of it does not fit, another may.
    pub(super) beat: Option<Beat>,
    /// What its days are counted from.
    pub(super) origin: Origin,
    /// Why it cannot go out at all.
    pub(super) obstacle: Option<Reason>,
}

/// What comes before a day of a rhythm, and after it.
#[derive(Debug, Clone)]
pub(super) struct Beat {
    /// The rhythm.
    pub(super) rhythm: Rhythm,
    /// The day of the last message: of two series that want the same day, the one that has waited longer gets it.
    pub(super) last: Option<NaiveDate>,
    /// The stages that its messages are for.
    pub(super) stages: Option<BTreeSet<Stage>>,
}

#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) wishes: Vec<Wish>,
    pub(super) waiting: Vec<Waiting>,
}

/// Everything the programme wants for the customer: each step of each occasion, of each series the next letter, and of each
/// date the next message. The journal hears what it does not want.
pub(super) fn wanted(situation: &Situation<'_>, journal: &Journal) -> Wanted {
    let programme = situation.programme;
    let occasions = situation.customer.occasions(situation.shop);
    let wishes = bound_wishes(situation, &occasions, journal);
    let mut wanted = Wanted { waiting: texts::running_dry(situation, &occasions, &wishes), wishes };
    let obstacle = situation.series_obstacle().map(Because::Reason);
    let letters = programme.series.iter().map(|series| {
        let next = obstacle.map_or_else(|| next_letter(situation, series, &occasions), Err);
        (&series.id, next)
    });
    let dated = programme.dated.iter().map(|dated| {
        let next = obstacle.map_or_else(|| next_on_date(situation, dated, &occasions, journal), Err);
        (&dated.id, next)
    });
    for (id, next) in letters.chain(dated) {
        match next {
            Ok(Next::Letter(wish)) => wanted.wishes.push(*wish),
            Ok(Next::Waiting(waiting)) => wanted.waiting.push(waiting),
            Err(because) => journal.leaves_out(because, || About::Series(id.clone())),
        }
    }
    wanted
}

/// The channel by which a message reaches them on a day (R26).
///
/// # Errors
/// Why none does.
pub(super) fn way(
    situation: &Situation<'_>,
    channels: &Channels,
    id: &FollowUpId,
    day: NaiveDate,
) -> Result<Channel, Reason> {
    let none = BTreeSet::new();
    let tried = find(situation, id).map_or(&none, |f| &f.tried);
    let day = day.max(day_of(situation.now, situation.shop.zone));
    situation.reach(day).first(channels, tried)
}

/// The follow-up that stands in the diary under this id.
pub(super) fn find<'a>(situation: &Situation<'a>, id: &FollowUpId) -> Option<&'a FollowUp> {
    situation.follow_ups.iter().find(|f| f.id == *id)
}
