//! What is promised to a new customer: which of the wishes keep R2 and R1, and so choose their days before all others.

use super::Situation;
use super::wishes::{Priority, Wish, find};
use crate::calendar::{day_of, days_after};
use crate::customer::Occasion;
use crate::follow_up::FollowUp;
use crate::programme::{Class, Step};

/// Gives the wishes by which the promises of a first purchase are kept their priority: one for each promise that is not
/// kept yet. They are the ones for which `check` has found that there is room.
pub(super) fn give_priority(situation: &Situation<'_>, first: &Occasion<'_>, wishes: &mut [Wish]) {
    let programme = situation.programme;
    let thanks = |w: &Wish| programme.thanks_in_time().find(|s| s.id == w.step);
    let contact = |w: &Wish| programme.contacts_in_time().find(|s| s.id == w.step);
    let of_first = |w: &Wish| first.purchases.iter().any(|b| w.purchase.as_ref() == Some(&b.key));
    let open = |w: &Wish| w.obstacle.is_none() && of_first(w) && find(situation, &w.id).is_none_or(is_open);
    if !has_left(situation, first, |class| class == Class::Thanks) {
        let own = wishes.iter_mut().filter(|w| open(w) && thanks(w).is_some());
        if let Some(wish) = own.min_by_key(|w| (w.latest, w.step.clone())) {
            wish.priority = Priority::Thanks;
        }
    }
    if !has_left(situation, first, |class| !matches!(class, Class::Thanks | Class::Remedy)) {
        let is_in_time = |w: &Wish| contact(w).is_some_and(|step| counts_from_purchase(situation, w, step));
        let own = wishes.iter_mut().filter(|w| open(w) && is_in_time(w));
        if let Some(wish) = own.max_by_key(|w| (w.latest, w.step.clone())) {
            wish.priority = Priority::Contact;
        }
    }
}

/// Whether it may still go out.
fn is_open(follow_up: &FollowUp) -> bool {
    follow_up.state.is_open() || follow_up.can_revive()
}

/// Whether a message of the first occasion has left that is of the right class.
fn has_left(situation: &Situation<'_>, first: &Occasion<'_>, is_meant: fn(Class) -> bool) -> bool {
    let of_first = |f: &FollowUp| first.purchases.iter().any(|b| f.purchase.as_ref() == Some(&b.key));
    situation.follow_ups.iter().any(|f| f.state.has_left() && is_meant(f.class) && of_first(f))
}

/// Whether its days count from the purchase, and not from the arrival that it waits for.
fn counts_from_purchase(situation: &Situation<'_>, wish: &Wish, step: &Step) -> bool {
    let bought = wish.purchase.as_ref().and_then(|key| situation.customer.bought(key));
    bought.is_some_and(|b| wish.latest == days_after(day_of(b.began_at, situation.shop.zone), step.latest_day))
}
