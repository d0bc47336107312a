//! The messages on dates: the next one of each, on the days that the almanac or the customer's own story gives it. Most come
//! once a year; when somebody will buy again, and when they will be dormant, is counted anew from each purchase.
//!
//! One date has one message: whoever had a birthday greeting does not get another for the same birthday, because they
//! came to another stage meanwhile, or fits two that each ask for something else that they bought. Nobody hears of a date before the first three weeks after the first purchase are over:
//! those belong to the thing itself (R12, R13).

use super::Situation;
use super::journal::{About, Journal};
use super::placing::has_chance;
use super::series::{Next, Waiting, has_bought, is_used};
use super::why::{Because, Origin};
use super::wishes::{Priority, Wish, way};
use crate::calendar::{Slot, day_in_year, day_of, days_after, days_before};
use crate::customer::{Bought, Occasion};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::{FollowUpId, PurchaseKey};
use crate::programme::{Date, Dated, PROMISE_LATEST_DAY, SeriesLetter, includes};
use chrono::{Datelike, NaiveDate};

/// How many years ahead a date is looked for: it may be for a stage that time alone leads to, ten years from now (R5).
const YEARS_AHEAD: i32 = 12;

/// One coming of a date.
struct Coming {
    /// What tells it from the others: part of the follow-up's id.
    key: String,
    /// The day the message should go out.
    day: NaiveDate,
    /// The last day it may go out.
    latest: NaiveDate,
    /// The purchase that it is about.
    purchase: Option<PurchaseKey>,
}

/// The message for the next coming of a date; or why there is no such date for this customer. The journal hears which
/// comings were passed over.
pub(super) fn next_on_date(
    situation: &Situation<'_>,
    dated: &Dated,
    occasions: &[Occasion<'_>],
    journal: &Journal,
) -> Result<Next, Because> {
    if occasions.iter().all(Occasion::is_history) {
        return Err(Because::History);
    }
    let nth = occasions.last().map_or(0, |o| o.nth);
    if !dated.occasions.contains(nth) {
        return Err(Because::OtherOccasion { nth });
    }
    let preferences = situation.preferences();
    if !dated.letters.is_empty() && dated.letters.iter().all(|letter| preferences.leave_out(letter.class)) {
        return Err(Because::Reason(Reason::NotWanted));
    }
    let letter = fresh_letter(situation, dated);
    let named = letter.or(dated.letters.first()).ok_or(Because::NoDate)?;
    if letter.is_none() && matches!(dated.on, Date::Once { .. }) {
        return Err(Because::GreetedAlready);
    }
    let course = situation.customer.course(situation.shop);
    let today = day_of(situation.now, situation.shop.zone);
    let is_meant = |day: NaiveDate| includes(dated.stages.as_ref(), course.on(day.max(today)));
    // Whoever is dormant stays so: no later date is for whom this one is not.
    let ends = |coming: &Coming| course.dormant_from.is_some_and(|from| from <= coming.day) && !is_meant(coming.day);
    // A message that stands is its sender's to judge, however late it is.
    let stands = situation.follow_ups.iter().any(|f| f.state == State::Planned && f.series.as_ref() == Some(&dated.id));
    let mut none = Because::NoDate;
    for coming in comings(situation, dated, occasions) {
        let day = coming.day;
        let because = if coming.latest < today && !stands {
            Because::Over
        } else if !is_meant(day) {
            Because::Reason(Reason::NotForStage)
        } else if !has_bought_for(situation, dated, &coming) {
            Because::Reason(Reason::NotForProduct)
        } else if preferences.pause_on(coming.latest) && coming.latest >= today {
            Because::Reason(Reason::CustomerPaused)
        } else if has_come(situation, dated, &coming) || is_anothers(situation, dated, &coming) {
            Because::GreetedAlready
        } else {
            match wish(situation, dated, named, &coming) {
                Ok(wish) if has_chance(situation, &wish) => return Ok(next(situation, dated, letter, wish)),
                Ok(_) => Because::Over,
                Err(unreached) => Because::Reason(unreached),
            }
        };
        journal.leaves_out(because, || About::Coming(dated.id.clone(), day));
        none = because;
        if ends(&coming) {
            break;
        }
    }
    Err(none)
}

/// What comes of a wish: its message, or the wait for a text that the customer has not had.
fn next(situation: &Situation<'_>, dated: &Dated, letter: Option<&SeriesLetter>, wish: Wish) -> Next {
    match letter {
        Some(_) => Next::Letter(Box::new(wish)),
        None => {
            let next_at = Slot::of(wish.day, wish.at, situation.shop.zone).start();
            Next::Waiting(Waiting { series: dated.id.clone(), next_at })
        }
    }
}

/// The first text that the customer has not had.
fn fresh_letter<'d>(situation: &Situation<'_>, dated: &'d Dated) -> Option<&'d SeriesLetter> {
    let is_had = |letter: &SeriesLetter| situation.follow_ups.iter().any(|f| f.step == letter.id && is_used(f));
    let preferences = situation.preferences();
    dated.letters.iter().find(|letter| !is_had(letter) && !preferences.leave_out(letter.class))
}

/// Whether the customer has bought what a date asks for: with the purchase that it is about, or at all.
fn has_bought_for(situation: &Situation<'_>, dated: &Dated, coming: &Coming) -> bool {
    let about = coming.purchase.as_ref().and_then(|key| situation.customer.bought(key));
    match (&dated.target, about) {
        (Some(target), Some(bought)) => target.fits(situation.shop, [bought]),
        (target, _) => has_bought(situation, target.as_ref()),
    }
}

/// Whether an earlier step for the same date is for this customer too, and asks for something else that they bought.
fn is_anothers(situation: &Situation<'_>, dated: &Dated, coming: &Coming) -> bool {
    let Situation { shop, customer, programme, .. } = *situation;
    let stage = || customer.course(shop).on(coming.day.max(day_of(situation.now, shop.zone)));
    let is_for = |other: &Dated| {
        other.on.is_same_as(dated.on)
            && other.target != dated.target
            && other.occasions.contains(customer.occasion_count(shop))
            && includes(other.stages.as_ref(), stage())
            && has_bought_for(situation, other, coming)
    };
    programme.dated.iter().take_while(|other| other.id != dated.id).any(is_for)
}

/// Whether a date has had its message already, from any step for the same date.
fn has_come(situation: &Situation<'_>, dated: &Dated, coming: &Coming) -> bool {
    let same = |f: &FollowUp| {
        let mut others = situation.programme.dated.iter().filter(|other| other.on.is_same_as(dated.on));
        // A date that was given another name is known by its texts.
        others.any(|o| f.series.as_ref() == Some(&o.id) || o.letters.iter().any(|letter| letter.id == f.step))
    };
    let is_its = |f: &FollowUp| f.id == FollowUpId::derive(&situation.customer.id, &f.step, &coming.key);
    situation.follow_ups.iter().any(|f| is_used(f) && same(f) && is_its(f))
}

/// The wish of a coming; or why no channel of the date reaches the customer.
fn wish(situation: &Situation<'_>, dated: &Dated, letter: &SeriesLetter, coming: &Coming) -> Result<Wish, Reason> {
    let id = FollowUpId::derive(&situation.customer.id, &letter.id, &coming.key);
    let channel = way(situation, &dated.channels, &id, coming.day)?;
    Ok(Wish {
        id,
        step: letter.id.clone(),
        text: None,
        series: Some(dated.id.clone()),
        class: letter.class,
        priority: priority(dated, letter),
        purchase: coming.purchase.clone(),
        channel,
        day: coming.day,
        latest: coming.latest,
        stride: 1,
        at: situation.shop.hours.nearest(dated.at),
        keeps_quiet: !dated.on.is_for_quiet_days(),
        beat: None,
        origin: Origin::Date(dated.on),
        obstacle: None,
    })
}

fn priority(dated: &Dated, letter: &SeriesLetter) -> Priority {
    match dated.on {
        Date::Once { .. } => Priority::Campaign,
        _ if letter.class.is_selling() => Priority::Selling,
        _ => Priority::Date,
    }
}

/// When a date comes, from the one that may just be over on. Comings that have no day are left out.
fn comings<'a>(
    situation: &'a Situation<'_>,
    dated: &'a Dated,
    occasions: &'a [Occasion<'_>],
) -> impl Iterator<Item = Coming> + 'a {
    let this_year = day_of(situation.now, situation.shop.zone).year();
    let years = dated.on.is_yearly().then_some(this_year - 1..=this_year + YEARS_AHEAD);
    let yearly = years.into_iter().flatten().filter_map(|year| coming_in(situation, dated, occasions, year));
    let after = (!dated.on.is_yearly()).then(|| coming_after(situation, dated, occasions)).flatten();
    let begins = begins(occasions);
    let preferences = situation.preferences();
    let begun = after.into_iter().chain(yearly).filter_map(move |coming| {
        let day = coming.day.max(begins?);
        let open_from = preferences.open_from(day);
        let day = if open_from <= coming.latest { open_from } else { day };
        Some(Coming { day, ..coming })
    });
    begun.filter(|coming| coming.day <= coming.latest)
}

/// The coming of a year.
fn coming_in(situation: &Situation<'_>, dated: &Dated, occasions: &[Occasion<'_>], year: i32) -> Option<Coming> {
    let (day, latest) = match dated.on {
        Date::Season { greeting, after_days } => {
            let season = greeting.window_in(year, situation.shop.region);
            let day = days_after(*season.start(), after_days);
            (day, dated.window_days.map_or(*season.end(), |days| days_after(day, days).min(*season.end())))
        }
        Date::FirstPurchase { .. } => {
            let first = situation.customer.first_bought_on(situation.shop)?;
            window(Some(day_in_year(first, year)).filter(|date| *date > first)?, dated)
        }
        Date::Birthday { .. } => window(situation.customer.birthday?.in_year(year), dated),
        Date::Reorder { .. } | Date::Dormant { .. } | Date::Once { .. } => return None,
    };
    let is_of_first = matches!(dated.on, Date::FirstPurchase { .. });
    let first = occasions.iter().find(|o| o.nth == 1 && is_of_first);
    let purchase = first.and_then(|first| direct(situation, first)).map(|b| b.key.clone());
    Some(Coming { key: format!("year:{year}"), day, latest, purchase })
}

/// The one coming of a date: of a campaign its day; else what the last purchase has put off until now, which is another as
/// soon as there is another purchase.
fn coming_after(situation: &Situation<'_>, dated: &Dated, occasions: &[Occasion<'_>]) -> Option<Coming> {
    let Situation { shop, customer, .. } = *situation;
    let last = occasions.last()?;
    let (day, latest, purchase) = match dated.on {
        Date::Reorder { .. } => {
            let bought = direct(situation, last)?;
            let days = customer.usual_gap_days(shop).or_else(|| shop.reorder_days_of(bought))?;
            let (day, latest) = window(days_after(last.day, days), dated);
            (day, latest, Some(bought.key.clone()))
        }
        Date::Dormant { .. } => {
            let dormant_from = customer.course(shop).dormant_from?;
            let (day, latest) = window(dormant_from, dated);
            (day, latest.min(days_before(dormant_from, 1)), None)
        }
        Date::Once { on } => {
            let latest = days_after(on, dated.window_days.unwrap_or(0));
            return Some(Coming { key: format!("on:{on}"), day: on, latest, purchase: None });
        }
        Date::Season { .. } | Date::FirstPurchase { .. } | Date::Birthday { .. } => return None,
    };
    Some(Coming { key: format!("after:{}", last.purchases.first()?.key), day, latest, purchase })
}

/// The days of a date: from so many days before it, until the date itself where nothing else is said.
fn window(date: NaiveDate, dated: &Dated) -> (NaiveDate, NaiveDate) {
    let before = dated.on.days_before();
    let day = days_before(date, before);
    (day, days_after(day, dated.window_days.unwrap_or(before)))
}

/// The first day on which a date may come for a customer.
fn begins(occasions: &[Occasion<'_>]) -> Option<NaiveDate> {
    let first = occasions.iter().find(|o| !o.is_history())?;
    Some(if first.nth == 1 { days_after(first.day, PROMISE_LATEST_DAY + 1) } else { first.day })
}

/// The purchase of an occasion that was made with the shop itself.
fn direct<'b>(situation: &Situation<'_>, occasion: &Occasion<'b>) -> Option<&'b Bought> {
    let mut direct = occasion.purchases.iter().filter(|b| !b.marketplace);
    direct.find(|b| situation.customer.why_no_purchase(b).is_none()).copied()
}
