//! The rhythm: which letter of a series comes next, and on which day.

use super::Situation;
use super::bound::wish_for;
use super::why::{Because, Origin};
use super::wishes::{Beat, Priority, Wish, find, way};
use crate::calendar::{Slot, day_of, days_after};
use crate::customer::Occasion;
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::{FollowUpId, StepId};
use crate::programme::{Series, SeriesLetter, Start, Target, includes};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How long before a series runs dry the owner is told.
pub(super) fn warning() -> Duration {
    Duration::days(14)
}

/// A series that has no fresh letter left.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) series: StepId,
    /// When its next letter would have been due.
    pub(super) next_at: DateTime<Utc>,
}

/// What comes next in a series.
pub(super) enum Next {
    Letter(Box<Wish>),
    Waiting(Waiting),
}

/// The next letter of a series, on the next day of its rhythm; or why there is none: the series has not begun, no
/// channel of it reaches the customer, or it is for customers at other stages than this one will reach by time alone.
pub(super) fn next_letter(
    situation: &Situation<'_>,
    series: &Series,
    occasions: &[Occasion<'_>],
) -> Result<Next, Because> {
    if !has_bought(situation, series.target.as_ref()) {
        return Err(Because::Reason(Reason::NotForProduct));
    }
    let first = first_day(situation, series, occasions);
    let is_history = || occasions.iter().all(Occasion::is_history);
    let not_begun = || Because::NotBegun { from_occasion: series.from_occasion };
    let first = first.ok_or_else(|| if is_history() { Because::History } else { not_begun() })?;
    let day = next_day(situation, series, first).ok_or(Because::Reason(Reason::NotForStage))?;
    situation.reach(day).first(&series.channels, &BTreeSet::new()).map_err(Because::Reason)?;
    if series.letters.iter().any(|letter| letter.issued.is_some()) {
        return next_issue(situation, series, first, day);
    }
    let preferences = situation.preferences();
    let wanted = || series.letters.iter().filter(|letter| !preferences.leave_out(letter.class));
    if wanted().next().is_none() {
        return Err(Because::Reason(Reason::NotWanted));
    }
    let Some(letter) = wanted().find(|letter| !is_had(situation, letter)) else {
        let next_at = slot_of(situation, series, day).start();
        return Ok(Next::Waiting(Waiting { series: series.id.clone(), next_at }));
    };
    let last = last_day(situation, series);
    let beat = Beat { rhythm: series.rhythm, last, stages: series.stages.clone() };
    let origin = Origin::Rhythm { began_on: first, last_on: last, rhythm: series.rhythm };
    Ok(Next::Letter(Box::new(wish(situation, series, letter, day, (Some(beat), origin))?)))
}

/// Whether the customer has had a text, whatever series it came with.
fn is_had(situation: &Situation<'_>, letter: &SeriesLetter) -> bool {
    situation.follow_ups.iter().any(|f| f.step == letter.id && is_used(f))
}

/// The next issue of what is written as it goes: on a day of the rhythm comes the newest that was issued since the day before
/// it. Of older ones nothing is made up for: nobody gets three at once.
fn next_issue(situation: &Situation<'_>, series: &Series, first: NaiveDate, day: NaiveDate) -> Result<Next, Because> {
    let (rhythm, start) = (series.rhythm, start(situation, series, first));
    let course = situation.customer.course(situation.shop);
    let coming = |letter: &SeriesLetter| {
        let issued = letter.issued?;
        let on = rhythm.on_or_after(start, issued);
        let is_new = issued > rhythm.previous(start) && on >= day;
        (is_new && includes(series.stages.as_ref(), course.on(on))).then_some((on, Reverse(issued)))
    };
    let preferences = situation.preferences();
    let wanted = series.letters.iter().filter(|letter| !preferences.leave_out(letter.class));
    let fresh = wanted.filter(|letter| !is_had(situation, letter));
    let coming = fresh.filter_map(|letter| Some((coming(letter)?, letter)));
    match coming.min_by_key(|(place, _)| *place) {
        Some(((on, _), letter)) => {
            let origin = Origin::Rhythm { began_on: first, last_on: last_day(situation, series), rhythm };
            Ok(Next::Letter(Box::new(wish(situation, series, letter, on, (None, origin))?)))
        }
        None => {
            let next_at = slot_of(situation, series, day).start();
            Ok(Next::Waiting(Waiting { series: series.id.clone(), next_at }))
        }
    }
}

/// Whether the customer has bought what a message asks for.
pub(super) fn has_bought(situation: &Situation<'_>, target: Option<&Target>) -> bool {
    let bought = || situation.customer.purchases.iter().filter(|bought| bought.counts());
    target.is_none_or(|target| target.fits(situation.shop, bought()))
}

/// The wish of a letter for a day: the beat of the rhythm that it is, and where that day comes from; or why no channel of the
/// series reaches the customer.
fn wish(
    situation: &Situation<'_>,
    series: &Series,
    letter: &SeriesLetter,
    day: NaiveDate,
    (beat, origin): (Option<Beat>, Origin),
) -> Result<Wish, Because> {
    let id = FollowUpId::derive(&situation.customer.id, &letter.id, "once");
    let channel = way(situation, &series.channels, &id, day).map_err(Because::Reason)?;
    Ok(Wish {
        id,
        step: letter.id.clone(),
        text: None,
        series: Some(series.id.clone()),
        class: letter.class,
        priority: Priority::of(letter.class, false),
        purchase: None,
        channel,
        day,
        latest: days_after(day, series.window_days),
        stride: series.rhythm.stride(),
        at: situation.shop.hours.nearest(series.at),
        keeps_quiet: true,
        beat,
        origin,
        obstacle: None,
    })
}

/// The first day of the rhythm that is still open: after the last letter, or the one with which it begins. Whoever wants to
/// hear seldom is left in peace on every other day of it; what was written for its day goes out or is lost, so there is no
/// such day of a newsletter.
fn start(situation: &Situation<'_>, series: &Series, first: NaiveDate) -> NaiveDate {
    let rhythm = series.rhythm;
    let is_issued = series.letters.iter().any(|letter| letter.issued.is_some());
    let rests = situation.preferences().seldom && !is_issued;
    let after = |last| if rests { rhythm.next(rhythm.next(last)) } else { rhythm.next(last) };
    last_day(situation, series).map_or(first, |last| after(last).max(first))
}

fn slot_of(situation: &Situation<'_>, series: &Series, day: NaiveDate) -> Slot {
    Slot::of(day, situation.shop.hours.nearest(series.at), situation.shop.zone)
}

fn letters_of<'a>(situation: &Situation<'a>, series: &'a Series) -> impl Iterator<Item = &'a FollowUp> {
    situation.follow_ups.iter().filter(|f| f.series.as_ref() == Some(&series.id))
}

/// Whether a letter is used up: nobody gets the same text twice.
pub(super) fn is_used(follow_up: &FollowUp) -> bool {
    follow_up.state != State::Planned && !follow_up.can_revive()
}

/// The day on which a series begins for the customer: counted from the first occasion that is no history
/// and has enough purchases before it.
fn first_day(situation: &Situation<'_>, series: &Series, occasions: &[Occasion<'_>]) -> Option<NaiveDate> {
    let from = occasions.iter().find(|o| o.nth >= series.from_occasion && !o.is_history())?;
    let day = match &series.start {
        Start::AfterPurchase { days } => days_after(from.day, *days),
        Start::AfterStep { step, days } => days_after(day_of_step(situation, from, step)?, *days),
    };
    Some(series.rhythm.begins(day))
}

/// The day of a step on an occasion: the one it was sent on, or else the one it is wanted on. Where the
/// occasion does not have the step, the day of the first that has.
fn day_of_step(situation: &Situation<'_>, occasion: &Occasion<'_>, id: &StepId) -> Option<NaiveDate> {
    let step = situation.programme.steps.iter().find(|s| s.id == *id)?;
    let wish = wish_for(situation, occasion, step);
    let sent = find(situation, &wish.id).filter(|f| f.state.has_left() && f.purchase == wish.purchase);
    Some(sent.map_or(wish.day, |f| day_of(f.slot.start(), situation.shop.zone).max(wish.day)))
}

/// The next day of the rhythm. It is counted from the last letter, or from `first` where there was none; a day
/// that was missed is left out and the rhythm stays. A letter that stands in the diary keeps its day, even when
/// it is late: its sender judges that. `None` where the customer will be at none of the series' stages.
fn next_day(situation: &Situation<'_>, series: &Series, first: NaiveDate) -> Option<NaiveDate> {
    let today = day_of(situation.now, situation.shop.zone);
    let course = situation.customer.course(situation.shop);
    let is_meant = |day: NaiveDate| includes(series.stages.as_ref(), course.on(day.max(today)));
    let rhythm = series.rhythm;
    let preferences = situation.preferences();
    let start = start(situation, series, first);
    let standing = letters_of(situation, series).filter(|f| f.state == State::Planned);
    let standing = standing.map(|f| own_day(situation, series, f)).min();
    if let Some(day) = standing.filter(|day| rhythm.has(start, *day) && is_meant(*day) && !preferences.pause_on(*day)) {
        return Some(day);
    }
    let day = rhythm.on_or_after(start, preferences.open_from(today));
    let has_come = slot_of(situation, series, day) < situation.earliest();
    let day = if has_come { rhythm.next(day) } else { day };
    // The only stage that time alone leads to is the last.
    let when_dormant = || Some(rhythm.on_or_after(start, course.dormant_from?));
    Some(day).filter(|day| is_meant(*day)).or_else(|| when_dormant().filter(|later| *later > day && is_meant(*later)))
}

/// The day of the rhythm that a letter stands for.
fn own_day(situation: &Situation<'_>, series: &Series, letter: &FollowUp) -> NaiveDate {
    let latest = day_of(letter.deadline, situation.shop.zone);
    latest.checked_sub_days(Days::new(u64::from(series.window_days))).unwrap_or(latest)
}

/// The day of the rhythm for which the last letter that is used up stood.
fn last_day(situation: &Situation<'_>, series: &Series) -> Option<NaiveDate> {
    let used = letters_of(situation, series).filter(|f| is_used(f));
    used.map(|f| own_day(situation, series, f)).max()
}
