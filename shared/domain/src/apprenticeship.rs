//! Apprenticeship (見習い期間): the first mails of each step wait until somebody in the shop has read and approved them.
//!
//! What nobody approves does not go out. It waits from day to day while its window lasts, on its last day until the
//! evening, and is then not sent, with the reason on record. The owner hears of it before that: a task when it is
//! planned, and a more pressing one when a promise (R1, R2) would break tomorrow.

use crate::calendar::{Slot, day_of, days_before};
use crate::follow_up::{FollowUp, Reason};
use crate::ids::StepId;
use crate::planner::{Change, NOTICE_MINUTES, next_slot_of_day_after};
use crate::shop::Shop;
use crate::task::{Task, TaskKind};
use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many mails of a step are approved one by one; after that the step goes by itself.
pub const APPROVALS_NEEDED: u32 = 20;

/// How many mails of each step were approved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Approvals(BTreeMap<StepId, u32>);

impl Approvals {
    /// Nothing was approved.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// How many mails of a step were approved.
    #[must_use]
    pub fn of(&self, step: &StepId) -> u32 {
        self.0.get(step).copied().unwrap_or_default()
    }

    /// Whether a step is past its apprenticeship.
    #[must_use]
    pub fn is_past(&self, step: &StepId) -> bool {
        self.of(step) >= APPROVALS_NEEDED
    }

    /// One more mail of a step was approved.
    pub fn add(&mut self, step: &StepId) {
        *self.0.entry(step.clone()).or_default() += 1;
    }
}

/// Whether a follow-up must not go out before somebody has approved it. What a person carries out has one who reads it
/// first: a letter, a call or a visit waits for nobody.
#[must_use]
pub fn awaits_approval(shop: &Shop, approvals: &Approvals, follow_up: &FollowUp) -> bool {
    follow_up.channel.is_mail() && may_have_to_wait(shop, approvals, follow_up)
}

/// The same, by whatever channel it went until now.
fn may_have_to_wait(shop: &Shop, approvals: &Approvals, follow_up: &FollowUp) -> bool {
    shop.apprenticeship && follow_up.approved_at.is_none() && !approvals.is_past(&follow_up.step)
}

/// When to look again at a follow-up that was due and is not approved: at the same time tomorrow, or, on its last day,
/// once more in the evening. `None` where its time is over.
#[must_use]
pub fn next_look(shop: &Shop, follow_up: &FollowUp, now: DateTime<Utc>) -> Option<Slot> {
    let today = day_of(now, shop.zone);
    let tomorrow = next_slot_of_day_after(shop, follow_up.slot, today);
    if tomorrow.start() <= follow_up.deadline {
        return Some(tomorrow);
    }
    let evening = shop.hours.nearest(NaiveTime::MIN + Duration::minutes(LAST_QUARTER_OF_DAY));
    let is_ahead = |slot: &Slot| slot.start() >= now + Duration::minutes(NOTICE_MINUTES);
    Some(Slot::of(today, evening, shop.zone)).filter(|slot| is_ahead(slot) && slot.start() <= follow_up.deadline)
}

/// The last quarter hour of a day, in minutes after midnight.
const LAST_QUARTER_OF_DAY: i64 = 24 * 60 - 15;

/// Whether this slot is on the last day on which the follow-up may go out.
#[must_use]
pub fn is_last_day(shop: &Shop, follow_up: &FollowUp, slot: Slot) -> bool {
    day_of(slot.start(), shop.zone) >= day_of(follow_up.deadline, shop.zone)
}

/// What the owner is asked with a plan: to approve what it wants to send, one task for each step, by the day before.
#[must_use]
pub fn tasks(shop: &Shop, approvals: &Approvals, changes: &[Change]) -> Vec<Task> {
    let planned = changes.iter().filter_map(|change| match change {
        Change::Put(new) if new.state.is_open() => Some((&**new, new.slot, new.channel)),
        Change::Replan { from, slot, channel, .. } => Some((&**from, *slot, *channel)),
        Change::Put(_) | Change::Cancel { .. } => None,
    });
    let planned = planned.filter(|(.., channel)| channel.is_mail());
    let mut first: BTreeMap<&StepId, Slot> = BTreeMap::new();
    for (follow_up, slot, _) in planned.filter(|(follow_up, ..)| may_have_to_wait(shop, approvals, follow_up)) {
        let earliest = first.entry(&follow_up.step).or_insert(slot);
        *earliest = slot.min(*earliest);
    }
    let task = |(step, slot): (&StepId, Slot)| Task {
        kind: TaskKind::ApproveMails,
        customer: None,
        about: step.to_string(),
        due: days_before(day_of(slot.start(), shop.zone), 1),
        why: Reason::NotApproved,
    };
    first.into_iter().map(task).collect()
}

/// What the owner is asked once more, where a promise hangs on a follow-up that nobody has approved and its last day is
/// the one after: this mail, before everything else.
#[must_use]
pub fn pressing_task(shop: &Shop, follow_up: &FollowUp) -> Task {
    Task {
        kind: TaskKind::ApproveMails,
        customer: Some(follow_up.customer.clone()),
        about: follow_up.id.to_string(),
        due: day_of(follow_up.deadline, shop.zone),
        why: Reason::NotApproved,
    }
}
