//! Finds a slot for each wish: on its day, or as soon after it as its window, the customer's other messages and the
//! programme's gap and caps allow. Nobody gets two messages on one day.
//!
//! Whoever has priority chooses first, and leaves a day to a message that has no other where it can. What stands in the
//! diary keeps its slot while that still fits. What finds no day in its window is not sent, with a reason on record; a
//! letter of a series waits for the next day of its rhythm.

use super::Situation;
use super::journal::Journal;
use super::sheet::Sheet;
use super::why::Objection;
use super::wishes::{Priority, Wish, find};
use crate::calendar::{Slot, day_of, days_after};
use crate::follow_up::{FollowUp, Reason, State};
use crate::programme::includes;
use crate::shop::Shop;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use std::cmp::Reverse;

/// How far ahead a letter of a series looks for a day that is left to it: longer than the span of any cap.
const RHYTHM_DAYS: i64 = 3 * 366;

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

/// A slot for each wish. The journal hears which days were passed over.
pub(super) fn place<'a>(situation: &Situation<'a>, wishes: &[Wish], journal: &Journal) -> Vec<Placed<'a>> {
    let mut sheet = Sheet::new(situation);
    let mut placed = Vec::with_capacity(wishes.len());
    let mut choosing: Vec<&Wish> = Vec::new();
    for wish in wishes {
        match settled(situation, wish) {
            Some(one) => {
                if one.is_possible() {
                    sheet.take(day_of(one.slot.start(), situation.shop.zone), wish);
                }
                placed.push(one);
            }
            None => choosing.push(wish),
        }
    }
    let stands = |wish: &Wish| find(situation, &wish.id).is_some_and(|f| f.state == State::Planned);
    let last = |wish: &Wish| wish.beat.as_ref().and_then(|beat| beat.last);
    choosing
        .sort_by_cached_key(|w| (w.priority, !stands(w), Reverse(w.stride), last(w), w.latest, Reverse(w.day), &w.id));
    let needs: Vec<Option<Need>> = choosing.iter().map(|wish| need(situation, wish)).collect();
    for (place, wish) in choosing.iter().enumerate() {
        let later = choosing[place + 1..].iter().zip(&needs[place + 1..]);
        let claims = later.filter_map(|(later, need)| claim(wish, later, need.as_ref()?)).collect();
        let one = choose(situation, wish, &Choice { sheet: &sheet, claims, journal });
        if one.is_possible() {
            sheet.take(day_of(one.slot.start(), situation.shop.zone), wish);
        }
        placed.push(one);
    }
    placed
}

impl Placed<'_> {
    /// Whether it will go out at its slot.
    pub(super) fn is_possible(&self) -> bool {
        self.obstacle.is_none() && !self.existing.is_some_and(is_over)
    }
}

/// A wish that has no choice: it is over, it cannot go out, a person has chosen its slot, or that has come and its sender
/// judges the rest.
fn settled<'a>(situation: &Situation<'a>, wish: &Wish) -> Option<Placed<'a>> {
    let existing = find(situation, &wish.id);
    let has_come = |f: &&FollowUp| f.slot < situation.earliest() && late(situation, wish).is_some();
    let (slot, obstacle) = match existing {
        Some(f) if is_over(f) => (f.slot, None),
        _ if wish.obstacle.is_some() => (ideal(situation, wish), wish.obstacle),
        Some(f) => (Some(f).filter(|f| has_come(f) || is_approved(situation, f))?.slot, None),
        None => return None,
    };
    let deadline = end_of(wish.latest, situation.shop);
    Some(Placed { wish: wish.clone(), existing, slot, deadline, obstacle })
}

/// Whether a person has approved it for its slot: then no gap and no cap moves it.
fn is_approved(situation: &Situation<'_>, follow_up: &FollowUp) -> bool {
    follow_up.state == State::Planned && situation.programme.listening.is_remedy(&follow_up.step)
}

/// What a wish chooses by.
struct Choice<'a> {
    sheet: &'a Sheet<'a>,
    /// Days that others have claimed who choose later and have no other day.
    claims: Vec<NaiveDate>,
    /// Hears why a day was not chosen.
    journal: &'a Journal,
}

impl Choice<'_> {
    /// Whether nobody who chooses later needs this day.
    fn is_unclaimed(&self, day: NaiveDate) -> bool {
        !self.claims.iter().any(|claim| self.sheet.are_near(*claim, day))
    }
}

/// The first day on which a wish could go out, were it alone.
struct Need {
    day: NaiveDate,
    is_only: bool,
}

fn need(situation: &Situation<'_>, wish: &Wish) -> Option<Need> {
    let mut possible = days(situation, wish, wish.day, wish.latest);
    let day = possible.next()?;
    Some(Need { day, is_only: possible.next().is_none() })
}

/// The day that a later wish needs: its only one, or the one of a remedy before which a promise gives way.
fn claim(wish: &Wish, later: &Wish, need: &Need) -> Option<NaiveDate> {
    let is_apology = wish.priority.is_promise() && later.priority == Priority::Remedy;
    (is_apology || need.is_only).then_some(need.day)
}

fn choose<'a>(situation: &Situation<'a>, wish: &Wish, choice: &Choice<'_>) -> Placed<'a> {
    let existing = find(situation, &wish.id);
    let found = windows(situation, wish).find_map(|(first, latest)| {
        let deadline = end_of(latest, situation.shop);
        Some((find_slot(situation, wish, (first, latest), deadline, choice)?, deadline))
    });
    let (slot, deadline, obstacle) = match found {
        Some((slot, deadline)) => (slot, deadline, None),
        None => {
            let deadline = end_of(wish.latest, situation.shop);
            (ideal(situation, wish), deadline, Some(why_not(situation, deadline)))
        }
    };
    Placed { wish: wish.clone(), existing, slot, deadline, obstacle }
}

/// Why no slot was found: there was no time any more, or there was no day.
fn why_not(situation: &Situation<'_>, deadline: DateTime<Utc>) -> Reason {
    if next_chance(situation, deadline).is_some() { Reason::TooOften } else { Reason::KnownTooLate }
}

/// The windows in which a wish may go out: its own, and for a letter of a series those of the days of the rhythm after it.
fn windows<'w>(situation: &Situation<'w>, wish: &'w Wish) -> impl Iterator<Item = (NaiveDate, NaiveDate)> + 'w {
    let length = u32::try_from((wish.latest - wish.day).num_days()).unwrap_or(0);
    let own = std::iter::once((wish.day, wish.latest));
    let Situation { shop, customer, .. } = *situation;
    let later = wish.beat.iter().flat_map(move |beat| {
        let course = customer.course(shop);
        let beats = std::iter::successors(Some(wish.day), |day| Some(beat.rhythm.next(*day))).skip(1);
        let near = beats.take_while(|day| (*day - wish.day).num_days() <= RHYTHM_DAYS);
        let meant = near.filter(move |day| includes(beat.stages.as_ref(), course.on(*day)));
        meant.map(move |day| (day, days_after(day, length)))
    });
    own.chain(later)
}

/// The slot of a wish's own day and time.
fn ideal(situation: &Situation<'_>, wish: &Wish) -> Slot {
    Slot::of(wish.day, wish.at, situation.shop.zone)
}

/// Whether nothing more can come of it.
pub(super) fn is_over(follow_up: &FollowUp) -> bool {
    follow_up.state != State::Planned && !follow_up.can_revive()
}

/// The planned follow-up of a wish whose own time has come, in the window that the facts still give it.
fn late<'a>(situation: &Situation<'a>, wish: &Wish) -> Option<&'a FollowUp> {
    let planned = find(situation, &wish.id).filter(|f| f.state == State::Planned)?;
    let has_come = ideal(situation, wish) < situation.earliest();
    (has_come && planned.deadline == end_of(wish.latest, situation.shop)).then_some(planned)
}

/// The days of a window on which the wish could go out at its time: on its weekday, where it has one.
fn days<'w>(
    situation: &Situation<'w>,
    wish: &'w Wish,
    first: NaiveDate,
    latest: NaiveDate,
) -> impl Iterator<Item = NaiveDate> + 'w {
    every_so_often(situation, wish, wish.stride, (first, latest))
}

/// The days of a window on which the wish could go out at its time, one every `stride` days.
fn every_so_often<'w>(
    situation: &Situation<'w>,
    wish: &'w Wish,
    stride: u32,
    (first, latest): (NaiveDate, NaiveDate),
) -> impl Iterator<Item = NaiveDate> + 'w {
    let (shop, earliest) = (situation.shop, situation.earliest());
    let today = day_of(situation.now, shop.zone);
    let from = first.max(today);
    let skipped = u32::try_from((from - first).num_days()).unwrap_or(0).div_ceil(stride) * stride;
    let days = std::iter::successors(Some(days_after(first, skipped)), move |day| Some(days_after(*day, stride)));
    let in_window = days.take_while(move |day| *day <= latest);
    // Once a day's slot is late enough, those of all later days are; from the day after tomorrow on, all are.
    let in_doubt = days_after(today, 1);
    in_window.skip_while(move |day| *day <= in_doubt && Slot::of(*day, wish.at, shop.zone) < earliest)
}

/// The slot of a wish within one window. It keeps the one it has where that fits; else it takes the first day that
/// fits, rather one that nobody else needs, rather no quiet one, for which a weekday gives way; else, where the window ends today, the next slot in which
/// the shop may send. What is promised goes out even against gap and caps: facts that changed may have used them up.
fn find_slot(
    situation: &Situation<'_>,
    wish: &Wish,
    (first, latest): (NaiveDate, NaiveDate),
    deadline: DateTime<Utc>,
    choice: &Choice<'_>,
) -> Option<Slot> {
    let sheet = choice.sheet;
    let zone = situation.shop.zone;
    let promised = wish.priority.is_promise();
    let allows = |day: &NaiveDate| sheet.allows(*day, wish);
    let is_unclaimed = |day: &NaiveDate| choice.is_unclaimed(*day);
    let is_workday = |day: &NaiveDate| !is_quiet(situation.shop, wish, *day);

    let standing = standing(situation, wish, deadline).map(|slot| (day_of(slot.start(), zone), slot));
    let note = |chosen: Option<NaiveDate>| tell_of_passed_over(situation, wish, (first, latest), choice, chosen);
    if let Some((day, slot)) = standing.filter(|(day, _)| allows(day)) {
        note(Some(day));
        return Some(slot);
    }
    let fitting: Vec<NaiveDate> = days(situation, wish, first, latest).filter(allows).collect();
    let unclaimed = || fitting.iter().filter(|day| is_unclaimed(day));
    let has_only_quiet = || wish.stride > 1 && !fitting.is_empty() && !fitting.iter().any(is_workday);
    let any_weekday = || {
        let mut days = every_so_often(situation, wish, 1, (first, latest)).filter(allows).filter(is_unclaimed);
        days.find(is_workday).filter(|_| has_only_quiet())
    };
    let chosen = unclaimed().copied().find(is_workday).or_else(any_weekday).or_else(|| unclaimed().next().copied());
    let chosen = chosen.or_else(|| fitting.iter().copied().find(is_workday)).or(fitting.first().copied());
    note(chosen);
    let chosen = chosen.map(|day| Slot::of(day, wish.at, zone));

    let is_window = |slot: &Slot| wish.beat.is_none() && day_of(slot.start(), zone) >= first;
    let today = || next_chance(situation, deadline).filter(is_window);
    let is_left = |slot: &Slot| sheet.allows(day_of(slot.start(), zone), wish);
    let is_free = |slot: &Slot| sheet.is_free(day_of(slot.start(), zone));
    let at_last = || {
        let kept = standing.map(|(_, slot)| slot);
        let free = days(situation, wish, first, latest).map(|day| Slot::of(day, wish.at, zone));
        kept.into_iter().chain(free).chain(today()).find(is_free).filter(|_| promised)
    };
    chosen.or_else(|| today().filter(is_left)).or_else(at_last)
}

/// Whether a wish rather goes out on another day: it is quiet, or a holiday of the shop's own.
fn is_quiet(shop: &Shop, wish: &Wish, day: NaiveDate) -> bool {
    if wish.keeps_quiet { shop.is_quiet(day) } else { shop.holidays.contains(&day) }
}

/// Tells the journal of the days before the chosen one, and what spoke against each.
fn tell_of_passed_over(
    situation: &Situation<'_>,
    wish: &Wish,
    (first, latest): (NaiveDate, NaiveDate),
    choice: &Choice<'_>,
    chosen: Option<NaiveDate>,
) {
    choice.journal.passes_over(wish, || {
        let before =
            days(situation, wish, first, latest).take_while(move |day| chosen.is_none_or(|chosen| *day < chosen));
        before.filter_map(move |day| {
            let needed = || (!choice.is_unclaimed(day)).then_some(Objection::Needed);
            let holiday = || is_quiet(situation.shop, wish, day).then_some(Objection::Holiday);
            Some((day, choice.sheet.objection(day, wish).or_else(needed).or_else(holiday)?))
        })
    });
}

/// The slot that a wish has in the diary, where it may keep it: its sender may have moved it to another time of day.
fn standing(situation: &Situation<'_>, wish: &Wish, deadline: DateTime<Utc>) -> Option<Slot> {
    let shop = situation.shop;
    let planned = find(situation, &wish.id).filter(|f| f.state == State::Planned && f.deadline == deadline)?;
    let day = day_of(planned.slot.start(), shop.zone);
    let is_its_time = planned.slot == Slot::of(day, wish.at, shop.zone);
    let in_hours = shop.hours.contains(planned.slot.start().with_timezone(&shop.zone).time());
    let is_in_time = planned.slot >= situation.earliest() && planned.slot.start() <= deadline && day >= wish.day;
    let fits = is_its_time || late(situation, wish).is_some();
    (fits && in_hours && is_in_time).then_some(planned.slot)
}

/// The next slot in which the shop may send, where it comes before the deadline.
fn next_chance(situation: &Situation<'_>, deadline: DateTime<Utc>) -> Option<Slot> {
    Some(next_in_hours(situation.shop, situation.earliest())).filter(|slot| slot.start() <= deadline)
}

/// Whether a wish will find a slot, whatever else is placed: it stands, or there is time.
pub(super) fn has_chance(situation: &Situation<'_>, wish: &Wish) -> bool {
    let is_over = find(situation, &wish.id).is_some_and(is_over);
    // The shop opens again tomorrow, or on the day after at the latest.
    let is_far = || wish.latest > days_after(day_of(situation.now, situation.shop.zone), 2);
    let is_time = || is_far() || next_chance(situation, end_of(wish.latest, situation.shop)).is_some();
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
