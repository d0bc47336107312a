//! The steps bound to a purchase: for which purchase of an occasion, and on which days.

use super::Situation;
use super::arrival::{arrival, is_handed_over, is_late};
use super::journal::{About, Journal};
use super::placing::has_chance;
use super::promised::give_priority;
use super::texts::with_text;
use super::why::{Because, Origin};
use super::wishes::{Priority, Wish, find, way};
use crate::calendar::{day_of, days_after};
use crate::channel::Channel;
use crate::customer::{Bought, Occasion};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::{FollowUpId, PurchaseKey, StepId};
use crate::programme::{Anchor, Class, OncePer, Step};
use chrono::NaiveDate;

/// What the programme's steps want for the customer's occasions. The journal hears which they leave out.
pub(super) fn bound_wishes(situation: &Situation<'_>, occasions: &[Occasion<'_>], journal: &Journal) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    for occasion in occasions {
        for step in &situation.programme.steps {
            match wanted_on(situation, occasion, step, &wishes) {
                Ok(wish) => wishes.push(wish),
                Err(because) => journal.leaves_out(because, || About::Occasion(step.id.clone(), occasion.day)),
            }
        }
    }
    if let Some(first) = occasions.iter().find(|o| o.nth == 1 && !o.is_history()) {
        give_priority(situation, first, &mut wishes);
    }
    wishes
}

/// The wish of a step for an occasion, beside those that are there; or why there is none.
fn wanted_on(
    situation: &Situation<'_>,
    occasion: &Occasion<'_>,
    step: &Step,
    wishes: &[Wish],
) -> Result<Wish, Because> {
    if occasion.is_history() {
        return Err(Because::History);
    }
    if !step.occasions.contains(occasion.nth) {
        return Err(Because::OtherOccasion { nth: occasion.nth });
    }
    let bought = purchase_for(situation, occasion, step);
    if let Some(because) = unmeant(situation, bought, step) {
        return Err(because);
    }
    let mut wish = wish_of(situation, bought, step);
    if is_news_of_old(situation, occasion, &wish) {
        return Err(Because::NewInProgramme);
    }
    if is_thanked_already(situation, occasion, step) {
        return Err(Because::ThankedAlready);
    }
    if is_explained(situation, step, bought) || is_being_explained(situation, wishes, step, &wish) {
        return Err(Because::Explained);
    }
    if wishes.iter().any(|w| w.id == wish.id) {
        wish.id = id_of_purchase(situation, step, &bought.key);
    }
    Ok(with_text(situation, step, wishes, wish))
}

/// Why a step is not for this purchase: a story meanwhile only for what arrives late, what refers to a letter only where
/// that was written (R25).
fn unmeant(situation: &Situation<'_>, bought: &Bought, step: &Step) -> Option<Because> {
    if let Anchor::Letter { step: letter } = &step.anchor
        && letter_there_on(situation, bought, letter).is_none()
    {
        return Some(Because::NoLetter);
    }
    let is_awaited = || is_late(situation, bought) && is_told_meanwhile(situation, bought, step);
    (step.arrives_late && !is_awaited()).then_some(Because::NothingAwaited)
}

/// Whether a step waits until the thing is there. It may only where a story keeps the promise meanwhile (R1).
fn waits_for_arrival(situation: &Situation<'_>, bought: &Bought, step: &Step) -> bool {
    if !step.is_about_the_thing() || !is_late(situation, bought) {
        return false;
    }
    let occasions = situation.customer.occasions(situation.shop);
    let nth = occasions.iter().find(|o| o.purchases.contains(&bought)).map_or(1, |o| o.nth);
    let keeps_r1 = |s: &Step| nth > 1 || situation.programme.contacts_in_time().any(|contact| contact.id == s.id);
    let is_its = |s: &Step| s.occasions.contains(nth) && is_for(situation, bought, s);
    let is_story = |s: &&Step| s.arrives_late && s.may_keep_promise() && is_its(s) && keeps_r1(s);
    let mut stories = situation.programme.steps.iter().filter(is_story);
    stories.any(|story| is_told_meanwhile(situation, bought, story))
}

/// Whether a story has left for a purchase, or can still: before the thing has left, and before anything was said
/// about it.
fn is_told_meanwhile(situation: &Situation<'_>, bought: &Bought, story: &Step) -> bool {
    let wish = wish_of(situation, bought, story);
    let has_left = find(situation, &wish.id).is_some_and(|f| f.state.may_have_left());
    let of_thing = |f: &FollowUp| situation.programme.steps.iter().any(|s| s.id == f.step && s.is_about_the_thing());
    let of_purchase = |f: &&FollowUp| f.purchase.as_ref() == Some(&bought.key) && f.state.may_have_left();
    let is_explained = situation.follow_ups.iter().filter(of_purchase).any(of_thing);
    has_left || (!is_handed_over(bought) && !is_explained && has_chance(situation, &wish))
}

/// Whether a step came into the programme after the purchase's time for it: such a step is not missed. A
/// customer who has never been planned for has missed it, and that goes on record.
fn is_news_of_old(situation: &Situation<'_>, occasion: &Occasion<'_>, wish: &Wish) -> bool {
    let today = day_of(situation.now, situation.shop.zone);
    let is_old = (today - occasion.day).num_days() > i64::from(situation.shop.thresholds.history_days);
    let is_new = situation.follow_ups.is_empty();
    is_old && !is_new && wish.latest < today && find(situation, &wish.id).is_none()
}

/// Whether another thank-you has left for this occasion: what was the second occasion is the first once the
/// first is undone, but nobody is thanked twice for one purchase.
fn is_thanked_already(situation: &Situation<'_>, occasion: &Occasion<'_>, step: &Step) -> bool {
    let for_occasion = |f: &FollowUp| occasion.purchases.iter().any(|b| f.purchase.as_ref() == Some(&b.key));
    let thanked = |f: &&FollowUp| f.class == Class::Thanks && f.state.may_have_left() && for_occasion(f);
    let of_this_occasion = |f: &FollowUp| {
        let mut steps = situation.programme.steps.iter().filter(|other| other.id == f.step);
        // Of several that are each for something, one has thanked for all that the occasion holds.
        let is_instead = |other: &Step| other.id != step.id && other.target.is_some() && step.target.is_some();
        steps.any(|other| other.occasions.contains(occasion.nth) && !is_instead(other))
    };
    step.class == Class::Thanks && situation.follow_ups.iter().filter(thanked).any(|f| !of_this_occasion(f))
}

/// Whether the customer was told how to use this product for another purchase: nobody is told twice.
fn is_explained(situation: &Situation<'_>, step: &Step, bought: &Bought) -> bool {
    is_told(situation, step, bought, |f| f.purchase.as_ref() != Some(&bought.key))
}

/// Whether a message of this step may have left for the product of a purchase, among `others`.
fn is_told(situation: &Situation<'_>, step: &Step, bought: &Bought, others: impl Fn(&FollowUp) -> bool) -> bool {
    let (OncePer::Product, Some(product)) = (step.once_per, &bought.product) else { return false };
    let first = id_of_product(situation, step, product);
    let of = |f: &FollowUp| f.purchase.as_ref().and_then(|key| situation.customer.bought(key)?.product.as_ref());
    let may_have_left = |f: &FollowUp| f.state.may_have_left() || f.reason == Some(Reason::UnknownWhetherSent);
    let of_step = situation.follow_ups.iter().filter(|f| f.step == step.id && others(f));
    of_step.filter(|f| may_have_left(f)).any(|f| f.id == first || of(f) == Some(product))
}

/// Whether an earlier purchase of the same product has this step still before it.
fn is_being_explained(situation: &Situation<'_>, wishes: &[Wish], step: &Step, wish: &Wish) -> bool {
    let product = |w: &Wish| w.purchase.as_ref().and_then(|key| situation.customer.bought(key)?.product.as_deref());
    let same_product = |w: &Wish| product(w).is_some() && product(w) == product(wish);
    let before = |w: &Wish| w.step == step.id && same_product(w) && has_chance(situation, w);
    step.once_per == OncePer::Product && wishes.iter().any(before)
}

/// The wish of a step for an occasion. An occasion of several purchases has the step once: for the purchase
/// for which it may have left already, else for the first that is no history, and of those rather one whose
/// product has not been explained.
pub(super) fn wish_for(situation: &Situation<'_>, occasion: &Occasion<'_>, step: &Step) -> Wish {
    wish_of(situation, purchase_for(situation, occasion, step), step)
}

fn wish_of(situation: &Situation<'_>, bought: &Bought, step: &Step) -> Wish {
    let (day, latest, origin) = window(situation, step, bought);
    // A pause puts it off as long as its window allows.
    let open_from = situation.preferences().open_from(day);
    let day = if open_from <= latest { open_from } else { day };
    let id = id_for(situation, step, bought);
    let way = way(situation, &step.channels, &id, day);
    Wish {
        id,
        step: step.id.clone(),
        text: None,
        series: None,
        class: step.class,
        priority: Priority::of(step.class, true),
        purchase: Some(bought.key.clone()),
        channel: way.ok().or_else(|| step.channels.iter().next()).unwrap_or_default(),
        day,
        latest,
        stride: 1,
        at: situation.shop.hours.nearest(step.at),
        keeps_quiet: true,
        beat: None,
        origin,
        obstacle: obstacle(situation, bought, step, way.err()),
    }
}

/// Why the step cannot go out for this purchase, as things stand; `unreached` is why no channel reaches them.
fn obstacle(situation: &Situation<'_>, bought: &Bought, step: &Step, unreached: Option<Reason>) -> Option<Reason> {
    if bought.marketplace {
        return Some(Reason::MarketplaceForbids);
    }
    let case = || (step.class != Class::Remedy && situation.customer.open_case().is_some()).then_some(Reason::CaseOpen);
    let product = || (!is_for(situation, bought, step)).then_some(Reason::NotForProduct);
    let stage = || stage_obstacle(situation, bought, step);
    unreached.or_else(case).or_else(product).or_else(stage).or_else(|| unwanted(situation, bought, step))
}

/// Whether the customer has asked for no such messages, or for none as long as its window is open.
fn unwanted(situation: &Situation<'_>, bought: &Bought, step: &Step) -> Option<Reason> {
    let preferences = situation.preferences();
    let (_, latest, _) = window(situation, step, bought);
    let today = day_of(situation.now, situation.shop.zone);
    let is_paused = latest >= today && preferences.pause_on(latest);
    let kind = preferences.leave_out(step.class).then_some(Reason::NotWanted);
    kind.or_else(|| is_paused.then_some(Reason::CustomerPaused))
}

/// Whether a step is for what was bought.
fn is_for(situation: &Situation<'_>, bought: &Bought, step: &Step) -> bool {
    step.target.as_ref().is_none_or(|target| target.fits(situation.shop, [bought]))
}

/// Whether the customer will be at another stage when the step's day comes, as far as one can tell.
fn stage_obstacle(situation: &Situation<'_>, bought: &Bought, step: &Step) -> Option<Reason> {
    let stages = step.stages.as_ref()?;
    let (day, ..) = window(situation, step, bought);
    let day = day.max(day_of(situation.now, situation.shop.zone));
    let stage = situation.customer.course(situation.shop).on(day);
    (!stages.contains(&stage)).then_some(Reason::NotForStage)
}

fn purchase_for<'a>(situation: &Situation<'_>, occasion: &Occasion<'a>, step: &Step) -> &'a Bought {
    let purchases = || occasion.purchases.iter().copied();
    if let Anchor::Letter { step: letter } = &step.anchor
        && let Some(written) = purchases().find(|b| letter_there_on(situation, b, letter).is_some())
    {
        return written;
    }
    let left_for = |b: &Bought| {
        let of_step = |f: &&FollowUp| f.step == step.id && f.purchase.as_ref() == Some(&b.key);
        situation.follow_ups.iter().filter(of_step).any(|f| f.state.may_have_left())
    };
    let left = purchases().find(|b| left_for(b));
    let current = || purchases().filter(|b| !b.history);
    let direct = || current().filter(|b| !b.marketplace);
    // Of one sale that two carts report, the report that names the thing.
    let named = || direct().filter(|b| b.product_name.is_some()).chain(direct());
    // What comes once for an occasion is chosen by the first of its things; what comes for a product, by that product.
    let is_meant = |b: &&Bought| step.once_per == OncePer::Occasion || is_for(situation, b, step);
    let fresh = || named().filter(is_meant).find(|b| !is_told(situation, step, b, |_| true));
    let meant = || named().find(is_meant).or_else(|| named().next());
    left.or_else(fresh).or_else(meant).or_else(|| current().next()).unwrap_or(occasion.purchases[0])
}

/// The first and the last day of a step for a purchase, and what they are counted from.
fn window(situation: &Situation<'_>, step: &Step, bought: &Bought) -> (NaiveDate, NaiveDate, Origin) {
    let bought_on = day_of(bought.began_at, situation.shop.zone);
    let from = |anchor, day: u32, latest: u32| (days_after(anchor, day), days_after(anchor, latest));
    let arrival = arrival(situation, bought);
    let ((day, latest), origin) = match (&step.anchor, arrival) {
        (Anchor::Arrival { .. }, Some(arrived_on)) => {
            (from(arrived_on, step.day, step.latest_day), Origin::Arrival { bought_on, arrived_on })
        }
        (Anchor::Arrival { unknown_day }, None) => {
            let length = step.latest_day.saturating_sub(step.day);
            (from(bought_on, *unknown_day, unknown_day.saturating_add(length)), Origin::ArrivalUnknown { bought_on })
        }
        (Anchor::Letter { step: letter }, _) => {
            let there_on = letter_there_on(situation, bought, letter).unwrap_or(bought_on);
            (from(there_on, step.day, step.latest_day), Origin::Letter { there_on })
        }
        (Anchor::Purchase, Some(arrived_on)) if waits_for_arrival(situation, bought, step) => {
            (from(arrived_on, step.day, step.latest_day), Origin::Awaited { bought_on, arrived_on })
        }
        (Anchor::Purchase, _) => (from(bought_on, step.day, step.latest_day), Origin::Purchase { bought_on }),
    };
    (day, latest, origin)
}

/// The day on which the letter of a step for a purchase is there, where a person has it to post: as many days later as a
/// parcel takes.
fn letter_there_on(situation: &Situation<'_>, bought: &Bought, letter: &StepId) -> Option<NaiveDate> {
    let is_written =
        |f: &&FollowUp| f.channel == Channel::Letter && matches!(f.state, State::HandedOver | State::Delivered);
    let of_purchase = |f: &&FollowUp| f.step == *letter && f.purchase.as_ref() == Some(&bought.key);
    let written = situation.follow_ups.iter().filter(is_written).find(of_purchase)?;
    let shop = situation.shop;
    Some(days_after(day_of(written.sent_at?, shop.zone), shop.thresholds.carriage_days))
}

/// The id of a step for a purchase. A step that comes once for each product is named after the product, so
/// that it is recognised when the purchase has long been forgotten; where that name belongs to another
/// purchase (which was cancelled, or whose time has passed), after its own.
fn id_for(situation: &Situation<'_>, step: &Step, bought: &Bought) -> FollowUpId {
    let of_product = match (step.once_per, &bought.product) {
        (OncePer::Product, Some(product)) => Some(id_of_product(situation, step, product)),
        _ => None,
    };
    let is_free = |id: &FollowUpId| find(situation, id).is_none_or(|f| f.purchase.as_ref() == Some(&bought.key));
    of_product.filter(is_free).unwrap_or_else(|| id_of_purchase(situation, step, &bought.key))
}

fn id_of_product(situation: &Situation<'_>, step: &Step, product: &str) -> FollowUpId {
    FollowUpId::derive(&situation.customer.id, &step.id, &format!("product:{product}"))
}

fn id_of_purchase(situation: &Situation<'_>, step: &Step, purchase: &PurchaseKey) -> FollowUpId {
    FollowUpId::derive(&situation.customer.id, &step.id, &format!("purchase:{purchase}"))
}
