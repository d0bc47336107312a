//! Finds a slot for each wish: on its day, or as soon after it as its window and the customer's other
//! messages allow. Nobody gets two messages on one day while there is another day for one of them.

use super::Situation;
use super::wishes::{Wish, find};
use crate::calendar::{Slot, day_of, days_after};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::FollowUpId;
use crate::shop::Shop;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A wish with its slot.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) wish: Wish,
    /// The follow-up that stands in the diary for it.
    pub(super) existing: Option<&'a FollowUp>,
    pub(super) slot: Slot,
    pub(super) deadline: DateTime<Utc>,
    /// Why it cannot go out at all.
    pub(super) obstacle: Option<Reason>,
}

/// Slots that are not chosen again, by follow-up.
type Settled = BTreeMap<FollowUpId, Slot>;

/// A slot for each wish.
///
/// A wish whose own time has passed takes what is left, and then stands: the others make way for it. Once it is
/// in the diary that is how it is found. So it is settled first here too, and planning twice is planning once.
pub(super) fn place<'a>(situation: &Situation<'a>, wishes: &[Wish]) -> Vec<Placed<'a>> {
    let standing = wishes.iter().filter_map(|wish| Some((wish.id.clone(), late(situation, wish)?.slot)));
    let mut settled: Settled = standing.collect();
    let placed = place_in_turn(situation, wishes, &settled);
    let is_late = |p: &&Placed<'_>| p.is_possible() && ideal(situation, &p.wish) < situation.earliest();
    settled.extend(placed.iter().filter(is_late).map(|p| (p.wish.id.clone(), p.slot)));
    place_in_turn(situation, wishes, &settled)
}

/// Fixed weekdays choose first, then what is settled, then whoever has the least time.
fn place_in_turn<'a>(situation: &Situation<'a>, wishes: &[Wish], settled: &Settled) -> Vec<Placed<'a>> {
    let day = |slot: Slot| day_of(slot.start(), situation.shop.zone);
    let left = situation.follow_ups.iter().filter(|f| f.state.may_have_left());
    let mut taken: BTreeSet<NaiveDate> = left.map(|f| day(f.slot)).collect();
    let mut in_turn: Vec<&Wish> = wishes.iter().collect();
    in_turn.sort_by_key(|wish| (Reverse(wish.stride), !settled.contains_key(&wish.id), wish.latest, &wish.id));
    let mut placed = Vec::with_capacity(wishes.len());
    for wish in in_turn {
        let one = place_one(situation, wish, settled, &taken);
        if one.is_possible() {
            taken.insert(day(one.slot));
        }
        placed.push(one);
    }
    placed
}

impl Placed<'_> {
    /// Whether it will go out at its slot.
    fn is_possible(&self) -> bool {
        self.obstacle.is_none() && !self.existing.is_some_and(is_over)
    }
}

fn place_one<'a>(situation: &Situation<'a>, wish: &Wish, settled: &Settled, taken: &BTreeSet<NaiveDate>) -> Placed<'a> {
    let existing = find(situation, &wish.id);
    let ideal = ideal(situation, wish);
    let deadline = end_of(wish.latest, situation.shop);
    let chosen = || settled.get(&wish.id).copied().or_else(|| find_slot(situation, wish, deadline, taken));
    let (slot, obstacle) = match existing {
        Some(f) if is_over(f) => (f.slot, None),
        _ if wish.obstacle.is_some() => (ideal, wish.obstacle),
        _ => chosen().map_or((ideal, Some(Reason::KnownTooLate)), |slot| (slot, None)),
    };
    Placed { wish: wish.clone(), existing, slot, deadline, obstacle }
}

/// The slot of a wish's own day and time.
fn ideal(situation: &Situation<'_>, wish: &Wish) -> Slot {
    Slot::of(wish.day, wish.at, situation.shop.zone)
}

/// Whether nothing more can come of it.
fn is_over(follow_up: &FollowUp) -> bool {
    follow_up.state != State::Planned && !follow_up.can_revive()
}

/// The planned follow-up of a wish whose own time has come: it keeps its slot, wherever a sender has moved it,
/// and its sender judges the rest. Where the facts have given it another window, it is placed anew.
fn late<'a>(situation: &Situation<'a>, wish: &Wish) -> Option<&'a FollowUp> {
    let deadline = end_of(wish.latest, situation.shop);
    let has_come = ideal(situation, wish) < situation.earliest();
    find(situation, &wish.id).filter(|f| has_come && f.state == State::Planned && f.deadline == deadline)
}

/// The first free day of the window at the wish's time, rather not a holiday; else the first day at all; else, where the window
/// ends today, the next slot in which the shop may send.
fn find_slot(
    situation: &Situation<'_>,
    wish: &Wish,
    deadline: DateTime<Utc>,
    taken: &BTreeSet<NaiveDate>,
) -> Option<Slot> {
    let zone = situation.shop.zone;
    let first = wish.day.max(day_of(situation.now, zone));
    let skipped = u32::try_from((first - wish.day).num_days()).unwrap_or(0).div_ceil(wish.stride) * wish.stride;
    let days = std::iter::successors(Some(days_after(wish.day, skipped)), |day| Some(days_after(*day, wish.stride)));
    let possible: Vec<(NaiveDate, Slot)> = days
        .take_while(|day| *day <= wish.latest)
        .map(|day| (day, Slot::of(day, wish.at, zone)))
        .filter(|(_, slot)| *slot >= situation.earliest() && slot.start() <= deadline)
        .collect();
    let is_free = |day: &NaiveDate| !taken.contains(day);
    let is_workday = |day: &NaiveDate| !situation.shop.holidays.contains(day);
    let best = possible.iter().find(|(day, _)| is_free(day) && is_workday(day));
    let free = best.or_else(|| possible.iter().find(|(day, _)| is_free(day))).or(possible.first());
    free.map(|(_, slot)| *slot).or_else(|| next_chance(situation, deadline))
}

/// The next slot in which the shop may send, where it comes before the deadline.
fn next_chance(situation: &Situation<'_>, deadline: DateTime<Utc>) -> Option<Slot> {
    Some(next_in_hours(situation.shop, situation.earliest())).filter(|slot| slot.start() <= deadline)
}

/// Whether a wish will find a slot, whatever else is placed: it stands, or there is time.
pub(super) fn has_chance(situation: &Situation<'_>, wish: &Wish) -> bool {
    let is_over = find(situation, &wish.id).is_some_and(is_over);
    let is_time = || next_chance(situation, end_of(wish.latest, situation.shop)).is_some();
    !is_over && (late(situation, wish).is_some() || is_time())
}

/// The first slot, from `slot` on, in which the shop may send.
#[must_use]
pub(crate) fn next_in_hours(shop: &Shop, slot: Slot) -> Slot {
    let local = slot.start().with_timezone(&shop.zone);
    if shop.hours.contains(local.time()) {
        return slot;
    }
    let day = local.date_naive();
    let opening = if local.time() < shop.hours.from { day } else { days_after(day, 1) };
    Slot::of(opening, shop.hours.from, shop.zone)
}

/// The last moment of a civil day: a window ends with its day.
pub(crate) fn end_of(day: NaiveDate, shop: &Shop) -> DateTime<Utc> {
    Slot::of(days_after(day, 1), NaiveTime::MIN, shop.zone).start() - Duration::seconds(1)
}
