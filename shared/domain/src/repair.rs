//! What to do with a follow-up that is due and was not done: an alarm was lost, a sender crashed, evidence
//! did not come. Never a burst: late follow-ups get slots one after the other, and what is past its
//! window is not sent.

use crate::calendar::{SLOT_MINUTES, Slot, days_after};
use crate::follow_up::{FollowUp, State, doubt_wait, lease, lease_grace};
use crate::mistake::{Mistake, made};
use crate::planner::next_in_hours;
use crate::shop::Shop;
use chrono::{DateTime, Duration, NaiveTime, Utc};

/// A planned follow-up counts as overdue this long after its slot began: senders get that long.
pub const OVERDUE_AFTER_MINUTES: i64 = 20;
/// Late follow-ups are never moved further than this: no window is longer.
const DAYS_MAX: u32 = 3660;
/// Late follow-ups that are given the same slot.
pub const LATE_PER_SLOT: usize = 100;

/// What to do with something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Nothing yet.
    Wait,
    /// It stands where it was due before: put it where its slot is.
    Place,
    /// Give it this slot.
    Move(Slot),
    /// Its window has ended.
    Expire,
    /// The lease has ended: whether it was sent is unknown.
    Doubt,
    /// No evidence came: leave it unsent.
    Drop,
    /// It has ended and nobody has planned what comes after.
    Plan,
}

/// What to do with a follow-up whose due time has come. `nth_late` counts the late ones before it in this
/// run; `stopped` is the shop's stop switch.
#[must_use]
pub fn repair(follow_up: &FollowUp, shop: &Shop, stopped: bool, nth_late: usize, now: DateTime<Utc>) -> Repair {
    let until = |missing: Duration| follow_up.until.unwrap_or(follow_up.slot.start() + missing);
    match follow_up.state {
        State::Planned if now > follow_up.deadline => Repair::Expire,
        State::Planned if made(Mistake::AlarmAsTruth) => Repair::Wait,
        State::Planned if follow_up.until.is_some() && now < overdue_at(follow_up) => Repair::Place,
        State::Planned if stopped || now < overdue_at(follow_up) => Repair::Wait,
        State::Planned => next_chance(follow_up, shop, nth_late, now),
        State::Claimed if now >= until(lease()) + lease_grace() => {
            // What a person is to do leaves with one write, together with their task: it has, or it has not.
            match !follow_up.channel.is_mail() || made(Mistake::LeaseEndResends) {
                true => next_chance(follow_up, shop, nth_late, now),
                false => Repair::Doubt,
            }
        }
        State::InDoubt if now >= until(doubt_wait()) => Repair::Drop,
        _ if follow_up.ended => Repair::Plan,
        _ => Repair::Wait,
    }
}

fn overdue_at(follow_up: &FollowUp) -> DateTime<Utc> {
    follow_up.slot.start() + Duration::minutes(OVERDUE_AFTER_MINUTES)
}

/// The next slot in which a late follow-up may go out, 100 to a slot.
fn next_chance(follow_up: &FollowUp, shop: &Shop, nth_late: usize, now: DateTime<Utc>) -> Repair {
    let first = next_in_hours(shop, Slot::at_or_after(now + Duration::minutes(SLOT_MINUTES)));
    let slot = nth_slot_in_hours(shop, first, nth_late / LATE_PER_SLOT);
    if slot.start() <= follow_up.deadline { Repair::Move(slot) } else { Repair::Expire }
}

/// The `n`th slot after `first` that lies within the shop's hours: what does not fit into one day goes on in
/// the next, at the same pace.
fn nth_slot_in_hours(shop: &Shop, first: Slot, n: usize) -> Slot {
    let slots_between =
        |from: NaiveTime, to: NaiveTime| usize::try_from((to - from).num_minutes() / SLOT_MINUTES).unwrap_or(0) + 1;
    let minutes = |slots: usize| Duration::minutes(SLOT_MINUTES * i64::try_from(slots).unwrap_or(0));
    let local = first.start().with_timezone(&shop.zone);
    let today = slots_between(local.time(), shop.hours.to);
    if n < today {
        return Slot::at_or_after(first.start() + minutes(n));
    }
    let a_day = slots_between(shop.hours.from, shop.hours.to);
    let days = u32::try_from(1 + (n - today) / a_day).unwrap_or(u32::MAX).min(DAYS_MAX);
    let time = shop.hours.from.overflowing_add_signed(minutes((n - today) % a_day)).0;
    Slot::of(days_after(local.date_naive(), days), time, shop.zone)
}
