//! The planner: from what is known of a customer to what they will get, and when. A pure function.
//!
//! In three steps. `wishes` says what the programme wants for this customer, as if on an empty sheet.
//! `placing` finds a slot for each wish. [`plan`] compares that with the follow-ups that stand in the
//! diary and returns the difference. Planning twice is planning once: ids are derived, and a plan that is
//! carried out leaves no difference.

mod arrival;
mod bound;
mod dated;
mod journal;
mod placing;
mod promised;
mod remedies;
mod review;
mod series;
mod sheet;
mod tasks;
mod texts;
pub mod why;
mod wishes;

use crate::calendar::{Slot, day_of, days_after};
use crate::channel::{Channel, Reach};
use crate::customer::{Closed, Customer};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::FollowUpId;
use crate::ledger::{Entry, obstacle};
use crate::preference::Preferences;
use crate::programme::Programme;
use crate::purchase::Consent;
use crate::shop::Shop;
use crate::task::Task;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use journal::Journal;
use placing::Placed;
pub(crate) use placing::{end_of, next_in_hours};
use std::collections::BTreeSet;
use wishes::Wish;

/// What is due within this many days is written into the diary, and always at least the next message.
pub const HORIZON_DAYS: i64 = 35;
/// A customer for whom no message is planned is looked at again after this many days at most.
pub const REVIEW_DAYS: i64 = 60;
/// Nothing is planned into a slot that starts within this many minutes: its alarm might come too late.
pub const NOTICE_MINUTES: i64 = 10;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// Its current programme.
    pub programme: &'a Programme,
    /// The customer, as the diary has them now.
    pub customer: &'a Customer,
    /// All their follow-ups, in any state.
    pub follow_ups: &'a [FollowUp],
    /// Their ledger: what they said, and what the post said of them.
    pub ledger: &'a [Entry],
    /// Now.
    pub now: DateTime<Utc>,
}

impl Situation<'_> {
    /// The first slot that may still be planned into.
    fn earliest(&self) -> Slot {
        Slot::at_or_after(self.now + Duration::minutes(NOTICE_MINUTES))
    }

    /// Why no mail may go to the customer.
    fn obstacle(&self) -> Option<Reason> {
        obstacle(self.ledger, self.customer)
    }

    /// What the customer prefers to hear.
    fn preferences(&self) -> Preferences {
        Preferences::of(self.ledger)
    }

    /// What decides which channels reach the customer on a day.
    fn reach(&self, day: NaiveDate) -> Reach<'_> {
        Reach { shop: self.shop, customer: self.customer, ledger: self.ledger, day }
    }

    /// Whether they want to hear from the shop through none of the programme's channels.
    fn is_stopped(&self) -> bool {
        let reach = self.reach(day_of(self.now, self.shop.zone));
        let is_stopped = |channel| matches!(reach.obstacle(channel), Some(Reason::OptedOut | Reason::Complained));
        is_stopped(Channel::Mail) && self.programme.channels().into_iter().all(is_stopped)
    }

    /// Why the customer gets no letters but those of their purchases, by whatever channel; `None` where they do.
    fn series_obstacle(&self) -> Option<Reason> {
        let customer = self.customer;
        let is_direct = || customer.purchases.iter().any(|p| p.counts() && !p.marketplace);
        if customer.consent != Consent::Granted {
            Some(Reason::NoConsent)
        } else if customer.open_case().is_some() {
            Some(Reason::CaseOpen)
        } else {
            (!is_direct()).then_some(Reason::MarketplaceForbids)
        }
    }

    /// Why nothing more is planned for the customer; `None` while something is.
    fn closed(&self) -> Option<Closed> {
        if self.is_stopped() { Some(Closed::OptedOut) } else { self.customer.closed(self.shop) }
    }
}

/// One difference between the plan and the diary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write a new follow-up: planned, or at once in a state that says why it cannot be.
    Put(Box<FollowUp>),
    /// Give a planned follow-up another slot, or bring a cancelled one back.
    Replan {
        /// The follow-up as it stood when the plan was made.
        from: Box<FollowUp>,
        /// Its slot.
        slot: Slot,
        /// The end of its window.
        deadline: DateTime<Utc>,
        /// The channel that it takes now.
        channel: Channel,
    },
    /// Cancel a planned follow-up.
    Cancel {
        /// The follow-up as it stood when the plan was made.
        from: Box<FollowUp>,
        /// Why.
        reason: Reason,
    },
}

impl Change {
    /// The follow-up that changes: the new one, or the one that stood when the plan was made.
    #[must_use]
    pub fn follow_up(&self) -> &FollowUp {
        match self {
            Self::Put(follow_up) => follow_up,
            Self::Replan { from, .. } | Self::Cancel { from, .. } => from,
        }
    }
}

/// What is to be done for a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Differences to write, in this order.
    pub changes: Vec<Change>,
    /// Ended follow-ups that this plan has dealt with: they leave the index.
    pub settled: Vec<FollowUpId>,
    /// When to look again: where no message is planned, and where the owner has to hear of a series that
    /// runs dry before the next message goes out.
    pub review_at: Option<Slot>,
    /// Why nothing more is planned, where that is on purpose.
    pub closed: Option<Closed>,
    /// What only a person can do.
    pub tasks: Vec<Task>,
}

/// What is wanted for a customer, and where it found its place.
struct Draft<'a> {
    closed: Option<Closed>,
    wanted: wishes::Wanted,
    placed: Vec<Placed<'a>>,
}

/// The draft of a plan: [`plan`] compares it with the diary, [`why::why`] tells how it came about.
fn draft<'a>(situation: &Situation<'a>, journal: &Journal) -> Draft<'a> {
    let closed = situation.closed();
    let mut wanted = if closed.is_some() { wishes::Wanted::default() } else { wishes::wanted(situation, journal) };
    wanted.wishes.extend(remedies::approved(situation));
    let placed = placing::place(situation, &wanted.wishes, journal);
    Draft { closed, wanted, placed }
}

/// Plans for one customer. The same situation always gives the same plan.
#[must_use]
pub fn plan(situation: &Situation<'_>) -> Plan {
    let Draft { closed, wanted, placed } = draft(situation, &Journal::unasked());
    let changes = changes(situation, &placed);
    Plan {
        settled: situation.follow_ups.iter().filter(|f| f.ended).map(|f| f.id.clone()).collect(),
        review_at: review::review_at(situation, closed, &changes, &wanted.waiting),
        tasks: tasks::tasks(situation, &changes, &wanted),
        changes,
        closed,
    }
}

/// What has to be written: whatever is due within the horizon, whatever nobody wants any more, and the next message beyond
/// the horizon where nothing that waits to be sent comes before it: the end of that would plan again.
fn changes(situation: &Situation<'_>, placed: &[Placed<'_>]) -> Vec<Change> {
    let horizon = situation.now + Duration::days(HORIZON_DAYS);
    let near = |p: &&Placed<'_>| p.existing.is_some() || p.slot.start() <= horizon;
    let mut changes: Vec<Change> = placed.iter().filter(near).filter_map(|p| change(situation, p)).collect();
    changes.extend(cancellations(situation, placed));
    let next = open_slots(situation, &changes).min();
    let far = placed.iter().filter(|p| !near(p) && p.obstacle.is_none()).min_by_key(|p| p.slot);
    let far = far.filter(|p| next.is_none_or(|next| p.slot < next));
    changes.extend(far.and_then(|p| change(situation, p)));
    changes
}

/// The slots of all that waits to be sent once the changes are made.
fn open_slots<'a>(situation: &Situation<'a>, changes: &'a [Change]) -> impl Iterator<Item = Slot> {
    let changed = |id: &FollowUpId| changes.iter().any(|c| c.follow_up().id == *id);
    let stays = situation.follow_ups.iter().filter(move |f| f.state.is_open() && !changed(&f.id)).map(|f| f.slot);
    stays.chain(changes.iter().filter_map(|c| match c {
        Change::Put(f) => f.state.is_open().then_some(f.slot),
        Change::Replan { slot, .. } => Some(*slot),
        Change::Cancel { .. } => None,
    }))
}

/// What has to be written so that the diary says what was placed; `None` where it already does.
fn change(situation: &Situation<'_>, placed: &Placed<'_>) -> Option<Change> {
    let Placed { wish, existing, slot, deadline, obstacle } = placed;
    match existing {
        None => Some(Change::Put(Box::new(new_follow_up(situation, wish, *slot, *deadline, *obstacle)))),
        Some(from) => {
            let is_planned = from.state == State::Planned;
            let differs = (from.slot, from.deadline, from.channel) != (*slot, *deadline, wish.channel);
            let from = || Box::new((*from).clone());
            match obstacle {
                Some(reason) => is_planned.then(|| Change::Cancel { from: from(), reason: *reason }),
                None if is_planned && !differs => None,
                None if is_planned || existing.is_some_and(FollowUp::can_revive) => {
                    let channel = wish.channel;
                    Some(Change::Replan { from: from(), slot: *slot, deadline: *deadline, channel })
                }
                None => None,
            }
        }
    }
}

fn new_follow_up(
    situation: &Situation<'_>,
    wish: &Wish,
    slot: Slot,
    deadline: DateTime<Utc>,
    obstacle: Option<Reason>,
) -> FollowUp {
    FollowUp {
        id: wish.id.clone(),
        customer: situation.customer.id.clone(),
        step: wish.step.clone(),
        text: wish.text.clone(),
        series: wish.series.clone(),
        class: wish.class,
        purchase: wish.purchase.clone(),
        channel: wish.channel,
        tried: BTreeSet::new(),
        shard: situation.customer.shard(situation.shop),
        slot,
        deadline,
        state: match obstacle {
            None => State::Planned,
            Some(Reason::KnownTooLate) => State::Expired,
            Some(_) => State::Skipped,
        },
        reason: obstacle,
        generation: 0,
        attempts: 0,
        attempt: None,
        until: None,
        message: None,
        sent_at: None,
        soft_bounces: 0,
        approved_at: None,
        note: None,
        ended: false,
    }
}

/// Planned follow-ups that nobody wants any more.
fn cancellations(situation: &Situation<'_>, placed: &[Placed<'_>]) -> Vec<Change> {
    let wanted = |f: &FollowUp| placed.iter().any(|p| p.wish.id == f.id);
    let unwanted = situation.follow_ups.iter().filter(|f| f.state == State::Planned && !wanted(f));
    unwanted.map(|f| Change::Cancel { from: Box::new(f.clone()), reason: why_unwanted(situation, f) }).collect()
}

fn why_unwanted(situation: &Situation<'_>, follow_up: &FollowUp) -> Reason {
    let customer = situation.customer;
    let today = day_of(situation.now, situation.shop.zone);
    let unreached = situation.reach(today).obstacle(follow_up.channel);
    let stopped = unreached.filter(|reason| matches!(reason, Reason::OptedOut | Reason::Complained));
    let bought = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
    if let Some(reason) = stopped.or_else(|| bought.and_then(|b| customer.why_no_purchase(b))) {
        reason
    } else if let Some(closed) = situation.closed() {
        closed.reason()
    } else if situation.programme.class_of(&follow_up.step).is_none() {
        Reason::StepGone
    } else if !follow_up.is_bound_to_purchase() {
        let day = day_of(follow_up.slot.start().max(situation.now), situation.shop.zone);
        let stage = customer.course(situation.shop).on(day);
        let is_meant = situation.programme.is_for(&follow_up.step, stage);
        let target = situation.programme.target_of(&follow_up.step);
        let other = match is_meant {
            _ if situation.preferences().leave_out(follow_up.class) => Reason::NotWanted,
            _ if situation.preferences().pause_on(day) => Reason::CustomerPaused,
            false => Reason::NotForStage,
            true if !series::has_bought(situation, target) => Reason::NotForProduct,
            true => Reason::Replanned,
        };
        unreached.or_else(|| situation.series_obstacle()).unwrap_or(other)
    } else {
        Reason::Replanned
    }
}

/// The slot at the same time of day as `slot`, on the day after `day`.
pub(crate) fn next_slot_of_day_after(shop: &Shop, slot: Slot, day: NaiveDate) -> Slot {
    let time = slot.start().with_timezone(&shop.zone).time();
    next_in_hours(shop, Slot::of(days_after(day, 1), time, shop.zone))
}
