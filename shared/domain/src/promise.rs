//! The promises to a new customer, and whether they were kept: a thank-you within 3 days (R2), and a
//! message after it within 21 (R1). What could not be kept has a reason on record, or it is broken.
//!
//! The reason stands on a message that did not go out. Where none was even planned, the ledger or the facts know it: nothing
//! is planned for somebody who has said stop, whatever they buy; and what was the second purchase while its time ran is the
//! first once the other is called off.

use crate::calendar::{day_of, days_after};
use crate::customer::{Customer, Occasion};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ledger::{Entry, obstacle_at};
use crate::planner::{Situation, end_of};
use crate::programme::{Class, PROMISE_LATEST_DAY, Programme, THANKS_LATEST_DAY};
use crate::shop::Shop;
use chrono::{DateTime, Utc};

/// Whether a promise was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The message went out in time.
    Kept,
    /// There is still time.
    Open,
    /// It could not be kept, for this reason.
    Impossible(Reason),
    /// It was not kept, and nothing says why.
    Broken,
}

/// The promises to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// R2: the thank-you.
    pub thanks: Promise,
    /// R1: a message after the thank-you.
    pub contact: Promise,
}

/// The promises made with a new customer's first purchase; `None` for somebody who bought before the shop
/// began with Wasurena.
#[must_use]
pub fn promises(
    shop: &Shop,
    customer: &Customer,
    follow_ups: &[FollowUp],
    ledger: &[Entry],
    now: DateTime<Utc>,
) -> Option<Promises> {
    let occasions = customer.occasions(shop);
    let Some(first) = occasions.iter().find(|o| !o.is_history()) else {
        let new = || customer.purchases.iter().filter(|p| !p.history);
        let undone = new().any(|p| p.undone).then_some(Reason::PurchaseUndone);
        let held = || new().any(|p| p.standing.is_held()).then_some(Reason::HeldWholesale);
        let impossible = undone.or_else(held).map(Promise::Impossible)?;
        return Some(Promises { thanks: impossible, contact: impossible });
    };
    if first.nth > 1 {
        return None;
    }
    let judge = |is_meant: fn(Class) -> bool, latest_day| {
        let of_first = |f: &&FollowUp| {
            f.is_bound_to_purchase() && first.purchases.iter().any(|p| f.purchase.as_ref() == Some(&p.key))
        };
        let meant: Vec<&FollowUp> = follow_ups.iter().filter(|f| is_meant(f.class)).filter(of_first).collect();
        match judge(shop, first, &meant, latest_day, now) {
            Promise::Broken => {
                // An order may become known late: whatever was said by then is why nothing was planned for it.
                let known = if meant.is_empty() { shop.thresholds.history_days.max(latest_day) } else { latest_day };
                let until = end_of(days_after(first.day, known), shop);
                let reason = obstacle_at(ledger, customer, until).or_else(|| called_off(customer, until));
                reason.map_or(Promise::Broken, Promise::Impossible)
            }
            promise => promise,
        }
    };
    Some(Promises {
        thanks: judge(|class| class == Class::Thanks, THANKS_LATEST_DAY),
        contact: judge(|class| class != Class::Thanks, PROMISE_LATEST_DAY),
    })
}

/// Why the purchase for which the promises were made is none any more, where that was another: called off since, or left
/// alone by the owner.
fn called_off(customer: &Customer, until: DateTime<Utc>) -> Option<Reason> {
    let mut new = customer.purchases.iter().filter(|p| !p.history && p.began_at <= until);
    new.find_map(|p| (p.undone || p.ruling.is_some()).then(|| customer.why_no_purchase(p)).flatten())
}

/// Whether a promise to a new customer may hang on a message: it thanks for their first purchase, or is one of those
/// that bring the shop back to mind after it.
pub(crate) fn may_keep_promise(shop: &Shop, programme: &Programme, customer: &Customer, follow_up: &FollowUp) -> bool {
    let mut steps = programme.thanks_in_time().chain(programme.contacts_in_time());
    let occasions = customer.occasions(shop);
    let first = occasions.iter().find(|o| o.nth == 1 && !o.is_history());
    let of_first = |o: &Occasion<'_>| o.purchases.iter().any(|b| follow_up.purchase.as_ref() == Some(&b.key));
    first.is_some_and(of_first) && steps.any(|step| step.id == follow_up.step)
}

/// Whether a promise that is not kept yet hangs on a message.
pub(crate) fn hangs_on(follow_up: &FollowUp, situation: &Situation<'_>) -> bool {
    let Situation { shop, programme, customer, follow_ups, ledger, now } = *situation;
    let promises = promises(shop, customer, follow_ups, ledger, now);
    let own = promises.map(|p| if follow_up.class == Class::Thanks { p.thanks } else { p.contact });
    own.is_some_and(|promise| promise != Promise::Kept) && may_keep_promise(shop, programme, customer, follow_up)
}

/// Whether a promise breaks if this message does not go out: it hangs on it, and nothing else that waits can keep it.
#[must_use]
pub fn breaks_without(follow_up: &FollowUp, situation: &Situation<'_>) -> bool {
    let Situation { shop, programme, customer, follow_ups, .. } = *situation;
    let is_same = |f: &FollowUp| (f.class == Class::Thanks) == (follow_up.class == Class::Thanks);
    let others = follow_ups.iter().filter(|f| f.id != follow_up.id && f.state.is_open() && is_same(f));
    let mut others = others.filter(|f| may_keep_promise(shop, programme, customer, f));
    hangs_on(follow_up, situation) && others.next().is_none()
}

/// Whether a promise was kept, by what was meant to keep it.
fn judge(shop: &Shop, first: &Occasion<'_>, meant: &[&FollowUp], latest_day: u32, now: DateTime<Utc>) -> Promise {
    let in_time = |f: &&&FollowUp| {
        let sent_on = f.sent_at.map(|at| day_of(at, shop.zone));
        sent_on.is_some_and(|day| (day - first.day).num_days() <= i64::from(latest_day))
    };
    // What a person has on their list is kept when they have done it.
    let is_done = |f: &FollowUp| f.state.has_left() && f.state != State::HandedOver;
    if meant.iter().any(|f| in_time(&f) && is_done(f)) {
        return Promise::Kept;
    }
    if (day_of(now, shop.zone) - first.day).num_days() <= i64::from(latest_day) {
        return Promise::Open;
    }
    let doubtful = meant.iter().any(|f| f.state == State::InDoubt).then_some(Reason::UnknownWhetherSent);
    let left = meant.iter().any(|f| f.state == State::HandedOver).then_some(Reason::LeftToPerson);
    let reasons = || meant.iter().filter_map(|f| f.reason);
    // That a plan was changed, or that a step was for other products, says less than what became of it.
    let says_little = |reason: &Reason| matches!(reason, Reason::Replanned | Reason::NotForProduct);
    let reason = reasons().find(|reason| !says_little(reason)).or_else(|| reasons().next());
    let reason = reason.or(doubtful).or(left);
    reason.map_or(Promise::Broken, Promise::Impossible)
}
